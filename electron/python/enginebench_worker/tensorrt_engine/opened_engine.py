"""An engine file opened on the GPU it was built for, or refused with the reason; and what an open engine reports about
itself.

An engine is code: only files that the app made, and whose hash it has checked, are opened here. Host code that an
engine may carry stays forbidden, which is the library's own default. The inspector's JSON differs between versions and
is not fully documented: a layer whose types cannot be read counts as `other`, and an inspector that reports nothing
gives nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enginebench_worker.building.log import without_driver_noise
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.library import Library

_BUILD_AGAIN = "Convert the model again on this machine."
_CAUSES = (
    (
        r"[Vv]ersion tag|magicTag|incompatible serialization|different version|older plan|not compatible with this",
        "was built by another version of TensorRT",
    ),
    (
        r"compute capability|incompatible device|different device|Target GPU|Platform .* mismatch",
        "was built for another GPU",
    ),
    (r"blobSize|header\.size|truncat", "is cut short"),
    (r"driver version is insufficient", "needs a newer NVIDIA driver"),
    (r"out of memory|OutOfMemory", "does not fit into the GPU's memory"),
)


class ErrorLines:
    """What the library logged at level error while it opened the engine."""

    def __init__(self, trt: Any) -> None:
        self.lines: list[str] = []
        lines, severity = self.lines, trt.ILogger.Severity

        class ErrorLogger(trt.ILogger):
            def __init__(self) -> None:
                trt.ILogger.__init__(self)

            def log(self, severity_of_line: Any, msg: str) -> None:
                if severity_of_line in (severity.INTERNAL_ERROR, severity.ERROR):
                    lines.append(msg)

        self.logger = ErrorLogger()


def open_engine(library: Library, file: Path) -> tuple[Any, Any]:
    """Returns the runtime and the engine; the runtime must outlive the engine."""
    if library.kind != "tensorrt-engine":
        message = f"{library.label} can build here but cannot run."
        raise BenchError("backend-unavailable", "load", message, "Set up the TensorRT environment with TensorRT.")
    said = ErrorLines(library.module)
    runtime = library.module.Runtime(said.logger)
    engine = runtime.deserialize_cuda_engine(file.read_bytes())
    if engine is None:
        raise engine_refusal(said.lines, library.label, file.name)
    return (runtime, said.logger), engine


def engine_refusal(lines: list[str], library: str, file: str) -> BenchError:
    words = "\n".join(without_driver_noise(lines))
    for pattern, says in _CAUSES:
        if re.search(pattern, words):
            return BenchError("bad-model-file", "load", f"The engine {file} {says}.", _BUILD_AGAIN, words)
    return BenchError(
        "bad-model-file", "load", f"{library} cannot open the engine {file}.", _BUILD_AGAIN, words or None
    )


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
    """The same for the layers that multiply, or may: by the narrowest type that they read."""
    activation_bytes: int
    weight_bytes: int
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Name of a layer -> its kind, as the library names it."""


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
