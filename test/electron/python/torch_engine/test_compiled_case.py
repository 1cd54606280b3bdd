from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.backends import torch_compile, torch_cudagraph
from enginebench_worker.backends.torch_compile import TorchCompile
from enginebench_worker.backends.torch_cudagraph import TorchCudaGraph
from enginebench_worker.errors import BenchError, BenchErrorRecord
from enginebench_worker.torch_engine.graph_case import GraphCase
from enginebench_worker.torch_engine.runtime import load_shaped_case
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import WorkerCase
from worker_case import digits_case
from worker_client import WorkerClient

PATIENCE = 300
"""Seconds that a compile may take on a busy machine."""

without_compiler = pytest.mark.skipif(not TorchCompile().describe().available, reason="there is no C++ compiler here")


def case_of(record: dict[str, Any], folder: Path, precision: str, **changes: Any) -> WorkerCase:
    return from_json(WorkerCase, digits_case(record, folder, "torch-compile", precision, **changes))


def outputs_of(
    worker: WorkerClient, record: dict[str, Any], folder: Path, target: Path, backend: str, precision: str, **more: Any
) -> tuple[dict[str, Any], np.ndarray]:
    case = digits_case(record, folder, backend, precision, **more)
    prepared = worker.ask("prepare", patience=PATIENCE, case=case)
    assert prepared["message"] == "prepared", prepared
    written = worker.ask("write-outputs", patience=PATIENCE, folder=str(target))
    assert written["message"] == "outputs-written", written
    return prepared, np.load(target / "logits.npy")


@without_compiler
def test_a_compiled_model_gives_what_eager_gives_and_is_compiled_before_the_first_query(
    start_worker: Callable[[], WorkerClient], digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    args = (digits_record, digits_folder)
    _, eager = outputs_of(start_worker(), *args, tmp_path / "eager", "torch-eager", "fp32")
    compiling = start_worker()
    prepared, compiled = outputs_of(compiling, *args, tmp_path / "compiled", "torch-compile", "fp32")
    assert np.allclose(eager, compiled, atol=1e-5)
    proof = prepared["precisionProof"]
    assert (proof["holds"], proof["label"], proof["method"]) == (
        True,
        "fp32",
        "flags read back, products in the graph that was compiled",
    )
    assert "linear and convolution outputs: 4 float32" in proof["evidence"]
    assert prepared["versions"]["torch.compile"] == "inductor, reduce-overhead"
    again = compiling.ask("prepare", case=digits_case(*args, "torch-compile", "fp32"))
    assert (again["message"], again["error"]["code"]) == ("failed", "bad-usage")


@without_compiler
@pytest.mark.models
def test_a_model_compiled_in_bf16_computes_its_products_in_bf16(
    start_worker: Callable[[], WorkerClient], digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    words = {"options": {"mode": "default"}}
    prepared, _ = outputs_of(start_worker(), digits_record, digits_folder, tmp_path, "torch-compile", "bf16", **words)
    assert "linear and convolution outputs: 4 bfloat16" in prepared["precisionProof"]["evidence"]
    assert prepared["versions"]["torch.compile"] == "inductor, default"


def refusal(act: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        act()
    return caught.value.record.code, caught.value.record.stage, caught.value.record.message


def test_without_a_compiler_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_compile.shutil, "which", lambda name: None)
    monkeypatch.setenv("CXX", "g++-99")
    status = TorchCompile().describe()
    assert (status.available, status.reason, status.remedy, status.precisions) == (
        False,
        "torch.compile needs a C++ compiler, and g++-99 was not found.",
        "Install a C++ compiler.",
        (),
    )


@without_compiler
@pytest.mark.parametrize("options", [{"mode": "max-autotune"}, {"backend": "eager"}])
def test_an_option_that_it_lacks_is_refused(
    digits_record: dict[str, Any], digits_folder: Path, options: dict[str, Any]
) -> None:
    case = case_of(digits_record, digits_folder, "fp32", options=options)
    assert refusal(lambda: TorchCompile().load(case))[:2] == ("bad-usage", "load")


@without_compiler
def test_a_precision_that_it_lacks_is_refused(digits_record: dict[str, Any], digits_folder: Path) -> None:
    case = case_of(digits_record, digits_folder, "int8")
    assert refusal(lambda: TorchCompile().load(case)) == (
        "unsupported-precision",
        "load",
        "torch.compile does not offer int8 on cpu.",
    )


def test_a_cuda_graph_needs_a_gpu(
    monkeypatch: pytest.MonkeyPatch, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    monkeypatch.setattr(torch_cudagraph, "cuda_device_count", lambda: 0)
    status = TorchCudaGraph().describe()
    assert (status.available, status.reason) == (False, "No NVIDIA GPU and driver were found.")
    case = case_of(digits_record, digits_folder, "fp32", device="cuda")
    assert refusal(lambda: TorchCudaGraph().load(case))[0] == "backend-unavailable"
    monkeypatch.setattr(torch_cudagraph, "cuda_device_count", lambda: 1)
    monkeypatch.setattr(torch_cudagraph, "torch_gpu_obstacle", lambda: None)
    assert refusal(lambda: TorchCudaGraph().load(case_of(digits_record, digits_folder, "fp32"))) == (
        "backend-unavailable",
        "load",
        "CUDA graph runs only on a GPU.",
    )


def test_a_model_that_cannot_be_recorded_has_a_code_of_its_own_and_the_cause(
    monkeypatch: pytest.MonkeyPatch, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    def fail(case: GraphCase) -> None:
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing")

    monkeypatch.setattr("torch.cuda.CUDAGraph", object)
    monkeypatch.setattr(GraphCase, "_record", fail)
    with pytest.raises(BenchError) as caught:
        load_shaped_case(case_of(digits_record, digits_folder, "fp32"), GraphCase)
    assert caught.value.record == BenchErrorRecord(
        "capture-refused",
        "load",
        "This model cannot be recorded as a CUDA graph.",
        "Use torch-eager.",
        "CUDA error: operation not permitted when stream is capturing",
    )
