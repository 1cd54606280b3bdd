"""Where the time of a frame goes: five stages, one after another, on the machine's monotonic clock. Milliseconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from enginebench_worker.wire.domain import StageTimes

Stage = Literal["decode", "preprocess", "infer", "postprocess", "write"]

_NS_PER_MS = 1_000_000


class StageClock:
    """Sums over what it was asked to time, and the sum of the batch going on."""

    def __init__(self) -> None:
        self._totals: dict[Stage, int] = {"decode": 0, "preprocess": 0, "infer": 0, "postprocess": 0, "write": 0}
        self._batch_start: dict[Stage, int] = dict(self._totals)

    @contextmanager
    def timing(self, stage: Stage) -> Iterator[None]:
        started = time.perf_counter_ns()
        try:
            yield
        finally:
            self._totals[stage] += time.perf_counter_ns() - started

    def end_batch(self) -> tuple[float, float]:
        """Of all stages together, and of `infer` alone, since the batch before."""
        spent = {stage: total - self._batch_start[stage] for stage, total in self._totals.items()}
        self._batch_start = dict(self._totals)
        return sum(spent.values()) / _NS_PER_MS, spent["infer"] / _NS_PER_MS

    def times(self) -> StageTimes:
        return StageTimes(**{stage: total / _NS_PER_MS for stage, total in self._totals.items()})
