"""Which class of Transformers a configuration names, and what its outputs are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.models.sources.found import Task
from enginebench_worker.models.sources.torchvision_library import hide_what_does_not_load

_TOWERS = {
    "CLIPModel": "CLIPVisionModelWithProjection",
    "ChineseCLIPModel": "ChineseCLIPVisionModel",
    "MetaClip2Model": "MetaClip2VisionModelWithProjection",
    "SiglipModel": "SiglipVisionModel",
}
"""Of a model of images and text, the part that takes images."""
_MORE_EMBEDDING_CLASSES = (
    "CLIPVisionModel",
    "CLIPVisionModelWithProjection",
    "ChineseCLIPVisionModel",
    "MetaClip2VisionModel",
    "MetaClip2VisionModelWithProjection",
)
"""Those that Transformers lists among models for any input."""


@dataclass(frozen=True)
class VisionClass:
    model: Any
    task: Task
    assumptions: tuple[str, ...]


def vision_class(record: dict[str, Any], place: str) -> VisionClass:
    hide_what_does_not_load()
    import transformers

    transformers.logging.set_verbosity_error()
    _refuse_code(record, place)
    assumptions: tuple[str, ...] = ()
    known = dict(_known_classes())
    named = record.get("architectures")
    name = str(named[0]) if isinstance(named, list) and named else None
    if name is None:
        name = _base_class(record, place)
        assumptions = (f"Its config.json names no class, so its base class {name} is run.",)
    elif name in _TOWERS:
        assumptions = (f"Of {name}, only the part that takes images is run: {_TOWERS[name]}.",)
        name = _TOWERS[name]
    if not hasattr(transformers, name):
        message = f"Transformers {transformers.__version__} has no class {name}, which {place} names."
        remedy = "Update Transformers in the Python environment, or write the model as MODULE.py:FUNCTION."
        raise BenchError("bad-model-file", "load", message, remedy)
    task = known.get(name)
    if task is None or name.startswith("Timm"):
        message = f"{name} is not a class for embedding, classification or detection of images."
        remedy = "Name a model with such a class, or write it as MODULE.py:FUNCTION that returns the module."
        raise BenchError("bad-model-file", "load", message, remedy)
    return VisionClass(getattr(transformers, name), task, assumptions)


def _refuse_code(record: dict[str, Any], place: str) -> None:
    if record.get("auto_map"):
        message = f"{place} brings its own code (auto_map in its config.json), which is never run."
        remedy = (
            "If Transformers has the class, remove auto_map from a copy of config.json; "
            "otherwise write the model as MODULE.py:FUNCTION."
        )
        raise BenchError("unsafe-model-file", "load", message, remedy)


def _base_class(record: dict[str, Any], place: str) -> str:
    from transformers.models.auto import modeling_auto as auto

    kind = record.get("model_type")
    if kind is None and "architecture" in record:
        message = f"{place} is a model of timm, not of Transformers."
        remedy = f"Name it as timm:{record['architecture']}, with --weights and its folder."
        raise BenchError("bad-model-file", "load", message, remedy)
    listed = auto.MODEL_FOR_IMAGE_MAPPING_NAMES.get(kind)
    names = list(_names(listed)) if listed else []
    if not names:
        message = f"The config.json of {place} names neither a class nor a kind of vision model."
        remedy = "Add its class as architectures, as save_pretrained writes it."
        raise BenchError("bad-model-file", "load", message, remedy)
    return names[0]


def _known_classes() -> Iterator[tuple[str, Task]]:
    from transformers.models.auto import modeling_auto as auto

    lists: tuple[tuple[Any, Task], ...] = (
        (auto.MODEL_FOR_IMAGE_MAPPING_NAMES, "image-embedding"),
        (auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES, "image-classification"),
        (auto.MODEL_FOR_OBJECT_DETECTION_MAPPING_NAMES, "object-detection"),
    )
    for names, task in lists:
        for listed in names.values():
            for name in _names(listed):
                yield name, task
    for name in _MORE_EMBEDDING_CLASSES:
        yield name, "image-embedding"


def _names(listed: str | tuple[str, ...]) -> tuple[str, ...]:
    return (listed,) if isinstance(listed, str) else listed
