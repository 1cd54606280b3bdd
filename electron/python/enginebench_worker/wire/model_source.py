"""Where a PyTorch model and its weights come from, and how it is exported.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ExporterName = Literal["torchscript", "dynamo"]


@dataclass(frozen=True)
class Architecture:
    class_name: str
    config: dict[str, object]
    renamings: dict[str, str] | None = None
    seeding: Literal["spread"] | None = None


@dataclass(frozen=True)
class WeightsPackage:
    name: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Source:
    library: Literal[
        "transformers",
        "built-in",
        "ultralytics",
        "own",
        "file",
        "hugging-face",
        "timm",
        "torchvision",
        "module",
    ]
    repository: str
    revision: str | None
    weights_file: str | None
    architecture: Architecture | None = None
    package: WeightsPackage | None = None


@dataclass(frozen=True)
class PreferredExporter:
    name: ExporterName
    reason: str


@dataclass(frozen=True)
class ComparedSize:
    height: int
    width: int


@dataclass(frozen=True)
class RefusedExporter:
    name: ExporterName
    reason: str


@dataclass(frozen=True)
class ExporterRecord:
    name: ExporterName
    batch_sizes: tuple[int, ...]
    sizes: tuple[ComparedSize, ...]
    worst_share: float
    choice_count: int
    refused: tuple[RefusedExporter, ...]
    reason: str | None
