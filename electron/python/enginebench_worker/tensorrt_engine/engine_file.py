"""An engine's file: mapped into memory rather than read, without the header that Ultralytics writes before the plan.

What the file is instead of an engine is only said after TensorRT has refused it: the formats of plans are NVIDIA's own
and change, so nothing is refused for its first bytes."""

from __future__ import annotations

import json
import math
import mmap
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from enginebench_worker.errors import BenchError

_LARGEST_HEADER_BYTES = 1 << 20
_LENGTH_BYTES = 4
_LOOKED_AT_BYTES = 1 << 16
_BITS_OF_NOISE = 7.5
"""Entropy in bits per byte from which bytes look encrypted or compressed; a plan's head is far below."""


@dataclass(frozen=True)
class Plan:
    content: memoryview
    """The engine's bytes, valid until the file is closed."""
    notes: tuple[str, ...]


@contextmanager
def mapped_plan(file: Path) -> Iterator[Plan]:
    """BenchError if there is nothing to open. TensorRT copies what it needs: the mapping may end after opening."""
    with _opened(file) as mapping, memoryview(mapping) as whole:
        begins, note = _after_header(whole)
        with whole[begins:] as content:
            yield Plan(content, (note,) if note else ())


@contextmanager
def _opened(file: Path) -> Iterator[mmap.mmap]:
    remedy = "Convert the model again, or copy the file again."
    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapping:
            yield mapping
    except FileNotFoundError as error:
        raise BenchError("missing-artifact", "load", f"The engine {file.name} was not found.", remedy) from error
    except ValueError as error:
        if file.stat().st_size:
            raise
        raise BenchError("bad-model-file", "load", f"The engine {file.name} is empty.", remedy) from error


def _after_header(whole: memoryview) -> tuple[int, str | None]:
    """Where the plan begins, and a sentence about what comes before it."""
    length = int.from_bytes(whole[:_LENGTH_BYTES], "little")
    begins = _LENGTH_BYTES + length
    if not 2 <= length <= min(_LARGEST_HEADER_BYTES, len(whole) - _LENGTH_BYTES) or whole[_LENGTH_BYTES] != ord("{"):
        return 0, None
    try:
        header = json.loads(bytes(whole[_LENGTH_BYTES:begins]))
    except ValueError:
        return 0, None
    return (begins, _header_words(header)) if isinstance(header, dict) else (0, None)


def _header_words(header: dict[str, object]) -> str:
    shown = [
        f"{name} {header[name]}"
        for name in ("description", "version", "task", "imgsz", "batch", "stride")
        if isinstance(header.get(name), str | int | float | list)
    ]
    told = ", ".join(" ".join(each.split())[:80] for each in shown)
    return f"The file begins with a header by Ultralytics, which was skipped{f': {told}' if told else ''}."


_KNOWN_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"vtrt", "an engine of TensorRT-RTX, which TensorRT does not open"),
    (b"ptrt", "a timing cache of TensorRT"),
    (b"PK\x03\x04", "a ZIP archive, as PyTorch's .pt files are"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"version https://git-lfs", "a Git LFS pointer; the file itself was not downloaded"),
    (b"<", "a web page or XML file"),
    (b"\x08", "probably an ONNX file"),
    (b"\x80", "a Python pickle"),
)


def what_it_is_instead(content: memoryview) -> str | None:
    """Of a file that TensorRT refused as no engine; None if unknown."""
    head = bytes(content[:_LOOKED_AT_BYTES])
    known = next((words for begins, words in _KNOWN_FORMATS if head.startswith(begins)), None)
    if known is not None:
        return f"It is {known}."
    if len(head) >= 4096 and _entropy_bits(head) >= _BITS_OF_NOISE:
        return "Its bytes look encrypted or compressed: decrypt or unpack it first."
    return None


def _entropy_bits(content: bytes) -> float:
    """Bits per byte, 0 to 8."""
    counts = Counter(content).values()
    return -sum(count / len(content) * math.log2(count / len(content)) for count in counts)
