"""Names of the classes of COCO. DETR and YOLOS count with the gaps of its original list, YOLO without them."""

from __future__ import annotations

_LIST = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,,stop sign,parking meter,"
    "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,,backpack,umbrella,,,handbag,tie,suitcase,frisbee,"
    "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,,wine glass,"
    "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,,dining table,,,toilet,,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"
    "refrigerator,,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
)
_NAMES = _LIST.split(",")

WITHOUT_GAPS: tuple[str, ...] = tuple(name for name in _NAMES if name)
WITH_GAPS: tuple[str | None, ...] = (None, *(name or None for name in _NAMES))


def class_name(class_id: int, class_count: int) -> str | None:
    """None where the model's classes are not COCO's, or the class is one of its gaps."""
    names = {len(WITHOUT_GAPS): WITHOUT_GAPS, len(WITH_GAPS): WITH_GAPS}.get(class_count)
    return None if names is None or class_id >= len(names) else names[class_id]
