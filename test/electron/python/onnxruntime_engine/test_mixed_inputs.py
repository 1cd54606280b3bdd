"""A network of inputs and outputs of several types and ranks in ONNX Runtime, from prepared rows to what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.case_runner import CaseRunner
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnxruntime_engine.session import lacking_operator
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import Prepare
from enginebench_worker.wire.domain import WorkerCase, WrittenOutput
from mixed_inputs import ROWS, expected_boxes, mixed_case


def prepared(case: dict[str, Any], execution: Execution) -> CaseRunner:
    return CaseRunner.load(Prepare(1, from_json(WorkerCase, case)), execution)[0]


def written(case: dict[str, Any], folder: Path, execution: Execution) -> dict[str, WrittenOutput]:
    return {each.name: each for each in prepared(case, execution).write_outputs(str(folder / "outputs"), execution)}


def refusal(case: dict[str, Any], execution: Execution) -> str:
    with pytest.raises(BenchError) as caught:
        prepared(case, execution)
    return f"{caught.value.record.code}: {caught.value.record.message}"


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_every_row_is_fed_in_its_type_along_its_own_batch_dimension(
    digits_record: dict[str, Any], tmp_path: Path, execution: Execution, batch_size: int
) -> None:
    outputs = written(mixed_case(digits_record, tmp_path, "onnxruntime", batchSize=batch_size), tmp_path, execution)
    boxes = np.load(outputs["boxes"].file)
    assert (boxes.shape, boxes.dtype) == ((ROWS, 4), np.float32)
    assert np.allclose(boxes, expected_boxes(), atol=1e-5)


def test_outputs_without_a_row_per_image_are_written_whole_at_batch_1_only(
    digits_record: dict[str, Any], tmp_path: Path, execution: Execution
) -> None:
    alone = written(mixed_case(digits_record, tmp_path, "onnxruntime", batchSize=1), tmp_path, execution)
    expected = [np.argwhere(row[None] > 0) for row in expected_boxes()]
    assert alone["found"].shapes == tuple(each.shape for each in expected)
    found = np.load(alone["found"].file)
    assert (found.dtype, found.tolist()) == (np.float64, np.concatenate(expected).reshape(-1).tolist())
    assert (alone["largest"].shapes, alone["largest"].shape) == (((),) * ROWS, (ROWS,))
    together = written(mixed_case(digits_record, tmp_path, "onnxruntime", batchSize=2), tmp_path, execution)
    assert list(together) == ["boxes"]


def test_layers_are_timed_with_all_inputs(digits_record: dict[str, Any], tmp_path: Path, execution: Execution) -> None:
    from enginebench_worker.wire.commands import ProfileLayers

    profiled = prepared(mixed_case(digits_record, tmp_path, "onnxruntime"), execution).profile_layers(
        ProfileLayers(2, 3), execution
    )
    assert "MatMul" in {layer.operator for layer in profiled.layers}


def test_every_fault_of_the_inputs_is_told_at_once(
    digits_record: dict[str, Any], tmp_path: Path, execution: Execution
) -> None:
    case = mixed_case(digits_record, tmp_path, "onnxruntime")
    case["feeds"] = [
        {**each, "name": "other" if each["name"] == "sizes" else each["name"]} for each in case["feeds"]
    ]
    case["feeds"][2]["batchAxis"] = 0
    case["batchSize"] = 4
    assert refusal(case, execution) == (
        "input-mismatch: The inputs do not fit the ONNX file: it takes sizes, which is not fed; "
        "it has no input named other; states has the shape [2, 'N', 4], and [4, 2, 4] is fed."
    )


def test_values_of_another_type_than_the_file_takes_are_refused(
    digits_record: dict[str, Any], tmp_path: Path, execution: Execution
) -> None:
    case = mixed_case(digits_record, tmp_path, "onnxruntime")
    rows = np.ones((1, 2), np.int32)
    np.save(tmp_path / "sizes.npy", rows)
    from enginebench_worker.files import sha256_of

    case["feeds"][1] |= {"type": "int32", "sha256": sha256_of(tmp_path / "sizes.npy")}
    assert "sizes is tensor(int64), and int32 is fed" in refusal(case, execution)


def test_a_backend_that_feeds_one_picture_refuses_listed_inputs(
    digits_record: dict[str, Any], tmp_path: Path, execution: Execution
) -> None:
    assert refusal(mixed_case(digits_record, tmp_path, "torch-eager"), execution).startswith("input-mismatch: ")


def test_the_case_is_what_the_supervisor_sends(digits_record: dict[str, Any], tmp_path: Path) -> None:
    case = mixed_case(digits_record, tmp_path, "onnxruntime")
    assert from_json(WorkerCase, json.loads(json.dumps(case))).feeds is not None


@pytest.mark.parametrize(
    ("words", "operator"),
    [
        (
            "NOT_IMPLEMENTED : Could not find an implementation for Swish(24) node with name '/block/act'",
            'Swish (opset 24) "/block/act"',
        ),
        ("Failed to find kernel for Swish(24) (node:'' ep:'CPUExecutionProvider')", "Swish (opset 24)"),
        ("failed:Fatal error: my.own:Sharpen(-1) is not a registered function/op", "my.own:Sharpen"),
        ("Protobuf parsing failed.", None),
    ],
)
def test_an_operator_that_the_library_lacks_is_named_with_its_place(words: str, operator: str | None) -> None:
    assert lacking_operator(words) == operator
