from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker import spinning
from enginebench_worker.errors import BenchError
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import WorkerCase
from worker_case import digits_case
from worker_client import WorkerClient

BLOCK = {"targetMs": 100, "minimumSamples": 20, "capMs": 1000, "floorSamples": 3}


def case_with(record: dict[str, Any], folder: Path, options: dict[str, Any]) -> WorkerCase:
    return from_json(WorkerCase, digits_case(record, folder, "onnxruntime", "fp32", options=options))


def test_threads_spin_unless_a_case_says_otherwise(digits_record: dict[str, Any], digits_folder: Path) -> None:
    answers = [
        spinning.spins(case_with(digits_record, digits_folder, options))
        for options in ({}, {"spinning": True}, {"spinning": False})
    ]
    assert answers == [True, True, False]


def test_a_value_that_is_neither_true_nor_false_is_refused(digits_record: dict[str, Any], digits_folder: Path) -> None:
    with pytest.raises(BenchError) as refused:
        spinning.spins(case_with(digits_record, digits_folder, {"spinning": "on"}))
    assert (refused.value.record.code, refused.value.record.remedy) == ("bad-usage", "Set spinning to true or false.")


@pytest.mark.parametrize(
    ("spins", "variables", "words"),
    [(True, (None, "1"), "OpenMP threads spin"), (False, ("PASSIVE", "0"), "OpenMP threads sleep")],
)
def test_openmp_libraries_are_told_before_they_are_loaded(
    monkeypatch: pytest.MonkeyPatch, spins: bool, variables: tuple[str | None, str], words: str
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    monkeypatch.setenv("KMP_BLOCKTIME", "200")
    spinning.set_openmp_waiting(spins)
    found = (os.environ.get("OMP_WAIT_POLICY"), os.environ.get("KMP_BLOCKTIME"))
    assert (found, spinning.openmp_waiting()) == (variables, words)


class FakeThreads:
    """Use half a core for `busy_s` seconds; sleeping is what moves the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, busy_s: float) -> None:
        self.now, self.busy_s = 0.0, busy_s
        monkeypatch.setattr(time, "perf_counter", lambda: self.now)
        monkeypatch.setattr(time, "process_time", lambda: min(self.now, self.busy_s) / 2)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_block_is_answered_once_its_threads_are_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = FakeThreads(monkeypatch, busy_s=0.05)
    assert (spinning.wait_until_quiet(), threads.now) == (True, pytest.approx(0.052))


def test_threads_that_stay_busy_are_not_waited_for_forever(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = FakeThreads(monkeypatch, busy_s=60)
    assert (spinning.wait_until_quiet(), threads.now < 0.26) == (False, True)
    assert capsys.readouterr().err == "threads were still busy 250 ms after a block\n"


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel does not count a thread's time")
@pytest.mark.parametrize("spins", [True, False])
def test_a_worker_between_blocks_uses_less_than_a_hundredth_of_a_core(
    start_worker: Callable[[], WorkerClient], digits_record: dict[str, Any], digits_folder: Path, spins: bool
) -> None:
    """Processor time, which other programs cannot add to, between two of its heartbeats."""
    client = start_worker()
    case = digits_case(digits_record, digits_folder, "onnxruntime", "fp32", options={"spinning": spins})
    assert client.ask("prepare", case=case)["message"] == "prepared"
    assert client.ask("measure-block", **BLOCK)["message"] == "block"
    used, began = processor_time_of(client.process.pid), time.monotonic()
    assert [client.read()["message"] for _ in range(2)] == ["heartbeat", "heartbeat"]
    share = (processor_time_of(client.process.pid) - used) / (time.monotonic() - began)
    assert share < 0.01


def processor_time_of(pid: int) -> float:
    """In seconds, of all threads."""
    stats = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text(encoding="ascii").split()[0]) for each in stats) / 1e9
