"""Log entries for a person: what is new at once, what repeats folded into one line with a count.

Lines that differ only in numbers, paths and quoted names are the same. A repeated line is told again once, at the end,
with how often it came since it was first told. After DISTINCT_LINES different ones the others are only counted. Does
not write the log: that keeps every line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from enginebench_worker.wire.domain import LogEntry

_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|\S*/\S*|\b[\w.]*\d[\w.]*\b")
_LONGEST_ENTRY = 2000
DISTINCT_LINES = 300
_UNTOLD = ("info", "More lines came; the log has them.")


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
        """At the end: what is new, then what had been held back."""
        return (*self._take(self._new), *self._take(self._repeated))

    def _take(self, entries: dict[tuple[str, str], LogEntry]) -> tuple[LogEntry, ...]:
        taken = tuple(entries.values())
        self._told.update(entries)
        entries.clear()
        return taken


def is_driver_noise(text: str) -> bool:
    """Said after every other error where there is no driver; never the cause."""
    return "catchCudaError" in text or ("cudaError 35" in text and "ScopedCudaStream" in text)


def without_driver_noise(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line.strip() and not is_driver_noise(line)]
