"""What a kind of source reports about a model, and what is stored for the processes that build it later.

Each kind is a module with `describe` (reads the source, builds the network with seeded weights), `network` (builds it
again with resolved weights), `resolve` (where its weights come from), `KEYWORD` and `LIBRARIES`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from enginebench_worker.errors import BenchError
from enginebench_worker.files import written_whole
from enginebench_worker.wire.codec import from_json, to_json
from enginebench_worker.wire.domain import Preprocessing
from enginebench_worker.wire.found_source import CodeFile, ModelSource

if TYPE_CHECKING:
    import torch

Task = Literal["image-embedding", "object-detection", "image-classification", "custom"]

INSPECTION_SEED = 1
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
_STORED = "source.json"


@dataclass(frozen=True)
class Found:
    network: torch.nn.Module
    """With seeded weights, for inspection only."""
    name: str
    class_name: str
    task: Task
    repository: str
    input_name: str
    channels: int
    height: int
    width: int
    preprocessing: Preprocessing
    only_output: str = "output"
    """The name of a single output that has none of its own."""
    preferred: tuple[tuple[str, ...], ...] = ()
    """Groups of outputs by name; the first whose outputs are all there is taken. Empty: all outputs are."""
    keyword: str | None = None
    """The argument that takes the images; None: the first."""
    detects_by_softmax: bool = False
    """Logits of queries with a last class `no object`, and boxes between 0 and 1: DETR's form."""
    revision: str | None = None
    weights_file: str | None = None
    licence: str | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stored:
    source: ModelSource
    code: tuple[CodeFile, ...]


def write_stored(folder: Path, stored: Stored) -> None:
    with written_whole(folder / _STORED) as temporary:
        temporary.write_text(json.dumps(to_json(stored)), encoding="utf-8")


def read_stored(folder: Path, name: str) -> Stored:
    try:
        return from_json(Stored, json.loads((folder / _STORED).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        message = f"What was found out about {name} cannot be read any more."
        raise BenchError("record-unreadable", "load", message, "Choose the model again.", error) from error


def plain_preprocessing(channels: int) -> Preprocessing:
    """Pixels scaled to 0..1 and stretched to the input's size."""
    return Preprocessing("exact", "bilinear", False, 0, 1 / 255, (0.0,) * channels, (1.0,) * channels)
