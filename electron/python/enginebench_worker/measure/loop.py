"""The timed loop: only the query is between the two clock reads.

Times come from `perf_counter_ns`, the machine's monotonic clock. The buffer is allocated before the first block and
reused; the garbage collector is off during a block; an output is freed after the second clock read. Does not judge
samples."""

from __future__ import annotations

import gc
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from enginebench_worker.errors import Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.wire.facts import MOST_SAMPLES_IN_BLOCK

Batch = TypeVar("Batch")

_NS_PER_MS = 1_000_000


@dataclass(frozen=True)
class BlockRule:
    """Runs until `target_ms` and `minimum_samples`, but stops at `cap_ms` once `floor_samples` are taken."""

    target_ms: float
    minimum_samples: int
    cap_ms: float
    floor_samples: int


@dataclass(frozen=True)
class TimedBlock:
    started_at_ns: int
    ended_at_ns: int
    durations_ns: array[int]

    @property
    def latencies_ms(self) -> tuple[float, ...]:
        return tuple(duration / _NS_PER_MS for duration in self.durations_ns)


class TimedLoop:
    def __init__(self, query: Callable[[Batch], object], batches: Sequence[Batch]) -> None:
        self._query = query
        self._batches = batches
        self._position = 0
        self._durations = array("q", bytes(8 * MOST_SAMPLES_IN_BLOCK))

    def run(self, rule: BlockRule, execution: Execution) -> TimedBlock:
        """Continues with the batch after the last one timed. Raises Cancelled between queries."""
        clock, query, batches, durations = time.perf_counter_ns, self._query, self._batches, self._durations
        count, position, batch_count = execution.count, self._position, len(batches)
        target_ns, cap_ns = int(rule.target_ms * _NS_PER_MS), int(rule.cap_ms * _NS_PER_MS)
        minimum, floor = min(rule.minimum_samples, MOST_SAMPLES_IN_BLOCK), rule.floor_samples
        taken = 0
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            started = clock()
            while True:
                batch = batches[position]
                begin = clock()
                result = query(batch)
                end = clock()
                result = None
                durations[taken] = end - begin
                taken += 1
                position = position + 1 if position + 1 < batch_count else 0
                count.value += 1
                elapsed = end - started
                if taken >= minimum and elapsed >= target_ns:
                    break
                if (elapsed >= cap_ns and taken >= floor) or taken == MOST_SAMPLES_IN_BLOCK:
                    break
                if execution.cancelled:
                    raise Cancelled
        finally:
            self._position = position
            if was_collecting:
                gc.enable()
        return TimedBlock(started, end, _at_least_one_tick(durations[:taken]))


def _at_least_one_tick(durations: array[int]) -> array[int]:
    """A clock coarser than the query can give two equal reads: such a sample took less than a tick, not no time."""
    return durations if min(durations) > 0 else array("q", (max(1, duration) for duration in durations))
