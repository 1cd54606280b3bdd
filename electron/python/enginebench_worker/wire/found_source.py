"""A model source of the user, and what an inspection found in it.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from enginebench_worker.wire.domain import Preprocessing


@dataclass(frozen=True)
class ModelSource:
    kind: Literal["folder", "hub", "timm", "torchvision", "module"]
    place: str
    revision: str | None
    factory: str | None


@dataclass(frozen=True)
class CodeFile:
    file: str
    sha256: str


@dataclass(frozen=True)
class InputSize:
    height: int
    width: int


@dataclass(frozen=True)
class SourceOutput:
    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class SourceFacts:
    name: str
    class_name: str
    task: Literal["image-embedding", "object-detection", "image-classification", "custom"]
    repository: str
    revision: str | None
    weights_file: str | None
    licence: str | None
    parameter_count: int
    input_name: str
    channels: int
    height: int
    width: int
    outputs: tuple[SourceOutput, ...]
    preprocessing: Preprocessing
    postprocessing: Literal["none", "embedding", "set-detection", "focal-detection", "yolo-detection", "top-1"]
    assumptions: tuple[str, ...]
