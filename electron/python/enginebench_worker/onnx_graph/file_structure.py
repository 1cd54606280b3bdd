"""The structure of an ONNX file, read in place without the onnx library and without loading weights: named sizes of
inputs, operators by count, and types of initializers.

Walks the field headers of the protocol buffer over a memory map and skips the weights' bytes."""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Iterator
from math import prod
from pathlib import Path


def fields(data: mmap.mmap, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, start, end) of bytes, or (number, value, 0) of a varint. Ends at the first byte that is not a field."""
    while position < end:
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, position = _varint(data, position)
            yield number, value, 0
        elif kind == 2:
            length, position = _varint(data, position)
            yield number, position, min(position + length, end)
            position += length
        elif kind in (1, 5):
            position += 8 if kind == 1 else 4
        else:
            return


def varints(data: mmap.mmap, position: int, end: int) -> Iterator[int]:
    while position < end:
        value, position = _varint(data, position)
        yield value


def _varint(data: mmap.mmap, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(data) and shift < 64:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            break
    return value, position


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


_STORED_NAMES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
    16: "bfloat16",
    17: "float8e4m3fn",
    22: "int4",
}


def stored_types(file: Path) -> Counter[str]:
    """Types of the graph's initializers, by count. A file that is not ONNX counts nothing."""
    return Counter(kind for kind, _ in _initializers(file))


def stored_elements(file: Path) -> Counter[str]:
    """Like `stored_types`, but counts elements."""
    elements: Counter[str] = Counter()
    for kind, count in _initializers(file):
        elements[kind] += count
    return elements


def operator_counts(file: Path) -> Counter[str]:
    """How often the graph has each operator, without its subgraphs."""
    counts: Counter[str] = Counter()
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for model_field, graph_start, graph_end in fields(data, 0, len(data)):
            if model_field != 7:
                continue
            for graph_field, start, end in fields(data, graph_start, graph_end):
                if graph_field == 1:
                    names = [data[first:last] for number, first, last in fields(data, start, end) if number == 4]
                    counts[names[0].decode("utf-8", "replace") if names else ""] += 1
    return counts


def _initializers(file: Path) -> Iterator[tuple[str, int]]:
    """Each one's type and count of elements."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for model_field, graph_start, graph_end in fields(data, 0, len(data)):
            if model_field != 7:
                continue
            for graph_field, start, end in fields(data, graph_start, graph_end):
                if graph_field == 5:
                    yield _type_and_size(data, start, end)


def _type_and_size(data: mmap.mmap, start: int, end: int) -> tuple[str, int]:
    kind, count = "other", 1
    for number, value, value_end in fields(data, start, end):
        if number == 2:
            kind = _STORED_NAMES.get(value, "other")
        elif number == 1:
            count *= prod(varints(data, value, value_end)) if value_end else value
    return kind, count
