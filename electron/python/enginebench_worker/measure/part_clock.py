"""Times the parts of a query as they pass, each until the device has done it."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from enginebench_worker.backends.base import TimedPart


class PartClock:
    """`part` is what a backend marks with. A part that a query marks twice counts as the sum."""

    def __init__(self, synchronize: Callable[[], None]) -> None:
        self._synchronize = synchronize
        self._passing: dict[TimedPart, int] = defaultdict(int)
        self._queries: dict[TimedPart, list[int]] = defaultdict(list)

    @contextmanager
    def part(self, name: TimedPart) -> Iterator[None]:
        begin = time.perf_counter_ns()
        yield
        self._synchronize()
        self._passing[name] += time.perf_counter_ns() - begin

    def end_query(self, *, counts: bool = True) -> None:
        if counts:
            for name, duration in self._passing.items():
                self._queries[name].append(duration)
        self._passing.clear()

    def medians_ms(self) -> dict[TimedPart, float]:
        return {name: statistics.median(durations) / 1e6 for name, durations in self._queries.items()}
