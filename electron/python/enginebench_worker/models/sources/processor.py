"""Preprocessing from a processor's configuration. What this application does otherwise is said, never ignored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.models.sources.found import plain_preprocessing
from enginebench_worker.wire.domain import Preprocessing

CONFIGURATIONS = ("preprocessor_config.json", "processor_config.json")

_BILINEAR, _BICUBIC = 2, 3
"""Pillow's numbers of interpolations."""


@dataclass(frozen=True)
class Processor:
    preprocessing: Preprocessing
    size: tuple[int, int] | None
    """Height and width; None if nothing says them."""
    assumptions: tuple[str, ...]


def read_processor(folder: Path, channels: int, fixed: tuple[int, int] | None) -> Processor:
    """`fixed`: the size that the network was made for; it wins over what the processor says."""
    record = _read(folder)
    if record is None:
        said = "It has no preprocessor_config.json: pixels are scaled to 0 to 1 and stretched, and not normalized."
        return Processor(plain_preprocessing(channels), fixed, (said,))
    assumptions: list[str] = []
    resize, center_crop, fraction, size = _geometry(record, assumptions)
    if fixed is not None and size is not None and size != fixed:
        assumptions.append(
            f"Its processor makes {_text(size)}; the network was made for {_text(fixed)}, which is used."
        )
    rescale = float(record.get("rescale_factor") or 1 / 255) if record.get("do_rescale", True) else 1.0
    mean, deviation = (0.0,) * channels, (1.0,) * channels
    if record.get("do_normalize", True) and record.get("image_mean") is not None:
        mean = _channels(record["image_mean"], channels)
        deviation = _channels(record.get("image_std") or 1.0, channels)
    preprocessing = Preprocessing(
        resize=resize,
        interpolation=_interpolation(record.get("resample"), assumptions),
        center_crop=center_crop,
        pad_value=0,
        rescale=rescale,
        mean=mean,
        standard_deviation=deviation,
        crop_fraction=fraction,
    )
    return Processor(preprocessing, fixed or size, tuple(assumptions))


def _read(folder: Path) -> dict[str, Any] | None:
    for name in CONFIGURATIONS:
        file = folder / name
        if not file.is_file():
            continue
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            message = f"Its {name} cannot be read."
            raise BenchError("bad-model-file", "load", message, "Save the processor again.", error) from error
        inner = record.get("image_processor", record) if isinstance(record, dict) else None
        if isinstance(inner, dict):
            return inner
    return None


def _geometry(record: dict[str, Any], assumptions: list[str]) -> tuple[Any, bool, float | None, tuple[int, int] | None]:
    """How to resize, whether to crop, the share that a crop keeps, and the size."""
    whole = _size(record.get("size"))
    crops = bool(record.get("do_center_crop", False))
    crop = _size(record.get("crop_size")) if crops else None
    if not record.get("do_resize", True) and crop is None:
        assumptions.append("Its processor does not resize; images are stretched to the input's size.")
        return "exact", False, None, whole.fixed or whole.square
    if crop is not None and (crop.fixed or crop.square):
        target = crop.fixed or crop.square
        edge = whole.shortest or (min(whole.fixed) if whole.fixed else None)
        fraction = min(target) / edge if edge is not None and edge > min(target) else None
        return "shortest-edge", True, fraction, target
    if whole.fixed is not None:
        return "exact", False, None, whole.fixed
    if whole.square is not None:
        assumptions.append(
            f"Its processor keeps the proportions of an image ({whole.words}); every image is stretched to "
            f"{_text(whole.square)}, so that all have one size."
        )
        return "exact", False, None, whole.square
    return "exact", False, None, None


@dataclass(frozen=True)
class _Size:
    fixed: tuple[int, int] | None = None
    shortest: int | None = None
    words: str = ""

    @property
    def square(self) -> tuple[int, int] | None:
        return None if self.shortest is None else (self.shortest, self.shortest)


def _size(said: Any) -> _Size:
    if isinstance(said, int):
        return _Size(fixed=(said, said), shortest=said, words=f"{said}")
    if not isinstance(said, dict):
        return _Size()
    words = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in said.items() if value is not None)
    if said.get("height") and said.get("width"):
        return _Size(fixed=(int(said["height"]), int(said["width"])), words=words)
    edge = said.get("shortest_edge") or said.get("max_height") or said.get("longest_edge")
    return _Size(shortest=int(edge), words=words) if edge else _Size()


def _interpolation(resample: Any, assumptions: list[str]) -> Any:
    if resample in (None, _BILINEAR):
        return "bilinear"
    if resample != _BICUBIC:
        assumptions.append("Its processor's interpolation is neither bilinear nor bicubic; bicubic is used.")
    return "bicubic"


def _channels(values: Any, channels: int) -> tuple[float, ...]:
    given = [float(value) for value in (values if isinstance(values, list) else [values])]
    return tuple(given) if len(given) == channels else (given[0],) * channels


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
