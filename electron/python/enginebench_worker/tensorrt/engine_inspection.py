"""What an engine says of itself once it is open, which takes the GPU that it was built for.

Reads the inspector's JSON: its layout differs between versions and is not all documented, so that a layer whose types
cannot be told counts as `other`, and an inspector that says nothing gives nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enginebench_worker.tensorrt.library import Library

_TYPES_IN_WORDS = (
    ("int8", ("int8",)),
    ("fp8", ("fp8",)),
    ("bf16", ("bf16", "bfloat16")),
    ("fp16", ("fp16", "half", "float16")),
    ("int64", ("int64",)),
    ("fp32", ("fp32", "float")),
)
_MULTIPLYING = ("conv", "gemm", "matmul", "matrix", "einsum", "mha", "attention", "foreignnode", "myelin", "fc", "cask")


@dataclass(frozen=True)
class InspectedEngine:
    layers: Mapping[str, int]
    """Type of its first output -> how many layers."""
    multiplications: Mapping[str, int]
    """The same of the layers that multiply, or may: by the narrowest type that they read."""
    activation_bytes: int
    weight_bytes: int
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Name of a layer -> its kind, in the library's words."""


def inspect_engine(library: Library, engine: Any) -> InspectedEngine:
    trt = library.module
    inspector = engine.create_engine_inspector()
    text = inspector.get_engine_information(trt.LayerInformationFormat.JSON)
    layers, multiplications = read_layers(text, library.capabilities.inspector_type_key)
    return InspectedEngine(
        layers,
        multiplications,
        int(engine.device_memory_size_v2),
        int(engine.get_engine_stat(trt.EngineStat.TOTAL_WEIGHTS_SIZE)),
        {str(layer.get("Name", "")): str(layer.get("LayerType", "")) for layer in _listed(text)},
    )


def read_layers(text: str, type_key: str) -> tuple[Counter[str], Counter[str]]:
    layers: Counter[str] = Counter()
    multiplications: Counter[str] = Counter()
    for layer in _listed(text):
        read, given = _types_of(layer.get("Inputs"), type_key), _types_of(layer.get("Outputs"), type_key)
        layers[given[0] if given else "other"] += 1
        words = f"{layer.get('LayerType', '')} {layer.get('Name', '')} {layer.get('TacticName', '')}".lower()
        if any(word in words for word in _MULTIPLYING):
            multiplications[_narrowest([*read, *given])] += 1
    return layers, multiplications


def _listed(text: str) -> list[dict[str, Any]]:
    try:
        listed = json.loads(text).get("Layers", [])
    except (ValueError, AttributeError):
        return []
    return [layer for layer in listed if isinstance(layer, dict)] if isinstance(listed, list) else []


def _types_of(tensors: object, type_key: str) -> list[str]:
    listed = tensors if isinstance(tensors, list) else []
    return [_type_in(str(tensor.get(type_key, ""))) for tensor in listed if isinstance(tensor, dict)]


def _type_in(words: str) -> str:
    lowered = words.lower()
    for name, spellings in _TYPES_IN_WORDS:
        if any(spelling in lowered for spelling in spellings):
            return name
    return "other"


def _narrowest(names: list[str]) -> str:
    order = [name for name, _ in _TYPES_IN_WORDS if name != "int64"]
    return min((name for name in names if name in order), key=order.index, default="other")
