"""Warm-up until steady. Steady means that the last window's median agrees with the one before it, and that medians do
not keep moving one way; noise alone never refuses. Judging reads latencies only: it holds no clock."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from enginebench_worker.execution import Execution
from enginebench_worker.measure.loop import BlockRule, TimedLoop
from enginebench_worker.wire.domain import Steadiness

WINDOW_SAMPLES = 50
FEWEST_SAMPLES = 6
TREND_WINDOWS = 5
RELATIVE_TOLERANCE = 0.05
SMALLEST_TREND = 0.02
"""A one-way drift below the smallest effect that is ever claimed is not called a trend."""

_JUDGED_EVERY_MS = 100.0
_STANDARD_ERROR_OF_MEDIAN = 0.93
"""Times interquartile range / sqrt(n), for samples near normal in the middle."""


@dataclass(frozen=True)
class WarmupRule:
    minimum_iterations: int
    minimum_ms: float
    cap_ms: float


def warm_up(loop: TimedLoop, rule: WarmupRule, execution: Execution) -> Steadiness:
    """Never longer than `cap_ms` plus one query."""
    latencies: list[float] = []
    elapsed_ms = 0.0
    while True:
        slice_ms = max(0.001, min(_JUDGED_EVERY_MS, rule.cap_ms - elapsed_ms))
        block = loop.run(BlockRule(slice_ms, 1, slice_ms, 1), execution)
        latencies.extend(block.latencies_ms)
        elapsed_ms += (block.ended_at_ns - block.started_at_ns) / 1e6
        enough = len(latencies) >= rule.minimum_iterations and elapsed_ms >= rule.minimum_ms
        at_cap = elapsed_ms >= rule.cap_ms
        if enough or at_cap:
            verdict, reason = judge(latencies)
            if verdict == "steady" or at_cap:
                return Steadiness(verdict, len(latencies), elapsed_ms, reason)


def judge(latencies: Sequence[float]) -> tuple[str, str]:
    if len(latencies) < FEWEST_SAMPLES:
        return "not-checked", f"only {len(latencies)} queries fitted in the warm-up: too few to judge"
    window = min(WINDOW_SAMPLES, len(latencies) // 2)
    before, last = latencies[-2 * window : -window], latencies[-window:]
    earlier, later = statistics.median(before), statistics.median(last)
    change = abs(later - earlier)
    allowed = max(RELATIVE_TOLERANCE * earlier, 3 * hypot(_standard_error(before), _standard_error(last)))
    windows = f"of {window} queries each" + (" (all that fitted)" if window < WINDOW_SAMPLES else "")
    if change > allowed:
        return "no-steady-state", (
            f"the last two windows {windows} differ by {change / earlier:.1%}, above {allowed / earlier:.1%}"
        )
    drift = _trend(latencies[-2 * window :])
    if drift is not None:
        return "no-steady-state", f"medians moved one way by {drift:+.1%} over the last {2 * window} queries"
    return "steady", f"the last two windows {windows} differ by {change / earlier:.1%}, within {allowed / earlier:.1%}"


def _standard_error(latencies: Sequence[float]) -> float:
    lower, _, upper = statistics.quantiles(latencies, n=4, method="inclusive")
    return _STANDARD_ERROR_OF_MEDIAN * (upper - lower) / len(latencies) ** 0.5


def _trend(latencies: Sequence[float]) -> float | None:
    """The relative change where the medians of all windows rise, or all fall; else None."""
    size = len(latencies) // TREND_WINDOWS
    if size < 2:
        return None
    recent = latencies[len(latencies) - size * TREND_WINDOWS :]
    medians = [statistics.median(recent[start : start + size]) for start in range(0, len(recent), size)]
    steps = [after - before for before, after in itertools.pairwise(medians)]
    if not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return None
    drift = medians[-1] / medians[0] - 1
    return drift if abs(drift) > SMALLEST_TREND else None
