"""What a model takes: its inputs, and the arrays that they are fed.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ElementType = Literal[
    "float32",
    "float16",
    "float64",
    "bfloat16",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
]


@dataclass(frozen=True)
class InputValues:
    kind: Literal["images"] | Literal["range"] | Literal["integers"] | Literal["constant"] | Literal["file"]
    low: float | int | None = None
    high: float | int | None = None
    value: float | None = None
    file: str | None = None
    array: str | None = None


@dataclass(frozen=True)
class TensorInput:
    name: str
    type: ElementType
    dimensions: tuple[int | str, ...]
    batch_axis: int | None
    layout: Literal["NCHW", "NHWC", "CHW", "HWC"] | None
    proposed: tuple[int | None, ...]
    values: InputValues


@dataclass(frozen=True)
class InputArray:
    file: str
    sha256: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Feed:
    file: str
    sha256: str
    shape: tuple[int, ...]
    name: str
    type: ElementType
    batch_axis: int | None


@dataclass(frozen=True)
class InputProfile:
    name: str
    min: tuple[int, ...]
    opt: tuple[int, ...]
    max: tuple[int, ...]
