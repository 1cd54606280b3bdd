from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker import case_runner
from enginebench_worker.backend import Backend
from enginebench_worker.backends.null_backend import NullCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.measure.synchronization import check_answer_is_complete, check_device_is_idle
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import MeasureBlock, Prepare
from enginebench_worker.wire.domain import BackendStatus, WorkerCase
from fake_clock import FakeClock
from scripted_case import ScriptedCase
from worker_case import digits_case

BATCH = np.ones((1, 1, 2, 2), np.float32)


class HastyCase(NullCase):
    """Hands out its buffer at once, and fills it when its device comes to it."""

    def __init__(self) -> None:
        super().__init__()
        self.device = threading.Thread()

    def query(self, batch: np.ndarray) -> Sequence[np.ndarray]:
        output = np.zeros_like(batch)
        self.device = threading.Timer(0.02, lambda: output.__setitem__(slice(None), batch + 1))
        self.device.start()
        return (output,)


class HastyCaseThatCanWait(HastyCase):
    def synchronize(self) -> None:
        self.device.join()


@pytest.fixture(params=[HastyCase, HastyCaseThatCanWait])
def hasty(request: pytest.FixtureRequest) -> Iterator[HastyCase]:
    case = request.param()
    yield case
    case.device.join()


def refusal(call: object) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        call()  # type: ignore[operator]
    return caught.value.record.code, caught.value.record.stage, caught.value.record.message


def test_fault_28_a_backend_that_returns_before_it_has_finished_is_refused(hasty: HastyCase) -> None:
    assert refusal(lambda: check_answer_is_complete(hasty, BATCH)) == (
        "unsynchronized",
        "load",
        "The backend answers before it has finished: its output changed after the query had returned. "
        "Its latencies would be too low.",
    )


def test_fault_28_a_device_that_goes_on_after_a_block_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock(monkeypatch)
    busy = ScriptedCase(lambda: None, on_synchronize=lambda: clock.pass_ms(20))
    assert refusal(lambda: check_device_is_idle(busy, 250)) == (
        "unsynchronized",
        "measure",
        "The backend answers before it has finished: the device was busy for 20.0 ms after a block of 250 ms. "
        "Its latencies would be too low.",
    )


class Only(Backend):
    """Loads the case that it is given, whatever is asked for."""

    id = label = "only"

    def __init__(self, loaded: NullCase) -> None:
        self.loaded = loaded

    def describe(self) -> BackendStatus:
        return BackendStatus(self.id, "python", True, None, None, "1", ("fp32",), ("cpu",), None, None)

    def load(self, case: WorkerCase) -> NullCase:
        return self.loaded


@pytest.fixture
def prepare(digits_record: dict[str, Any], digits_folder: Path) -> Prepare:
    return Prepare(1, from_json(WorkerCase, digits_case(digits_record, digits_folder, "only", "fp32", batchSize=1)))


def test_fault_28_preparing_a_case_looks_for_it(
    monkeypatch: pytest.MonkeyPatch, prepare: Prepare, execution: Execution
) -> None:
    monkeypatch.setattr(case_runner, "find_backend", lambda _name: Only(HastyCase()))
    code, stage, _ = refusal(lambda: case_runner.CaseRunner.load(prepare, execution))
    assert (code, stage) == ("unsynchronized", "load")


def test_fault_28_measuring_a_block_looks_for_it(
    monkeypatch: pytest.MonkeyPatch, prepare: Prepare, execution: Execution
) -> None:
    clock = FakeClock(monkeypatch)
    busy = ScriptedCase(lambda: clock.pass_ms(1), on_synchronize=lambda: clock.pass_ms(50))
    monkeypatch.setattr(case_runner, "find_backend", lambda _name: Only(busy))
    runner, _ = case_runner.CaseRunner.load(prepare, execution)
    code, stage, _ = refusal(lambda: runner.run_block(MeasureBlock(2, 250, 20, 2000, 3), execution))
    assert (code, stage) == ("unsynchronized", "measure")


@pytest.mark.parametrize(("drain_ms", "block_ms"), [(0.9, 2), (12, 250)])
def test_a_drain_that_is_short_or_a_small_part_of_its_block_is_no_sign(
    monkeypatch: pytest.MonkeyPatch, drain_ms: float, block_ms: float
) -> None:
    clock = FakeClock(monkeypatch)
    check_device_is_idle(ScriptedCase(lambda: None, on_synchronize=lambda: clock.pass_ms(drain_ms)), block_ms)


@pytest.mark.parametrize(("query_ms", "waited_ms"), [(1, 50), (80, 80)])
def test_a_backend_that_finishes_passes_after_a_wait_as_long_as_its_query_and_at_least_50_ms(
    monkeypatch: pytest.MonkeyPatch, query_ms: float, waited_ms: float
) -> None:
    clock = FakeClock(monkeypatch)
    check_answer_is_complete(ScriptedCase(lambda: clock.pass_ms(query_ms)), BATCH)
    assert [round(slept, 3) for slept in clock.slept_ms] == [waited_ms]
