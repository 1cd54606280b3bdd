"""The named sizes that an ONNX file leaves open in its inputs, read without loading its weights."""

from __future__ import annotations

import mmap
from pathlib import Path

from enginebench_worker.onnx_fields import fields


def open_dimensions(file: Path) -> dict[str, tuple[str | None, ...]]:
    """By input: the name of each dimension that has one, None for each that is fixed or has no name."""
    found: dict[str, tuple[str | None, ...]] = {}
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for model_field, graph_start, graph_end in fields(data, 0, len(data)):
            if model_field == 7:
                for graph_field, start, end in fields(data, graph_start, graph_end):
                    if graph_field == 11:
                        found |= _named_dimensions(data, start, end)
    return found


def _named_dimensions(data: mmap.mmap, start: int, end: int) -> dict[str, tuple[str | None, ...]]:
    name = "".join(
        data[first:last].decode("utf-8", "replace") for number, first, last in fields(data, start, end) if number == 1
    )
    dimensions = _within(data, _within(data, _within(data, [(start, end)], 2), 1), 2)
    return {name: tuple(_name_of(data, *each) for each in _within(data, dimensions, 1))}


def _within(data: mmap.mmap, spans: list[tuple[int, int]], wanted: int) -> list[tuple[int, int]]:
    return [
        (first, last) for start, end in spans for number, first, last in fields(data, start, end) if number == wanted
    ]


def _name_of(data: mmap.mmap, start: int, end: int) -> str | None:
    names = [
        data[first:last].decode("utf-8", "replace") for number, first, last in fields(data, start, end) if number == 2
    ]
    return names[0] if names and names[0] else None
