"""What the library calls during a build: a logger, and a progress monitor that reports how far the builder has got.

Both are called from the builder's threads and never raise: an exception there is printed and taken for a cancel. Steps
say little: nearly all of them pass in the first twentieth of a second. So each known phase has a share of the whole, by
the time it takes, and steps count only within their own phase's share. The shares of TensorRT-RTX were measured; those
of TensorRT assume that timing its tactics is most of the work. The fraction never falls."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from enginebench_worker.building.log import BuildLog, Level
from enginebench_worker.tensorrt_engine.library import EngineKind
from enginebench_worker.wire.domain import BuildPhase

Span = tuple[float, float]

_SPANS: Mapping[EngineKind, Mapping[str, Span]] = {
    "tensorrt-engine": {
        "Cloning network graph": (0.0, 0.01),
        "Preparing graph for optimization": (0.01, 0.05),
        "Optimizing graph": (0.05, 0.1),
        "Timing graph nodes": (0.1, 0.85),
        "Timing tensor reformats": (0.85, 0.9),
        "Determining refit engines": (0.9, 0.98),
    },
    "tensorrt-rtx-engine": {
        "Cloning network graph": (0.0, 0.01),
        "Preparing graph for optimization": (0.01, 0.07),
        "Optimizing graph": (0.07, 0.08),
        "Timing graph nodes": (0.08, 0.09),
        "Timing tensor reformats": (0.09, 0.1),
        "Determining refit engines": (0.1, 0.97),
    },
}


@dataclass(frozen=True)
class _Open:
    name: str
    done: int
    total: int


class Phases:
    def __init__(self, kind: EngineKind) -> None:
        self._spans = _SPANS[kind]
        self._open: list[_Open] = []
        self._fraction = 0.0
        self.changes = 0

    def start(self, name: str, parent: str | None, total: int) -> None:
        names = [phase.name for phase in self._open]
        depth = len(names) - names[::-1].index(parent) if parent in names else 0
        self._open = [*self._open[:depth], _Open(name, 0, max(total, 0))]
        self._advance()

    def step(self, name: str, index: int) -> None:
        for position, phase in enumerate(self._open):
            if phase.name == name:
                self._open[position] = replace(phase, done=min(index + 1, phase.total or index + 1))
        self._advance()

    def finish(self, name: str) -> None:
        names = [phase.name for phase in self._open]
        if name in names:
            self._open = self._open[: names.index(name)]
        self._reach(self._spans.get(name, (0.0, 0.0))[1])
        self.changes += 1

    @property
    def fraction(self) -> float:
        return self._fraction

    @property
    def text(self) -> str:
        if not self._open:
            return "Building the engine"
        innermost = self._open[-1]
        return f"{innermost.name}, {innermost.done} of {innermost.total}" if innermost.total > 1 else innermost.name

    def now(self) -> tuple[BuildPhase, ...]:
        """Outermost first."""
        return tuple(BuildPhase(each.name, depth, each.done, each.total) for depth, each in enumerate(self._open))

    def _advance(self) -> None:
        for phase in self._open:
            low, high = self._spans.get(phase.name, (0.0, 0.0))
            self._reach(low + (high - low) * (phase.done / phase.total if phase.total else 0.0))
        self.changes += 1

    def _reach(self, fraction: float) -> None:
        self._fraction = max(self._fraction, fraction)


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
