"""What the library calls during a build: a logger and a progress monitor, as classes of its own require.

Both are called from the builder's threads and never raise: an exception there is printed and taken for a cancel."""

from __future__ import annotations

import threading
from typing import Any

from enginebench_worker.tensorrt.build_log import BuildLog, Level
from enginebench_worker.tensorrt.phases import Phases


def make_logger(trt: Any, log: BuildLog) -> Any:
    severity = trt.ILogger.Severity
    levels: dict[Any, Level] = {
        severity.INTERNAL_ERROR: "error",
        severity.ERROR: "error",
        severity.WARNING: "warning",
        severity.INFO: "info",
        severity.VERBOSE: "verbose",
    }

    class KeepingLogger(trt.ILogger):
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: Any, msg: str) -> None:
            log.write(levels.get(severity, "info"), msg)

    return KeepingLogger()


def make_progress_monitor(trt: Any, phases: Phases, stop: threading.Event) -> Any:
    class PhaseMonitor(trt.IProgressMonitor):
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            phases.start(phase_name, parent_phase, num_steps)

        def step_complete(self, phase_name: str, step: int) -> bool:
            """False asks the builder to stop."""
            phases.step(phase_name, step)
            return not stop.is_set()

        def phase_finish(self, phase_name: str) -> None:
            phases.finish(phase_name)

    return PhaseMonitor()
