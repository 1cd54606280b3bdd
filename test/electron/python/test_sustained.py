from __future__ import annotations

import numpy as np
import pytest
from enginebench_worker.errors import Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.measure.scenarios import sustain
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
