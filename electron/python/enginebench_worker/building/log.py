"""The log of one build: every line the library prints, written at once, and what a person should see of it.

Lines go to the file one system call each, so a crash loses none. While `capturing`, this process's standard output and
error go to the same file: libraries print past their logger, and those lines are recognized by having no level. Called
from the builder's own threads: never raises there; a failure to write is kept and raised by `take_entries`.

Lines that differ only in numbers, paths and quoted names count as the same. A repeated line is shown again once, at the
end, with its count. After DISTINCT_LINES different lines the others are only counted."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from enginebench_worker.wire.domain import LogEntry

_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|\S*/\S*|\b[\w.]*\d[\w.]*\b")
_LONGEST_ENTRY = 2000
DISTINCT_LINES = 300
_UNTOLD = ("info", "More lines followed; see the log.")


class LogFolding:
    def __init__(self) -> None:
        self._new: dict[tuple[str, str], LogEntry] = {}
        self._told: set[tuple[str, str]] = set()
        self._repeated: dict[tuple[str, str], LogEntry] = {}

    def add(self, level: str, text: str) -> None:
        key = (level, _VARYING.sub("#", text))
        if key not in self._told and key not in self._new and len(self._told) + len(self._new) >= DISTINCT_LINES:
            key, level, text = _UNTOLD, *_UNTOLD
        into = self._repeated if key in self._told or key == _UNTOLD else self._new
        count = into[key].count + 1 if key in into else 1
        first = into[key].text if key in into else text[:_LONGEST_ENTRY]
        into[key] = LogEntry(level, first, count)  # type: ignore[arg-type]

    def take_new(self) -> tuple[LogEntry, ...]:
        return self._take(self._new)

    def take_rest(self) -> tuple[LogEntry, ...]:
        """At the end: what is new, then what was held back."""
        return (*self._take(self._new), *self._take(self._repeated))

    def _take(self, entries: dict[tuple[str, str], LogEntry]) -> tuple[LogEntry, ...]:
        taken = tuple(entries.values())
        self._told.update(entries)
        entries.clear()
        return taken


_NO_DRIVER = re.compile(r"cudaError 35|driver version is insufficient")


def is_driver_noise(text: str) -> bool:
    """Printed after every other error if there is no driver; never the cause. Other errors of CUDA are no noise."""
    return _NO_DRIVER.search(text) is not None and ("catchCudaError" in text or "ScopedCudaStream" in text)


def without_driver_noise(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line.strip() and not is_driver_noise(line)]


Level = Literal["verbose", "info", "warning", "error"]

_LEVELS: tuple[Level, ...] = ("verbose", "info", "warning", "error")
_TAGS = tuple(f"[{level}] ".encode() for level in _LEVELS)
_CONTINUATION = b"    "
_ERRORS_KEPT = 50
_INFORMATION_KEPT = 500


class BuildLog:
    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        self._reader = file.open("rb")
        self._unread = b""
        self._folding = LogFolding()
        self._lock = threading.Lock()
        self._failure: OSError | None = None
        self._closed = False
        self.errors: list[str] = []
        self.information: list[str] = []

    def write(self, level: Level, text: str) -> None:
        first, *rest = text.rstrip("\n").split("\n")
        body = "\n".join([f"[{level}] {first}", *(f"    {line}" for line in rest)]) + "\n"
        with self._lock:
            if self._closed:
                return
            try:
                os.write(self._descriptor, body.encode("utf-8", "replace"))
            except OSError as error:
                self._failure = self._failure or error
            if level == "verbose" or is_driver_noise(text) or not any(map(str.isalnum, text)):
                return
            self._folding.add(level, text.strip() or text)
            kept, limit = (self.errors, _ERRORS_KEPT) if level == "error" else (self.information, _INFORMATION_KEPT)
            if len(kept) < limit:
                kept.append(text.strip())

    @contextlib.contextmanager
    def capturing(self) -> Iterator[None]:
        kept = [(target, os.dup(target)) for target in (1, 2)]
        _flush_standard_streams()
        try:
            for target, _ in kept:
                os.dup2(self._descriptor, target)
            yield
        finally:
            _flush_standard_streams()
            for target, original in kept:
                os.dup2(original, target)
                os.close(original)

    def take_entries(self, last: bool = False) -> tuple[LogEntry, ...]:
        with self._lock:
            if self._failure is not None:
                raise self._failure
            for text in self._stray_lines():
                self._folding.add("stray", text)
            return self._folding.take_rest() if last else self._folding.take_new()

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._descriptor)
                self._reader.close()

    def _stray_lines(self) -> list[str]:
        *whole, self._unread = (self._unread + self._reader.read()).split(b"\n")
        strays = (line for line in whole if line.strip() and not line.startswith((*_TAGS, _CONTINUATION)))
        texts = (line.decode("utf-8", "replace").strip() for line in strays)
        return [text for text in texts if not is_driver_noise(text)]


def _flush_standard_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
