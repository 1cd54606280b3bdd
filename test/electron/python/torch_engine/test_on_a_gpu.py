"""PyTorch's baselines on a real GPU, each through a worker of its own; skipped where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.nvidia_driver import cuda_device_count
from worker_case import digits_case
from worker_client import Message, WorkerClient

pytestmark = pytest.mark.skipif(cuda_device_count() == 0, reason="there is no CUDA device here")
PATIENCE = 300
CLOSE = {"fp32": 1e-4, "tf32": 2e-2, "fp16": 5e-2, "bf16": 3e-1}


def run(
    worker: WorkerClient, record: dict[str, Any], folder: Path, target: Path, backend: str, precision: str, **more: Any
) -> tuple[Message, np.ndarray]:
    case = digits_case(record, folder, backend, precision, device="cuda", **more)
    prepared = worker.ask("prepare", patience=PATIENCE, case=case)
    assert prepared["message"] == "prepared", prepared
    assert worker.ask("write-outputs", patience=PATIENCE, folder=str(target))["message"] == "outputs-written"
    return prepared, np.load(target / "logits.npy")


@pytest.mark.parametrize("precision", ["fp32", "tf32", "fp16", "bf16"])
@pytest.mark.parametrize("backend", ["torch-cudagraph", "torch-compile"])
def test_each_precision_is_proved_and_gives_what_the_fp32_file_gives(
    start_worker: Callable[[], WorkerClient],
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    backend: str,
    precision: str,
) -> None:
    import onnxruntime

    worker = start_worker()
    prepared, found = run(worker, digits_record, digits_folder, tmp_path / "first", backend, precision)
    session = onnxruntime.InferenceSession(str(digits_folder / "fp32.onnx"), providers=["CPUExecutionProvider"])
    [wanted] = session.run(["logits"], {"pixels": np.load(digits_folder / "test-inputs.npy")})
    proof = prepared["precisionProof"]
    assert (proof["holds"], proof["label"]) == (True, precision), proof
    assert np.abs(found - wanted).max() <= CLOSE[precision] * np.abs(wanted).max()
    worker.ask("write-outputs", patience=PATIENCE, folder=str(tmp_path / "second"))
    assert np.array_equal(found, np.load(tmp_path / "second" / "logits.npy"))
    memory = worker.ask("measure-memory", patience=PATIENCE, iterations=3)
    assert memory["allocatorPeakBytes"]["value"] > 0


@pytest.mark.parametrize("backend", ["torch-eager", "torch-cudagraph", "torch-compile"])
def test_its_parts_are_told_by_both_clocks_and_its_layers_by_kernel_time(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path, backend: str
) -> None:
    case = digits_case(digits_record, digits_folder, backend, "fp16", device="cuda")
    assert worker.ask("prepare", patience=PATIENCE, case=case)["message"] == "prepared"
    split = worker.ask("split-time", patience=PATIENCE, queries=20)
    times = {(part["part"], part["clock"]): part["medianMs"] for part in split["parts"]}
    parts = ("host-to-device", "compute", "device-to-host")
    assert all(times[part, clock] > 0 for part in parts for clock in ("host", "device")), split
    profiled = worker.ask("profile-layers", patience=PATIENCE, queries=20)
    assert profiled["message"] == "layers-profiled", profiled
    total = sum(layer["timeMs"] for layer in profiled["layers"]) + profiled["otherMs"]
    assert 0 < total < 2 * sum(times[part, "host"] for part in parts), (profiled, split)


@pytest.mark.parametrize("backend", ["torch-eager", "torch-cudagraph", "torch-compile"])
def test_a_cold_start_tells_the_context_apart(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path, backend: str
) -> None:
    case = digits_case(digits_record, digits_folder, backend, "fp16", device="cuda")
    started = worker.ask("cold-start", patience=PATIENCE, case=case)
    assert started["message"] == "cold-started", started
    assert min(started[part] for part in ("importMs", "contextMs", "loadMs", "firstQueryMs")) > 0


def test_fault_03_a_batch_that_the_gpus_memory_cannot_hold_is_told_as_that(
    digits_record: dict[str, Any], digits_folder: Path
) -> None:
    """Most of the memory is out of reach, so that a small machine's test does not fill a large GPU."""
    case = digits_case(digits_record, digits_folder, "torch-eager", "fp32", device="cuda", batchSize=360)
    environment = {"PYTORCH_CUDA_ALLOC_CONF": "per_process_memory_fraction:0.00002"}
    starved = WorkerClient(environment=environment)
    try:
        answer = starved.ask("prepare", patience=PATIENCE, case=case)
    finally:
        starved.kill()
    assert (answer["message"], answer.get("error", {}).get("code")) == ("failed", "out-of-memory-gpu"), answer
