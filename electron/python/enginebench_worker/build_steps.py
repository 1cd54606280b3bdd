"""A build in named steps, watched: reported ten times a second at most and only where there is something new, ended at
a cancel whatever the library is doing, its memory limited, its every line in the log.

For builders that tell no progress of their own. `Steps` is used from two threads: the work names its steps and counts;
this one reports."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.tensorrt.build_log import BuildLog
from enginebench_worker.tensorrt.memory_limit import MemoryLimit
from enginebench_worker.tensorrt.watched import WatchedWork, is_abandoned
from enginebench_worker.wire.domain import BuildPhase, BuildRequest, LogEntry

Result = TypeVar("Result")


class Steps:
    def __init__(self, execution: Execution, log: BuildLog, begins: Mapping[str, float]) -> None:
        self._execution, self._log, self._begins = execution, log, begins
        self._limit = MemoryLimit()
        self._now: BuildPhase | None = None
        self._told: BuildPhase | None = None
        self._on_stop: Callable[[], None] | None = None
        self.stop = threading.Event()

    @property
    def peak_bytes(self) -> int:
        return self._limit.peak_bytes

    def begin(self, name: str) -> None:
        """Raises Cancelled where a stop was asked for."""
        self.check_stop()
        self._now = BuildPhase(name, 0, 0, None)
        self._log.write("info", name)

    def count(self, done: int, total: int) -> None:
        self.check_stop()
        if self._now is not None:
            self._now = BuildPhase(self._now.name, 0, done, total)

    def check_stop(self) -> None:
        if self.stop.is_set():
            raise Cancelled

    def when_stopped(self, interrupt: Callable[[], None]) -> None:
        """`interrupt` is called from the other thread, where the library has a way to be told."""
        self._on_stop = interrupt

    def tick(self) -> None:
        if self._execution.cancelled:
            if self._on_stop is not None:
                self._on_stop()
            raise Cancelled
        self._limit.check()
        self._report(self._log.take_entries())

    def report_rest(self) -> None:
        """Also after a failure, whose own error matters more than what goes wrong here."""
        with contextlib.suppress(Cancelled, OSError):
            self._report(self._log.take_entries(last=True))

    def _report(self, entries: tuple[LogEntry, ...]) -> None:
        phase = self._now
        if phase is None or (not entries and phase == self._told):
            return
        self._told = phase
        begins = self._begins[phase.name]
        ends = min((at for at in self._begins.values() if at > begins), default=1.0)
        fraction = begins + (ends - begins) * (phase.done / phase.total if phase.total else 0)
        counted = f" {phase.done} of {phase.total}" if phase.total else ""
        self._execution.build_step(f"{phase.name}{counted}", fraction, (phase,), entries)


def carry_out(
    request: BuildRequest, execution: Execution, begins: Mapping[str, float], work: Callable[[Steps], Result]
) -> Result:
    """What `work` gives. `begins` says where each of its steps begins, as a share of the whole."""
    if is_abandoned():
        message = "This process still holds a build that was cancelled."
        raise BenchError("bad-usage", "build", message, "Start a fresh worker for every build.")
    log = BuildLog(Path(request.log_file))
    try:
        with log.capturing():
            steps = Steps(execution, log, begins)
            try:
                return WatchedWork(lambda: work(steps), steps.stop).run(steps.tick)
            finally:
                steps.report_rest()
    finally:
        log.close()
