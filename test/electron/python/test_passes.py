"""The passes beside the rounds, asked of a real worker as the supervisor asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from worker_case import digits_case
from worker_client import WorkerClient


@pytest.fixture
def prepared(worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path) -> WorkerClient:
    case = digits_case(digits_record, digits_folder, "onnxruntime", "fp32")
    assert worker.ask("prepare", case=case)["message"] == "prepared"
    return worker


def test_queries_are_sustained_until_both_bounds_are_reached(prepared: WorkerClient) -> None:
    answer = prepared.ask("sustain", durationMs=30, minimumQueries=10)
    assert (answer["message"], answer["queries"] >= 10) == ("sustained", True)
    assert answer["endedAtNs"] - answer["startedAtNs"] >= 30e6


def test_every_arrival_is_answered_in_its_order(prepared: WorkerClient) -> None:
    answer = prepared.ask("serve", arrivalsMs=[0, 1, 30.5, 31])
    assert (answer["message"], len(answer["latenciesMs"])) == ("served", 4)
    assert answer["endedAtNs"] - answer["startedAtNs"] >= 31e6


def test_serving_is_cancelled_while_it_waits(prepared: WorkerClient) -> None:
    serving = prepared.send("serve", arrivalsMs=[0, 3_600_000])
    prepared.signal_only("cancel")
    assert prepared.answer_to(serving) == {"message": "cancelled", "id": serving}
    assert prepared.ask("sustain", durationMs=0, minimumQueries=1)["message"] == "sustained"


def test_the_split_of_a_cpu_case_has_a_time_for_computing_and_reasons_for_the_rest(prepared: WorkerClient) -> None:
    parts = prepared.ask("split-time", queries=3)["parts"]
    assert [(part["part"], part["medianMs"] is not None, part["reason"] is not None) for part in parts] == [
        ("preprocess", False, True),
        ("host-to-device", False, True),
        ("compute", True, False),
        ("device-to-host", False, True),
        ("postprocess", False, True),
    ]


def test_layers_come_costliest_first_with_their_operators(prepared: WorkerClient) -> None:
    answer = prepared.ask("profile-layers", queries=3)
    times = [layer["timeMs"] for layer in answer["layers"]]
    assert (answer["message"], times, answer["otherLayers"]) == ("layers-profiled", sorted(times, reverse=True), 0)
    assert "Conv" in {layer["operator"] for layer in answer["layers"]}


def test_profiling_is_cancelled_between_its_queries(prepared: WorkerClient) -> None:
    profiling = prepared.send("profile-layers", queries=1000)
    prepared.signal_only("cancel")
    assert prepared.answer_to(profiling) == {"message": "cancelled", "id": profiling}
    assert prepared.ask("sustain", durationMs=0, minimumQueries=1)["message"] == "sustained"


def test_an_option_that_no_backend_knows_is_refused_before_anything_is_loaded(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    case = digits_case(digits_record, digits_folder, "torch-eager", "fp32", options={"streams": 4})
    assert worker.ask("prepare", case=case)["error"] == {
        "code": "bad-usage",
        "stage": "load",
        "message": "PyTorch eager has no option named streams.",
        "remedy": "Its options are hostMemory, spinning, tuned.",
        "cause": None,
    }


def test_the_work_of_a_model_is_counted_without_a_case(worker: WorkerClient, digits_folder: Path) -> None:
    answer = worker.ask("count-work", file=str(digits_folder / "fp32.onnx"), inputShape=[8, 1, 8, 8])
    assert answer["message"] == "work-counted", answer
    assert answer["work"]["operations"] > 0
    assert answer["work"]["bytes"] > 0


def test_the_peak_of_the_processor_is_measured_without_a_case(worker: WorkerClient) -> None:
    answer = worker.ask("measure-peak", device="cpu", precision="fp32", threads=2)
    assert answer["message"] == "peak-measured", answer
    assert answer["peak"]["precision"] == "fp32"
    assert answer["peak"]["operationsPerSecond"] > answer["peak"]["bytesPerSecond"] / 100 > 0
    assert "matrix product" in answer["peak"]["source"]
