from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.backends.onnxruntime_backend import OnnxRuntime
from enginebench_worker.errors import BenchError
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import WorkerCase
from worker_case import digits_case


@pytest.fixture
def record(digits_record: dict[str, Any]) -> dict[str, Any]:
    return digits_record


def case_of(record: dict[str, Any], folder: Path, precision: str, **changes: Any) -> WorkerCase:
    return from_json(WorkerCase, digits_case(record, folder, "onnxruntime", precision, **changes))


def batch_of(folder: Path, count: int) -> np.ndarray:
    return np.load(folder / "test-inputs.npy", allow_pickle=False)[:count]


@pytest.mark.parametrize(
    ("precision", "holds", "label"),
    [("fp32", True, "fp32"), ("fp16", False, "fp16 stored, fp32 computed"), ("int8", True, "int8")],
)
def test_each_shipped_file_is_labelled_by_what_it_computes(
    record: dict[str, Any], digits_folder: Path, precision: str, holds: bool, label: str
) -> None:
    loaded = OnnxRuntime().load(case_of(record, digits_folder, precision))
    proof = loaded.prove_precision(batch_of(digits_folder, 8))
    assert (proof.holds, proof.label, "session.intra_op.allow_spinning = 1" in proof.evidence) == (holds, label, True)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({}, ["session.intra_op.allow_spinning = 1", "session.intra_op.spin_duration_us = 1000"]),
        ({"spinning": False}, ["session.intra_op.allow_spinning = 0"]),
        (
            {"tuned": True},
            [
                "session.intra_op.allow_spinning = 1",
                "session.intra_op.spin_duration_us = 1000",
                "session.set_denormal_as_zero = 1",
                "session.dynamic_block_base = 4",
            ],
        ),
    ],
)
def test_the_proof_names_how_threads_wait_and_what_is_tuned(
    record: dict[str, Any], digits_folder: Path, options: dict[str, Any], settings: list[str]
) -> None:
    loaded = OnnxRuntime().load(case_of(record, digits_folder, "fp32", options=options))
    evidence = loaded.prove_precision(batch_of(digits_folder, 8)).evidence
    assert [each for each in evidence if each.startswith("session.")] == settings


def test_int8_kernels_are_exact_where_that_is_asked_for(record: dict[str, Any], digits_folder: Path) -> None:
    evidence = [
        OnnxRuntime().load(case_of(record, digits_folder, "int8", options=options)).prove_precision(
            batch_of(digits_folder, 8)
        ).evidence
        for options in ({}, {"int8Kernels": "exact"})
    ]
    assert ["session.x64quantprecision = 1" in each for each in evidence] == [False, True]


def test_threads_are_set_and_read_back(record: dict[str, Any], digits_folder: Path) -> None:
    assert OnnxRuntime().load(case_of(record, digits_folder, "fp32", threads=3)).threads == 3


def test_it_classifies_the_test_images_as_their_labels_say(record: dict[str, Any], digits_folder: Path) -> None:
    loaded = OnnxRuntime().load(case_of(record, digits_folder, "fp32"))
    [logits] = loaded.query(batch_of(digits_folder, 360))
    labels = np.load(digits_folder / "test-labels.npy", allow_pickle=False)
    assert (logits.argmax(1) == labels).mean() > 0.95


def refusal(case: WorkerCase) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        OnnxRuntime().load(case)
    assert caught.value.record.stage == "load"
    return caught.value.record.code, caught.value.record.message


def test_a_missing_file_is_refused(record: dict[str, Any], digits_folder: Path, tmp_path: Path) -> None:
    code, _ = refusal(case_of(record, digits_folder, "fp32", onnxFile=str(tmp_path / "gone.onnx")))
    assert code == "missing-artifact"


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x08" * 500])
def test_a_corrupt_file_is_refused(record: dict[str, Any], digits_folder: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(content)
    assert refusal(case_of(record, digits_folder, "fp32", onnxFile=str(file))) == (
        "bad-model-file",
        "ONNX Runtime cannot load broken.onnx.",
    )


def test_a_precision_it_does_not_have_is_refused(record: dict[str, Any], digits_folder: Path) -> None:
    assert refusal(case_of(record, digits_folder, "bf16")) == (
        "unsupported-precision",
        "ONNX Runtime does not offer bf16 on cpu.",
    )


def test_cuda_is_refused_where_the_build_lacks_it_and_does_not_become_the_cpu(
    record: dict[str, Any], digits_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    code, message = refusal(case_of(record, digits_folder, "fp32", device="cuda"))
    assert (code, message) == ("backend-unavailable", "This build of ONNX Runtime has no CUDAExecutionProvider.")


def test_an_output_that_the_file_lacks_is_refused(record: dict[str, Any], digits_folder: Path) -> None:
    case = case_of({**record, "outputs": ["boxes"]}, digits_folder, "fp32")
    assert refusal(case) == ("input-mismatch", "The ONNX file has no output named boxes.")


def test_an_input_of_another_name_is_refused(record: dict[str, Any], digits_folder: Path) -> None:
    renamed = {**record, "input": {**record["input"], "name": "images"}}
    code, message = refusal(case_of(renamed, digits_folder, "fp32"))
    assert (code, "one image input 'images' was expected" in message) == ("input-mismatch", True)


def test_no_profile_is_left_behind(
    record: dict[str, Any], digits_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    OnnxRuntime().load(case_of(record, digits_folder, "fp32")).prove_precision(batch_of(digits_folder, 8))
    assert list(tmp_path.iterdir()) == []


def test_the_time_by_layer_is_told_by_a_second_session(
    record: dict[str, Any], digits_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    loaded = OnnxRuntime().load(case_of(record, digits_folder, "fp32"))
    profile = loaded.profile_layers([batch_of(digits_folder, 8)], 3)
    loaded.close()
    names = [layer.name for layer in profile.layers]
    assert "Conv" in {layer.operator.removeprefix("Fused") for layer in profile.layers}
    assert (len(names), all(layer.time_ms >= 0 for layer in profile.layers)) == (len(set(names)), True)
    assert list(tmp_path.iterdir()) == []
