from __future__ import annotations

import numpy as np
import pytest
from enginebench_worker.errors import Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.measure.scenarios import serve, sustain
from fake_clock import MS, FakeClock
from scripted_case import ScriptedCase

BATCHES = [np.full((1, 1, 2, 2), value, np.float32) for value in range(2)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    return FakeClock(monkeypatch)


@pytest.mark.parametrize(("duration_ms", "minimum", "queries"), [(100, 1, 10), (0, 3, 3), (20, 5, 5)])
def test_it_ends_when_both_its_duration_and_its_queries_are_reached(
    clock: FakeClock, execution: Execution, duration_ms: float, minimum: int, queries: int
) -> None:
    case = ScriptedCase(lambda: clock.pass_ms(10))
    run = sustain(case, BATCHES, duration_ms, minimum, execution)
    assert (run.queries, len(case.asked)) == (queries, queries)


def test_it_ends_only_when_the_device_has_done_everything(clock: FakeClock, execution: Execution) -> None:
    case = ScriptedCase(lambda: clock.pass_ms(10), on_synchronize=lambda: clock.pass_ms(7))
    run = sustain(case, BATCHES, 0, 2, execution)
    assert round((run.ended_at_ns - run.started_at_ns) / MS, 1) == 27


def test_cancelling_stops_between_queries(clock: FakeClock, execution: Execution) -> None:
    case = ScriptedCase(execution.cancel)
    with pytest.raises(Cancelled):
        sustain(case, BATCHES, 1e9, 1, execution)
    assert len(case.asked) == 1


def test_a_query_that_arrives_while_another_is_answered_waits_and_its_latency_counts_from_its_arrival(
    clock: FakeClock, execution: Execution
) -> None:
    case = ScriptedCase(lambda: clock.pass_ms(10))
    run = serve(case, BATCHES, [0, 4, 5, 100], execution)
    assert [round(latency, 1) for latency in run.latencies_ms] == [10, 16, 25, 10]
    assert round((run.ended_at_ns - run.started_at_ns) / MS, 1) == 110


def test_batches_rotate(clock: FakeClock, execution: Execution) -> None:
    case = ScriptedCase(lambda: clock.pass_ms(1))
    serve(case, BATCHES, [0, 0, 0], execution)
    assert [asked[0, 0, 0, 0] for asked in case.asked] == [0, 1, 0]


def test_it_sleeps_until_an_arrival_but_for_the_last_fraction_of_a_millisecond(
    clock: FakeClock, execution: Execution
) -> None:
    serve(ScriptedCase(lambda: clock.pass_ms(1)), BATCHES, [50], execution)
    watched_ms = 50 - sum(clock.slept_ms)
    assert (max(clock.slept_ms) <= 20, 0 < watched_ms < 1) == (True, True)


def test_a_query_never_starts_before_its_arrival(clock: FakeClock, execution: Execution) -> None:
    began: list[int] = []
    run = serve(ScriptedCase(lambda: began.append(clock.now)), BATCHES, [7, 7.5], execution)
    assert [began[0] - run.started_at_ns >= 7 * MS, began[1] - run.started_at_ns >= 7.5 * MS] == [True, True]


def test_cancelling_is_seen_while_it_waits_for_an_arrival(
    clock: FakeClock, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ScriptedCase(execution.cancel)
    with pytest.raises(Cancelled):
        serve(case, BATCHES, [0, 3_600_000], execution)
    assert (len(case.asked), clock.now < 100 * MS) == (1, True)
