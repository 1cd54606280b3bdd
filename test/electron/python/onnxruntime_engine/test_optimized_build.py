from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from enginebench_worker.backends.onnxruntime_backend import OnnxRuntime
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.onnx_graph.file_structure import stored_elements
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import EngineFacts, WorkerCase
from tensorrt_request import build_parameters, build_request
from worker_case import digits_case
from worker_client import WorkerClient


def an_execution() -> Execution:
    return Execution(ProgressCount(), lambda fraction, text, phases=None, entries=None: None)


def build(
    record: dict[str, Any],
    onnx_file: Path,
    folder: Path,
    precision: str,
    **changes: Any,
) -> EngineFacts:
    target = {
        "backend": "onnxruntime",
        "outFile": str(folder / "model.optimized.onnx"),
        **changes,
    }
    return OnnxRuntime().build(build_request(record, onnx_file, folder, precision, **target), an_execution())


def case_of(record: dict[str, Any], folder: Path, precision: str, **changes: Any) -> WorkerCase:
    return from_json(WorkerCase, digits_case(record, folder, "onnxruntime", precision, **changes))


@pytest.mark.parametrize(
    ("precision", "label", "heaviest"),
    [
        ("fp32", "fp32", "fp32"),
        ("fp16", "fp16 stored, fp32 computed", "fp16"),
        ("int8", "int8", "int8"),
    ],
)
def test_each_precision_becomes_an_optimized_file_with_its_types(
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    precision: str,
    label: str,
    heaviest: str,
) -> None:
    facts = build(digits_record, digits_folder / f"{precision}.onnx", tmp_path, precision)
    assert (facts.kind, facts.precision_proof.holds, facts.precision_proof.label) == (
        "onnxruntime-optimized",
        True,
        label,
    )
    assert facts.weight_precision[heaviest] > 0.9
    assert sum(facts.layer_precision.values()) == pytest.approx(1)
    assert {key: facts.options[key] for key in ("graphOptimization", "provider")} == {
        "graphOptimization": "extended",
        "provider": "CPUExecutionProvider",
    }
    assert list(facts.tools) == ["ONNX Runtime"]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "log.txt",
        "model.optimized.onnx",
    ]


def test_the_file_has_fusions_and_no_layout_of_this_processor(
    digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    build(digits_record, digits_folder / "fp32.onnx", tmp_path, "fp32")
    nodes = onnx.load(tmp_path / "model.optimized.onnx").graph.node
    assert ("FusedConv", "com.microsoft") in {(node.op_type, node.domain) for node in nodes}
    assert {node.domain for node in nodes} <= {"", "com.microsoft"}


@pytest.mark.parametrize(
    ("precision", "least_cosine"),
    [("fp32", 0.999999), ("fp16", 0.9999), ("int8", 0.99)],
)
@pytest.mark.parametrize("batch_size", [1, 8])
def test_each_optimized_file_gives_what_the_fp32_file_gives(
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    precision: str,
    least_cosine: float,
    batch_size: int,
) -> None:
    build(digits_record, digits_folder / f"{precision}.onnx", tmp_path, precision)
    images = np.load(digits_folder / "test-inputs.npy")[:batch_size]
    changes = {
        "batchSize": batch_size,
        "engineFile": str(tmp_path / "model.optimized.onnx"),
        "onnxFile": None,
    }
    [found] = OnnxRuntime().load(case_of(digits_record, digits_folder, precision, **changes)).query(images)
    [wanted] = OnnxRuntime().load(case_of(digits_record, digits_folder, "fp32", batchSize=batch_size)).query(images)
    assert (found * wanted).sum() / np.linalg.norm(found) / np.linalg.norm(wanted) >= least_cosine


def test_an_optimized_fp16_file_runs_under_no_other_label_than_the_file_it_was_made_from(
    digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16")
    changes = {"engineFile": str(tmp_path / "model.optimized.onnx")}
    loaded = OnnxRuntime().load(case_of(digits_record, digits_folder, "fp16", **changes))
    proof = loaded.prove_precision(np.load(digits_folder / "test-inputs.npy")[:8])
    assert (proof.holds, proof.label) == (False, "fp16 stored, fp32 computed")


def test_a_file_of_another_precision_is_not_proved(
    digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    facts = build(digits_record, digits_folder / "fp32.onnx", tmp_path, "int8")
    assert (facts.precision_proof.holds, facts.precision_proof.label) == (False, "fp32")
    facts = build(digits_record, digits_folder / "fp32.onnx", tmp_path, "fp16")
    assert (facts.precision_proof.holds, facts.precision_proof.label) == (False, "fp32")


@pytest.mark.parametrize(
    ("level", "expected", "label"),
    [
        ("disabled", "ORT_DISABLE_ALL", "int8 stored, fp32 computed"),
        ("basic", "ORT_ENABLE_BASIC", None),
        ("extended", "ORT_ENABLE_EXTENDED", "int8"),
        ("all", "ORT_ENABLE_ALL", "int8"),
    ],
)
def test_the_level_of_optimization_is_an_option_and_part_of_the_proof(
    digits_record: dict[str, Any],
    digits_folder: Path,
    level: str,
    expected: str,
    label: str | None,
) -> None:
    case = case_of(digits_record, digits_folder, "int8", options={"graphOptimization": level})
    proof = OnnxRuntime().load(case).prove_precision(np.load(digits_folder / "test-inputs.npy")[:8])
    assert f"graph optimization = {expected}" in proof.evidence
    assert label is None or proof.label == label


def test_the_level_is_all_where_none_is_named(digits_record: dict[str, Any], digits_folder: Path) -> None:
    loaded = OnnxRuntime().load(case_of(digits_record, digits_folder, "fp32"))
    proof = loaded.prove_precision(np.load(digits_folder / "test-inputs.npy")[:8])
    assert "graph optimization = ORT_ENABLE_ALL" in proof.evidence


@pytest.mark.parametrize("options", [{"graphOptimization": "most"}, {"graphOptimization": 3}, {"threads": 2}])
def test_an_option_that_there_is_not_is_refused(
    digits_record: dict[str, Any], digits_folder: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(BenchError) as caught:
        OnnxRuntime().load(case_of(digits_record, digits_folder, "fp32", options=options))
    assert (caught.value.record.code, caught.value.record.stage) == (
        "bad-usage",
        "load",
    )


def refusal(build_it: Callable[[], object], folder: Path) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        build_it()
    assert [file.name for file in folder.iterdir() if file.name != "log.txt"] == []
    return (
        caught.value.record.code,
        caught.value.record.stage,
        caught.value.record.message,
    )


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x08" * 500])
def test_a_damaged_file_is_refused_and_leaves_nothing(
    digits_record: dict[str, Any],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
) -> None:
    broken = tmp_path_factory.mktemp("broken") / "broken.onnx"
    broken.write_bytes(content)
    assert refusal(lambda: build(digits_record, broken, tmp_path, "fp32"), tmp_path) == (
        "build-failed",
        "build",
        "ONNX Runtime cannot optimize broken.onnx.",
    )


def test_a_missing_file_and_a_precision_it_lacks_are_refused(
    digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    gone = refusal(lambda: build(digits_record, tmp_path / "gone.onnx", tmp_path, "fp32"), tmp_path)
    lacked = refusal(
        lambda: build(digits_record, digits_folder / "fp32.onnx", tmp_path, "bf16"),
        tmp_path,
    )
    assert (gone[:2], lacked) == (
        ("missing-artifact", "build"),
        (
            "unsupported-precision",
            "build",
            "ONNX Runtime's CPU provider does not compute in bf16.",
        ),
    )


def test_a_model_of_another_size_is_refused(digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path) -> None:
    record = {**digits_record, "input": {**digits_record["input"], "channels": 3}}
    refused = refusal(lambda: build(record, digits_folder / "fp32.onnx", tmp_path, "fp32"), tmp_path)
    assert refused == (
        "input-mismatch",
        "build",
        "The optimized file does not accept pixels of shape 1x3x8x8.",
    )


def test_a_cancelled_build_leaves_nothing(digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path) -> None:
    words = {
        "backend": "onnxruntime",
        "outFile": str(tmp_path / "model.optimized.onnx"),
    }
    request = build_request(digits_record, digits_folder / "fp32.onnx", tmp_path, "fp32", **words)
    execution = an_execution()
    execution.cancel()
    with pytest.raises(Cancelled):
        OnnxRuntime().build(request, execution)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.txt"]


def test_it_says_what_it_builds() -> None:
    builder = OnnxRuntime().describe().builder
    assert builder is not None
    assert (builder.available, builder.reason, builder.precisions) == (
        True,
        None,
        ("fp32", "fp16", "int8"),
    )


def test_elements_are_counted_by_type_without_the_onnx_package(
    digits_folder: Path,
) -> None:
    wanted: Counter[str] = Counter()
    names = {
        onnx.TensorProto.FLOAT: "float32",
        onnx.TensorProto.INT8: "int8",
        onnx.TensorProto.INT32: "int32",
    }
    for tensor in onnx.load(digits_folder / "int8.onnx").graph.initializer:
        wanted[names.get(tensor.data_type, "other")] += int(np.prod(tensor.dims, dtype=np.int64))
    assert {name: stored_elements(digits_folder / "int8.onnx")[name] for name in ("float32", "int8", "int32")} == {
        name: wanted[name] for name in ("float32", "int8", "int32")
    }


def test_a_worker_builds_it_and_another_runs_it(
    start_worker: Callable[[], WorkerClient],
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    words = {
        "backend": "onnxruntime",
        "outFile": str(tmp_path / "model.optimized.onnx"),
    }
    parameters = build_parameters(digits_record, digits_folder / "int8.onnx", tmp_path, "int8", **words)
    answer = start_worker().ask("build-engine", **parameters)
    assert (answer["message"], answer["kind"]) == (
        "engine-built",
        "onnxruntime-optimized",
    ), answer
    changes = {"engineFile": str(tmp_path / "model.optimized.onnx"), "onnxFile": None}
    case = digits_case(digits_record, digits_folder, "onnxruntime", "int8", **changes)
    prepared = start_worker().ask("prepare", case=case)
    assert (prepared["message"], prepared["precisionProof"]["label"]) == (
        "prepared",
        "int8",
    ), prepared
