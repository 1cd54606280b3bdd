from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from enginebench_worker.backends.torch_eager import TorchEager
from enginebench_worker.errors import BenchError
from enginebench_worker.spinning import openmp_waiting
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import WorkerCase
from worker_case import digits_case


def case_of(record: dict[str, Any], folder: Path, precision: str, **changes: Any) -> WorkerCase:
    return from_json(WorkerCase, digits_case(record, folder, "torch-eager", precision, **changes))


def batch_of(folder: Path, count: int = 8) -> np.ndarray:
    return np.load(folder / "test-inputs.npy", allow_pickle=False)[:count]


@pytest.mark.parametrize(("precision", "dtype"), [("fp32", "float32"), ("bf16", "bfloat16")])
def test_a_precision_is_proved_by_parameters_layer_outputs_and_flags(
    digits_record: dict[str, Any], digits_folder: Path, precision: str, dtype: str
) -> None:
    loaded = TorchEager().load(case_of(digits_record, digits_folder, precision))
    proof = loaded.prove_precision(batch_of(digits_folder))
    assert (proof.holds, proof.label) == (True, precision)
    assert proof.evidence == (
        f"parameters: 8 {dtype}",
        f"linear and convolution outputs: 4 {dtype}",
        "oneDNN matmul fp32_precision = ieee",
        "oneDNN conv fp32_precision = ieee",
        openmp_waiting(),
    )


def test_a_tuned_case_answers_like_the_shipped_one_and_its_proof_says_so(
    digits_record: dict[str, Any], digits_folder: Path
) -> None:
    shipped = TorchEager().load(case_of(digits_record, digits_folder, "fp32"))
    tuned = TorchEager().load(case_of(digits_record, digits_folder, "fp32", options={"tuned": True}))
    try:
        [wanted], [found] = shipped.query(batch_of(digits_folder)), tuned.query(batch_of(digits_folder))
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)
        assert tuned.prove_precision(batch_of(digits_folder)).evidence[-1].startswith("tuned: channels last")
    finally:
        torch.set_flush_denormal(False)


def test_fp32_is_not_proved_where_a_library_let_lower_precision_in(
    digits_record: dict[str, Any], digits_folder: Path
) -> None:
    loaded = TorchEager().load(case_of(digits_record, digits_folder, "fp32"))
    torch.backends.mkldnn.matmul.fp32_precision = "bf16"
    proof = loaded.prove_precision(batch_of(digits_folder))
    assert (proof.holds, proof.label) == (False, "float32, not proved to be fp32")


def test_fp32_is_not_proved_where_a_layer_answers_in_another_type(
    digits_record: dict[str, Any], digits_folder: Path
) -> None:
    loaded = TorchEager().load(case_of(digits_record, digits_folder, "fp32"))
    with torch.autocast("cpu", torch.bfloat16):
        proof = loaded.prove_precision(batch_of(digits_folder))
    assert (proof.holds, proof.label) == (False, "bfloat16/float32, not proved to be fp32")


def test_a_query_gives_float32_on_the_host_whatever_is_computed_in(
    digits_record: dict[str, Any], digits_folder: Path
) -> None:
    [logits] = TorchEager().load(case_of(digits_record, digits_folder, "bf16")).query(batch_of(digits_folder))
    assert (logits.dtype, logits.shape) == (np.float32, (8, 10))


def test_threads_are_set_and_read_back(digits_record: dict[str, Any], digits_folder: Path) -> None:
    assert TorchEager().load(case_of(digits_record, digits_folder, "fp32", threads=1)).threads == 1


def refusal(case: WorkerCase) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        TorchEager().load(case)
    return caught.value.record.code, caught.value.record.message


def test_fp16_on_the_cpu_is_refused(digits_record: dict[str, Any], digits_folder: Path) -> None:
    case = case_of(digits_record, digits_folder, "fp16")
    assert refusal(case) == ("unsupported-precision", "PyTorch eager does not offer fp16 on cpu.")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_cuda_is_refused_where_there_is_none(digits_record: dict[str, Any], digits_folder: Path) -> None:
    code, _ = refusal(case_of(digits_record, digits_folder, "fp32", device="cuda"))
    assert code == "backend-unavailable"


def test_a_users_own_onnx_file_has_no_module(digits_record: dict[str, Any], digits_folder: Path) -> None:
    own = {**digits_record, "source": {**digits_record["source"], "library": "file"}}
    code, _ = refusal(case_of(own, digits_folder, "fp32"))
    assert code == "unknown-model"
