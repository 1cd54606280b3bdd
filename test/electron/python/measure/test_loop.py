from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest
from enginebench_worker.errors import Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.measure import loop as loop_module
from enginebench_worker.measure.loop import BlockRule, TimedLoop

MS = 1_000_000


class FakeClock:
    """Stands still but for what queries take; keeps the order of its reads and the queries."""

    def __init__(self) -> None:
        self.now = 0
        self.happened: list[str] = []

    def read(self) -> int:
        self.happened.append("clock")
        return self.now

    def query_of(self, milliseconds: float) -> Callable[[object], object]:
        def query(batch: object) -> object:
            self.happened.append(f"query {batch}")
            self.now += int(milliseconds * MS)
            return batch

        return query


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    monkeypatch.setattr(time, "perf_counter_ns", fake.read)
    return fake


def taken(clock: FakeClock, execution: Execution, milliseconds: float, rule: BlockRule) -> int:
    return len(TimedLoop(clock.query_of(milliseconds), ["a"]).run(rule, execution).durations_ns)


RULE = BlockRule(target_ms=250, minimum_samples=20, cap_ms=2000, floor_samples=3)


@pytest.mark.parametrize(
    ("milliseconds", "samples"),
    [(1, 250), (20, 20), (100, 20), (150, 14), (700, 3), (3000, 3)],
)
def test_a_block_fills_its_target_then_its_minimum_and_never_passes_its_cap_but_for_the_floor(
    clock: FakeClock, execution: Execution, milliseconds: float, samples: int
) -> None:
    assert taken(clock, execution, milliseconds, RULE) == samples


def test_nothing_stands_between_the_two_clock_reads_but_the_query(clock: FakeClock, execution: Execution) -> None:
    TimedLoop(clock.query_of(100), ["a", "b"]).run(BlockRule(300, 1, 2000, 1), execution)
    assert clock.happened == [
        "clock",
        *["clock", "query a", "clock", "clock", "query b", "clock"],
        *["clock", "query a", "clock"],
    ]


def test_batches_rotate_and_the_next_block_goes_on_where_the_last_one_ended(
    clock: FakeClock, execution: Execution
) -> None:
    loop = TimedLoop(clock.query_of(1), ["a", "b", "c"])
    for _ in range(2):
        loop.run(BlockRule(2, 1, 2000, 1), execution)
    assert [each for each in clock.happened if each != "clock"] == ["query a", "query b", "query c", "query a"]


def test_latencies_are_milliseconds_between_the_reads(clock: FakeClock, execution: Execution) -> None:
    block = TimedLoop(clock.query_of(2.5), ["a"]).run(BlockRule(5, 1, 10, 1), execution)
    assert (block.started_at_ns, block.ended_at_ns, block.latencies_ms) == (0, 5 * MS, (2.5, 2.5))


def test_a_query_quicker_than_the_clock_took_one_tick_and_not_no_time(
    clock: FakeClock, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "MOST_SAMPLES_IN_BLOCK", 5)
    block = TimedLoop(clock.query_of(0), ["a"]).run(RULE, execution)
    assert block.latencies_ms == (1e-6,) * 5


def test_cancelling_stops_between_queries(clock: FakeClock, execution: Execution) -> None:
    def query(batch: object) -> object:
        clock.now += MS
        if execution.count.value == 2:
            execution.cancel()
        return batch

    with pytest.raises(Cancelled):
        TimedLoop(query, ["a"]).run(RULE, execution)
    assert execution.count.value == 3


def test_the_garbage_collector_is_off_in_the_block_and_as_before_after_it(
    clock: FakeClock, execution: Execution
) -> None:
    seen: list[bool] = []

    def query(batch: object) -> None:
        clock.now += MS
        seen.append(gc.isenabled())

    TimedLoop(query, ["a"]).run(BlockRule(2, 1, 2, 1), execution)
    assert (seen, gc.isenabled()) == ([False, False], True)


def test_an_output_is_freed_outside_the_timed_part(clock: FakeClock, execution: Execution) -> None:
    class Output:
        def __del__(self) -> None:
            clock.now += 50 * MS

    def query(batch: object) -> Output:
        clock.now += MS
        return Output()

    assert TimedLoop(query, ["a"]).run(BlockRule(100, 1, 200, 1), execution).latencies_ms == (1, 1, 1)
