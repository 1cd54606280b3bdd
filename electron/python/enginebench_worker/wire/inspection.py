"""What is inside an engine or an ONNX file, as a worker reads it. -1 is a size that is chosen later.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class InspectedEnd:
    name: str
    mode: Literal["input", "output"]
    type: str | None
    shape: tuple[int, ...]
    format: str | None
    location: str | None


@dataclass(frozen=True)
class InspectedProfile:
    index: int
    input: str
    min: tuple[int, ...]
    opt: tuple[int, ...]
    max: tuple[int, ...]


@dataclass(frozen=True)
class LayerInspection:
    name: str
    kind: str
    type: str | None
    evidence: str | None
    multiplies: bool
    tactic: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    onnx_nodes: tuple[str, ...]
    operations: float | None


@dataclass(frozen=True)
class Inspection:
    of: Literal["engine", "graph"]
    shapes: str | None
    tensors: tuple[InspectedEnd, ...]
    profiles: tuple[InspectedProfile, ...]
    layers: tuple[LayerInspection, ...]
    tools: dict[str, str]
