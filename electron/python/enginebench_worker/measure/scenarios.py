"""Two scenarios: queries back to back without a pause (energy, offline), and queries that arrive on their own schedule
(server).

Back to back is timed as a whole; its end is read once the device has finished. On a schedule, queries are answered one
at a time, in order, and a latency counts from the arrival, so waiting in line is part of it. Between arrivals the
process sleeps and checks for a cancel; only the last fraction of a millisecond is spent watching the clock, since sleep
wakes up late. Both raise Cancelled between queries."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from enginebench_worker.backend import Batch, LoadedCase
from enginebench_worker.execution import Execution


@dataclass(frozen=True)
class SustainedRun:
    started_at_ns: int
    ended_at_ns: int
    queries: int


def sustain(
    loaded: LoadedCase,
    batches: Sequence[Batch],
    duration_ms: float,
    minimum_queries: int,
    execution: Execution,
) -> SustainedRun:
    """Runs at least `duration_ms` and at least `minimum_queries`."""
    duration_ns = int(duration_ms * 1e6)
    queries = 0
    started = time.perf_counter_ns()
    while queries < minimum_queries or time.perf_counter_ns() - started < duration_ns:
        execution.step()
        loaded.query(batches[queries % len(batches)])
        queries += 1
    loaded.synchronize()
    return SustainedRun(started, time.perf_counter_ns(), queries)


_LONGEST_SLEEP_NS = 20_000_000
"""The longest a cancel may go unnoticed."""
_WATCHED_NS = 300_000


@dataclass(frozen=True)
class ServedRun:
    started_at_ns: int
    ended_at_ns: int
    latencies_ms: tuple[float, ...]
    """In ms, in order of arrival."""


def serve(
    loaded: LoadedCase, batches: Sequence[Batch], arrivals_ms: Sequence[float], execution: Execution
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
