"""A build in named steps, done in a separate thread and watched from the main one.

Progress is reported at most ten times a second and only when something is new. A cancel ends the build whatever the
library is doing, memory is limited, and every line goes to the log.

Native code cannot be interrupted. When the main thread leaves, `stop` is set and the work has a moment to notice. Work
that does not notice is abandoned: its thread continues until the process ends, and the process then ends without
unwinding. Such a process must not be given other work (`is_abandoned`)."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from enginebench_worker.building.log import BuildLog
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.wire.domain import BuildPhase, BuildRequest, LogEntry

WorkResult = TypeVar("WorkResult")

TICK_SECONDS = 0.1
GRACE_SECONDS = 1.0
_STACK_BYTES = 64 << 20
"""Parsers and optimizers recurse over the graph, so the stack is large."""

_abandoned = threading.Event()


def is_abandoned() -> bool:
    return _abandoned.is_set()


class WatchedWork(Generic[WorkResult]):
    def __init__(self, work: Callable[[], WorkResult], stop: threading.Event) -> None:
        self._work = work
        self._stop = stop
        self._done = threading.Event()
        self._result: WorkResult | None = None
        self._error: BaseException | None = None

    def run(self, tick: Callable[[], None]) -> WorkResult:
        """`tick` is called ten times per second and once more at the end; an exception from it stops the work."""
        former = threading.stack_size(_STACK_BYTES)
        try:
            threading.Thread(target=self._carry_out, daemon=True).start()
        finally:
            threading.stack_size(former)
        try:
            while not self._done.wait(TICK_SECONDS):
                tick()
            tick()
        except BaseException as reason:
            self._stop.set()
            if not self._done.wait(GRACE_SECONDS):
                _abandon(reason)
            raise
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _carry_out(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)
            self._error = error
        finally:
            self._done.set()


def _abandon(reason: BaseException) -> None:
    code = reason.code if isinstance(reason, SystemExit) and isinstance(reason.code, int) else 0
    if not _abandoned.is_set():
        _abandoned.set()
        atexit.register(_end_at_once, code)


def _end_at_once(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


SHARE_OF_AVAILABLE = 0.9
_MEMORY = Path("/proc/meminfo")
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_GROUP_USE = Path("/sys/fs/cgroup/memory.current")
_OWN_MEMORY = Path("/proc/self/statm")


class MemoryLimit:
    """`limit_bytes` limits resident memory; None if it cannot be determined."""

    def __init__(self) -> None:
        self.peak_bytes = resident_bytes() or 0
        available = available_bytes()
        self.limit_bytes = None if available is None else self.peak_bytes + int(available * SHARE_OF_AVAILABLE)

    def check(self) -> None:
        resident = resident_bytes()
        if resident is None or self.limit_bytes is None:
            return
        self.peak_bytes = max(self.peak_bytes, resident)
        if resident > self.limit_bytes:
            raise BenchError(
                "out-of-memory-host",
                "build",
                f"The build needs more than its limit of {self.limit_bytes / 1e9:.1f} GB of memory.",
                "Close other programs, lower the optimization level, or build on a machine with more memory.",
            )


def resident_bytes() -> int | None:
    try:
        return int(_OWN_MEMORY.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def available_bytes() -> int | None:
    """Available bytes of the machine, or of the container if that has less."""
    try:
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit
        found.append(int(_GROUP_LIMIT.read_text(encoding="ascii")) - int(_GROUP_USE.read_text(encoding="ascii")))
    return max(min(found), 0) if found else None


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
        """Raises Cancelled if a stop was requested."""
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
        """`interrupt` is called from the other thread, if the library has a way to be interrupted."""
        self._on_stop = interrupt

    def tick(self) -> None:
        if self._execution.cancelled:
            if self._on_stop is not None:
                self._on_stop()
            raise Cancelled
        self._limit.check()
        self._report(self._log.take_entries())

    def report_rest(self) -> None:
        """Also after a failure, whose error matters more than one raised here."""
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
    """Returns what `work` returns. `begins` says where each step begins, as a share of the whole (0 to 1)."""
    if is_abandoned():
        message = "This process still runs a cancelled build."
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
