"""Queries back to back without a pause, timed as a whole: for energy and for the offline scenario.

The end is read once the device has done everything. Raises Cancelled between queries."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backends.base import LoadedCase
from enginebench_worker.execution import Execution


@dataclass(frozen=True)
class SustainedRun:
    started_at_ns: int
    ended_at_ns: int
    queries: int


def sustain(
    loaded: LoadedCase,
    batches: Sequence[NDArray[np.float32]],
    duration_ms: float,
    minimum_queries: int,
    execution: Execution,
) -> SustainedRun:
    """Ends when both are reached."""
    duration_ns = int(duration_ms * 1e6)
    queries = 0
    started = time.perf_counter_ns()
    while queries < minimum_queries or time.perf_counter_ns() - started < duration_ns:
        execution.step()
        loaded.query(batches[queries % len(batches)])
        queries += 1
    loaded.synchronize()
    return SustainedRun(started, time.perf_counter_ns(), queries)
