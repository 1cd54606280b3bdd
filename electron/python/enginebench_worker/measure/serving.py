"""Queries that arrive when they arrive, whether or not the one before has ended; answered one at a time, in order.

A latency counts from the arrival, so waiting in line is part of it. Between arrivals the process sleeps and looks for
a cancel; only the last fraction of a millisecond is spent watching the clock, since sleep wakes up late."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backends.base import LoadedCase
from enginebench_worker.execution import Execution

_LONGEST_SLEEP_NS = 20_000_000
"""How late a cancel may be seen."""
_WATCHED_NS = 300_000


@dataclass(frozen=True)
class ServedRun:
    started_at_ns: int
    ended_at_ns: int
    latencies_ms: tuple[float, ...]
    """In the order of arrival."""


def serve(
    loaded: LoadedCase, batches: Sequence[NDArray[np.float32]], arrivals_ms: Sequence[float], execution: Execution
) -> ServedRun:
    """`arrivals_ms` count from the start, ascending."""
    started = ended = time.perf_counter_ns()
    latencies_ns: list[int] = []
    for index, arrival_ms in enumerate(arrivals_ms):
        execution.step()
        arrival = started + int(arrival_ms * 1e6)
        _wait_until(arrival, execution)
        loaded.query(batches[index % len(batches)])
        ended = time.perf_counter_ns()
        latencies_ns.append(max(1, ended - arrival))
    return ServedRun(started, ended, tuple(latency / 1e6 for latency in latencies_ns))


def _wait_until(moment: int, execution: Execution) -> None:
    while (remaining := moment - time.perf_counter_ns()) > 0:
        if remaining > _WATCHED_NS:
            time.sleep(min(remaining - _WATCHED_NS, _LONGEST_SLEEP_NS) / 1e9)
            execution.step()
