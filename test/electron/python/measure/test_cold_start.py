from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.backend import Backend
from enginebench_worker.backends.null_backend import NullCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.measure.cold_start import start_cold
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import ColdStart
from enginebench_worker.wire.domain import BackendStatus, Device, WorkerCase
from fake_clock import FakeClock
from scripted_case import ScriptedCase
from worker_case import digits_case
from worker_client import WorkerClient

PAGE_CACHE = "system page cache: not emptied, so files read before may be in it"


class Scripted(Backend):
    id = label = "scripted"

    def __init__(self, clock: FakeClock, opens_device: bool, queries_ms: list[float]) -> None:
        self.clock, self.opens_device, self.queries_ms = clock, opens_device, queries_ms
        self.happened: list[str] = []

    def describe(self) -> BackendStatus:
        return BackendStatus(self.id, "python", True, None, None, "1", ("fp32",), ("cpu",), None, None)

    def start_device(self, device: Device) -> bool:
        self.happened.append("start device")
        self.clock.pass_ms(300)
        return self.opens_device

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        self.happened.append("caches")
        return ("its own cache: empty",)

    def load(self, case: WorkerCase) -> NullCase:
        self.happened.append("load")
        self.clock.pass_ms(500)
        return ScriptedCase(self._query)

    def _query(self) -> None:
        self.happened.append("query")
        self.clock.pass_ms(self.queries_ms.pop(0))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    return FakeClock(monkeypatch)


@pytest.fixture
def command(digits_record: dict[str, Any], digits_folder: Path) -> ColdStart:
    return ColdStart(1, from_json(WorkerCase, digits_case(digits_record, digits_folder, "scripted", "fp32")))


def test_each_part_of_a_cold_start_is_timed_in_its_order(
    clock: FakeClock, command: ColdStart, execution: Execution
) -> None:
    backend = Scripted(clock, opens_device=True, queries_ms=[40, 7])
    _, started = start_cold(command, backend, execution)
    parts = (started.context_ms, started.load_ms, started.first_query_ms, started.second_query_ms)
    assert [round(part or 0, 1) for part in parts] == [300, 500, 40, 7]
    assert (started.import_ms, started.caches) == (None, ("its own cache: empty", PAGE_CACHE))
    assert backend.happened == ["start device", "caches", "load", "query", "query"]


def test_where_no_device_is_opened_there_is_no_time_for_it(
    clock: FakeClock, command: ColdStart, execution: Execution
) -> None:
    _, started = start_cold(command, Scripted(clock, opens_device=False, queries_ms=[1, 1]), execution)
    assert started.context_ms is None


def test_a_process_that_holds_the_library_already_is_not_cold(
    clock: FakeClock, command: ColdStart, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scripted, "library_modules", ("heavy_library",))
    monkeypatch.setitem(sys.modules, "heavy_library", sys)
    with pytest.raises(BenchError) as caught:
        start_cold(command, Scripted(clock, opens_device=False, queries_ms=[]), execution)
    assert (caught.value.record.code, caught.value.record.stage) == ("bad-usage", "cold-start")


def test_a_real_worker_starts_cold_once_and_measures_nothing_else(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    case = digits_case(digits_record, digits_folder, "onnxruntime", "fp32")
    started = worker.ask("cold-start", case=case)
    assert started["message"] == "cold-started", started
    assert min(started[part] for part in ("importMs", "loadMs", "firstQueryMs", "secondQueryMs")) > 0
    assert (started["contextMs"], started["caches"][-1]) == (None, PAGE_CACHE)
    refused = [worker.ask("cold-start", case=case), worker.ask("split-time", queries=1)]
    assert [each["error"]["code"] for each in refused] == ["bad-usage", "bad-usage"]
