"""One running command: whether it should stop, and how far the process has got.

The thread that reads commands sets `cancelled`; the one that runs them checks it between queries. It and the count are
plain attributes, since the timed loop pays for every call."""

from __future__ import annotations

import signal
from typing import Protocol

from enginebench_worker.errors import Cancelled
from enginebench_worker.wire.domain import BuildPhase, LogEntry

EXIT_TERMINATED = 128 + signal.SIGTERM
"""The exit code of a process that SIGTERM unwinds; whoever catches SystemExit lets this one pass."""


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
        """Counts one step and reports it if it has a text. Raises Cancelled if a stop was requested."""
        if self.cancelled:
            raise Cancelled
        self.count.value += 1
        if text is not None:
            self._report(fraction, text)

    def build_step(
        self, text: str, fraction: float | None, phases: tuple[BuildPhase, ...], entries: tuple[LogEntry, ...]
    ) -> None:
        """Like `step`, with a builder's phases and new log lines. The caller sends at most 10 per second."""
        if self.cancelled:
            raise Cancelled
        self.count.value += 1
        self._report(fraction, text, phases, entries)
