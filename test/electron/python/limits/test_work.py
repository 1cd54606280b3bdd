"""Work counted from graphs, against what was reckoned by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.limits.work import count_work
from enginebench_worker.wire.domain import ModelWork
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def write(
    file: Path, nodes: Sequence[onnx.NodeProto], weights: dict[str, np.ndarray], outputs: Sequence[str], opset: int = 18
) -> str:
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info("x", FLOAT, ["batch", 3, 8, 8])],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]), file)
    return str(file)


def floats(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def test_a_convolution_is_two_operations_for_each_multiply_and_add(tmp_path: Path) -> None:
    nodes = [helper.make_node("Conv", ["x", "w", "b"], ["y"], pads=[1, 1, 1, 1])]
    file = write(tmp_path / "m.onnx", nodes, {"w": floats(4, 3, 3, 3), "b": floats(4)}, ["y"])
    results, given = 2 * 4 * 64, 2 * 3 * 64
    assert count_work(file, (2, 3, 8, 8)) == ModelWork(
        operations=2 * results * 27 + results, bytes=4 * (108 + 4 + 2 * (given + results)), not_counted=()
    )


def test_single_elements_are_counted_once_and_move_nothing_of_their_own(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1], group=3),
        helper.make_node("Add", ["y", "x"], ["sum"]),
        helper.make_node("Relu", ["sum"], ["z"]),
    ]
    file = write(tmp_path / "m.onnx", nodes, {"w": floats(3, 1, 3, 3)}, ["z"])
    results = 3 * 64
    assert count_work(file, (1, 3, 8, 8)) == ModelWork(
        operations=2 * results * 9 + 2 * results, bytes=4 * (27 + 2 * (results + results)), not_counted=()
    )


def test_sizes_that_are_computed_from_the_input_are_followed_and_cost_nothing(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Shape", ["x"], ["sizes"]),
        helper.make_node("Gather", ["sizes", "first"], ["images"]),
        helper.make_node("Concat", ["images", "rest"], ["flat"], axis=0),
        helper.make_node("Reshape", ["x", "flat"], ["rows"]),
        helper.make_node("MatMul", ["rows", "w"], ["y"]),
    ]
    weights = {"first": np.array([0]), "rest": np.array([-1]), "w": floats(192, 10)}
    file = write(tmp_path / "m.onnx", nodes, weights, ["y"])
    assert count_work(file, (5, 3, 8, 8)).operations == 2 * 5 * 192 * 10


def test_weights_count_in_the_type_that_they_are_stored_in(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "scale"], ["w"]),
        helper.make_node("Flatten", ["x"], ["rows"]),
        helper.make_node("Gemm", ["rows", "w", "b"], ["y"], transB=1),
    ]
    weights = {"q": np.ones((10, 192), np.int8), "scale": np.float32(0.5), "b": floats(10)}
    file = write(tmp_path / "m.onnx", nodes, weights, ["y"])
    assert count_work(file, (1, 3, 8, 8)) == ModelWork(
        operations=2 * 1920 + 10, bytes=1920 + 4 + 4 * 10 + 2 * 4 * (192 + 10), not_counted=()
    )


@pytest.mark.parametrize("heads_in_the_shape", [True, False])
def test_attention_is_two_products_and_a_softmax(tmp_path: Path, heads_in_the_shape: bool) -> None:
    """Three heads of eight queries, eight keys and a width of eight: [1, 3, 8, 8], or [1, 8, 24] with them in a row."""
    attention, taken = helper.make_node("Attention", ["x", "x", "x"], ["y"]), "x"
    nodes = [attention]
    if not heads_in_the_shape:
        attention = helper.make_node("Attention", ["r", "r", "r"], ["y"], q_num_heads=3, kv_num_heads=3)
        nodes = [helper.make_node("Reshape", [taken, "sizes"], ["r"]), attention]
    file = write(tmp_path / "m.onnx", nodes, {"sizes": np.array([1, 8, 24])}, ["y"], opset=23)
    scores = 3 * 8 * 8
    assert count_work(file, (1, 3, 8, 8)).operations == 2 * scores * (8 + 8) + 4 * scores


def test_functions_of_the_file_itself_are_looked_into(tmp_path: Path) -> None:
    nodes = [helper.make_node("Twice", ["x"], ["y"], domain="own")]
    file = write(tmp_path / "m.onnx", nodes, {}, ["y"])
    model = onnx.load(file)
    body = [helper.make_node("Relu", ["a"], ["b"]), helper.make_node("Relu", ["b"], ["c"])]
    model.functions.append(helper.make_function("own", "Twice", ["a"], ["c"], body, model.opset_import))
    model.opset_import.append(helper.make_opsetid("own", 1))
    onnx.save(model, file)
    assert count_work(file, (1, 3, 8, 8)) == ModelWork(2 * 192, 4 * 2 * 192, ())


def test_what_cannot_be_counted_is_named(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Mystery", ["x"], ["hidden"], domain="example"),
        helper.make_node("MatMul", ["hidden", "w"], ["y"]),
        helper.make_node("Relu", ["x"], ["z"]),
    ]
    file = write(tmp_path / "m.onnx", nodes, {"w": floats(8, 2)}, ["y", "z"])
    work = count_work(file, (1, 3, 8, 8))
    assert (work.operations, work.not_counted) == (192, ("MatMul", "example:Mystery"))


def test_another_shape_than_the_graph_takes_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], {}, ["y"])
    with pytest.raises(BenchError) as caught:
        count_work(file, (1, 3, 9, 9))
    record = caught.value.record
    assert (record.code, record.stage) == ("input-mismatch", "limits")
    assert (
        record.message
        == "The graph takes x of shape [None, 3, 8, 8], but one input of shape [1, 3, 9, 9] was expected."
    )


def test_the_shipped_model_has_exactly_the_work_reckoned_by_hand(digits_folder: Path) -> None:
    first = 1024 * (2 * 9 + 1) + 1024
    second = 2048 * (2 * 16 * 9 + 1) + 2048
    pool, hidden, classifier = 512 * 4, 64 * (2 * 512 + 1) + 64, 10 * (2 * 64 + 1)
    work = count_work(str(digits_folder / "fp32.onnx"), (1, 1, 8, 8))
    weights = 16 * 10 + 32 * 145 + 64 * 513 + 10 * 65
    moved = 64 + 1024 + 2048 + 512 + 64 + 10
    assert work == ModelWork(first + second + pool + hidden + classifier, 4.0 * (weights + 2 * moved), ())


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_each_precision_of_the_shipped_model_has_its_products(digits_folder: Path, precision: str) -> None:
    products = 2 * (1024 * 9 + 2048 * 144 + 64 * 512 + 10 * 64)
    work = count_work(str(digits_folder / f"{precision}.onnx"), (1, 1, 8, 8))
    assert (products < work.operations < products * 1.05, work.not_counted) == (True, ())
