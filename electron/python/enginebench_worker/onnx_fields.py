"""The field headers of a protocol-buffer file, read in place: a model's structure without loading its weights."""

from __future__ import annotations

import mmap
from collections.abc import Iterator


def fields(data: mmap.mmap, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, start, end) of bytes, or (number, value, 0) of a varint. Ends at what is no field."""
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
