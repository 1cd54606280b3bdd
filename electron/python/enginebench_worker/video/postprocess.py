"""From a model's raw outputs to the results of each frame. Pure.

Embeddings are divided by their length. Boxes are in pixels of the frame, corner to corner, clipped to it, highest score
first; overlapping boxes of YOLO are reduced to the best of each group. Class names are COCO's: DETR and YOLOS count
with the gaps of its original list, YOLO without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import ModelManifest, Preprocessing

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
    """None if the model's classes are not COCO's, or the class is one of its gaps."""
    names = {len(WITHOUT_GAPS): WITHOUT_GAPS, len(WITH_GAPS): WITH_GAPS}.get(class_count)
    return None if names is None or class_id >= len(names) else names[class_id]


SAME_OBJECT_OVERLAP = 0.7
MOST_BOXES = 300

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class FrameSize:
    height: int
    width: int


Postprocess = Callable[[Sequence[NDArray[Any]], Sequence[FrameSize]], list[Rows]]
"""Takes the outputs of a batch and the size of each of its frames; returns the rows of each frame. Fewer frames than
rows of the outputs are allowed: the rest of the batch was filled up."""


def postprocessor(model: ModelManifest, network: FrameSize, threshold: float) -> Postprocess:
    match model.postprocessing:
        case "embedding":
            return embeddings
        case "set-detection":
            return lambda outputs, frames: set_detections(outputs, frames, threshold)
        case "focal-detection":
            return lambda outputs, frames: focal_detections(outputs, frames, threshold)
        case "yolo-detection":
            return lambda outputs, frames: yolo_detections(outputs, frames, threshold, model.preprocessing, network)
    message = f"{model.name} produces neither embeddings nor detections."
    raise BenchError("bad-usage", "inputs", message, "Choose a model of the analyzer's task.")


def embeddings(outputs: Sequence[NDArray[Any]], frames: Sequence[FrameSize]) -> list[Rows]:
    vectors = np.asarray(outputs[0], dtype=np.float32)[: len(frames)].reshape(len(frames), -1)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return [[{"embedding": row.tolist()}] for row in unit]


def set_detections(outputs: Sequence[NDArray[Any]], frames: Sequence[FrameSize], threshold: float) -> list[Rows]:
    return _query_detections(outputs, frames, threshold, _scores_beside_no_object)


def focal_detections(outputs: Sequence[NDArray[Any]], frames: Sequence[FrameSize], threshold: float) -> list[Rows]:
    return _query_detections(outputs, frames, threshold, lambda logits: 1 / (1 + np.exp(-logits)))


def _scores_beside_no_object(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (exponents / exponents.sum(axis=1, keepdims=True))[:, :-1]


def _query_detections(
    outputs: Sequence[NDArray[Any]],
    frames: Sequence[FrameSize],
    threshold: float,
    scores_of: Callable[[NDArray[np.float32]], NDArray[np.float32]],
) -> list[Rows]:
    logits, boxes = (np.asarray(output, dtype=np.float32) for output in outputs[:2])
    found: list[Rows] = []
    for image, frame in enumerate(frames):
        scores = scores_of(logits[image])
        classes = scores.argmax(axis=1)
        best = scores[np.arange(len(scores)), classes]
        scale = np.array([frame.width, frame.height, frame.width, frame.height], dtype=np.float32)
        found.append(_rows(_corners(boxes[image]) * scale, classes, best, threshold, frame, scores.shape[1]))
    return found


def yolo_detections(
    outputs: Sequence[NDArray[Any]],
    frames: Sequence[FrameSize],
    threshold: float,
    rule: Preprocessing,
    network: FrameSize,
) -> list[Rows]:
    raw = np.asarray(outputs[0], dtype=np.float32)
    found: list[Rows] = []
    for image, frame in enumerate(frames):
        scores = raw[image, 4:].T
        classes = scores.argmax(axis=1)
        best = scores[np.arange(len(scores)), classes]
        chosen = best >= threshold
        corners = _in_frame(_corners(raw[image, :4].T[chosen]), rule, network, frame)
        kept = _best_of_heaps(corners, classes[chosen], best[chosen])
        parts = corners[kept], classes[chosen][kept], best[chosen][kept]
        found.append(_rows(*parts, threshold, frame, scores.shape[1]))
    return found


def _corners(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    middle, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def _in_frame(
    corners: NDArray[np.float32], rule: Preprocessing, network: FrameSize, frame: FrameSize
) -> NDArray[np.float32]:
    """Undoes what preprocessing did to the frame."""
    if rule.resize != "letterbox":
        return corners * np.array([frame.width / network.width, frame.height / network.height] * 2, dtype=np.float32)
    scale = min(network.height / frame.height, network.width / frame.width)
    left = (network.width - max(1, round(frame.width * scale))) // 2
    top = (network.height - max(1, round(frame.height * scale))) // 2
    return (corners - np.array([left, top] * 2, dtype=np.float32)) / np.float32(scale)


def _best_of_heaps(
    corners: NDArray[np.float32], classes: NDArray[np.intp], scores: NDArray[np.float32]
) -> NDArray[np.intp]:
    """Indexes of boxes to keep, best first."""
    waiting = np.argsort(-scores, kind="stable")
    areas = np.prod(np.clip(corners[:, 2:] - corners[:, :2], 0, None), axis=1)
    kept: list[int] = []
    while len(waiting) and len(kept) < MOST_BOXES:
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        low = np.maximum(corners[best, :2], corners[waiting, :2])
        high = np.minimum(corners[best, 2:], corners[waiting, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=1)
        overlap = shared / np.maximum(areas[best] + areas[waiting] - shared, 1e-9)
        waiting = waiting[(overlap <= SAME_OBJECT_OVERLAP) | (classes[waiting] != classes[best])]
    return np.array(kept, dtype=np.intp)


def _rows(
    corners: NDArray[np.float32],
    classes: NDArray[np.intp],
    scores: NDArray[np.float32],
    threshold: float,
    frame: FrameSize,
    class_count: int,
) -> Rows:
    limits = [frame.width, frame.height, frame.width, frame.height]
    rows: Rows = []
    for index in np.argsort(-scores, kind="stable"):
        score = float(scores[index])
        if not score >= threshold:
            break
        left, top, right, bottom = (float(v) for v in np.clip(corners[index], 0, limits))
        class_id = int(classes[index])
        rows.append(
            {
                "classId": class_id,
                "className": class_name(class_id, class_count),
                "score": score,
                "left": left,
                "top": top,
                "right": right,
                "bottom": bottom,
            }
        )
    return rows
