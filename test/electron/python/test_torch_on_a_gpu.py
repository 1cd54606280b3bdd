"""PyTorch's baselines on a real GPU, each through a worker of its own; skipped where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.installed import cuda_device_count
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
