"""One command being carried out: whether it should stop, and how far the process has got.

`cancelled` is set by the thread that reads commands and looked at between queries by the one that carries them out;
both it and the count are plain attributes, since the timed loop pays for every call."""

from __future__ import annotations

from typing import Protocol

from enginebench_worker.errors import Cancelled
from enginebench_worker.wire.domain import BuildPhase, LogEntry


class ReportProgress(Protocol):
    def __call__(
        self,
        fraction: float | None,
        text: str,
        phases: tuple[BuildPhase, ...] | None = None,
        entries: tuple[LogEntry, ...] | None = None,
    ) -> None: ...


class ProgressCount:
    """Queries and steps done by this process. Only grows; a heartbeat carries it."""

    def __init__(self) -> None:
        self.value = 0


class Execution:
    def __init__(self, count: ProgressCount, report: ReportProgress) -> None:
        self.cancelled = False
        self.finished = False
        self.count = count
        self._report = report

    def cancel(self) -> None:
        self.cancelled = True

    def step(self, text: str | None = None, fraction: float | None = None) -> None:
        """Counts one step and tells of it if it has words. Raises Cancelled where a stop was asked for."""
        if self.cancelled:
            raise Cancelled
        self.count.value += 1
        if text is not None:
            self._report(fraction, text)

    def build_step(
        self, text: str, fraction: float | None, phases: tuple[BuildPhase, ...], entries: tuple[LogEntry, ...]
    ) -> None:
        """As `step`, with a builder's phases and new log lines. The caller keeps to 10 a second."""
        if self.cancelled:
            raise Cancelled
        self.count.value += 1
        self._report(fraction, text, phases, entries)
