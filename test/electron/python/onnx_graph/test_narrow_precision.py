"""FP8 and INT4 weights, on a small network of products, and taken by NVIDIA's parser where a builder is named."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.convert_precision import convert_precision
from enginebench_worker.outputs import compare
from enginebench_worker.wire.commands import ConvertPrecision
from enginebench_worker.wire.domain import KeptOperator
from onnx import TensorProto, helper
from onnx_graphs import product, saved, weights_of
from precision_case import asked, on_digits
from tensorrt_request import build_parameters
from worker_client import WorkerClient

INTERPRETER = os.environ.get("ENGINEBENCH_TEST_TENSORRT_PYTHON", "")
pytest.importorskip("modelopt")


@pytest.fixture
def products(tmp_path: Path) -> Path:
    """From pixels to logits, as digits has them: rows of 64, 128 and 128, the last ones transposed."""
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"], "flat"),
        product("flat", "first", "inner"),
        helper.make_node("Relu", ["inner"], ["positive"], "positive"),
        product("positive", "second", "outer"),
        helper.make_node("Gemm", ["outer", "third", "bias"], ["logits"], "last", transB=1),
    ]
    stored = {
        "first": weights_of(64, 128) / 8,
        "second": weights_of(128, 128, seed=2) / 11,
        "third": weights_of(10, 128, seed=3) / 11,
        "bias": weights_of(10, seed=4),
    }
    graph = helper.make_graph(
        nodes,
        "products",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])],
        [onnx.numpy_helper.from_array(values, name) for name, values in stored.items()],
    )
    return saved(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), tmp_path)


def command_of(source: Path, out: Path, precision: str, digits_folder: Path, **changes: Any) -> ConvertPrecision:
    if precision == "fp8":
        changes = {"elsewhere": "fp16", "calibration": on_digits(digits_folder), **changes}
    return asked(source, out, precision, **changes)


def logits(file: Path, images: np.ndarray) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"pixels": images})


def stored_types(file: Path) -> dict[str, int]:
    return {tensor.name: tensor.data_type for tensor in onnx.load(file).graph.initializer}


def cosine(file: Path, source: Path, digits_folder: Path) -> float:
    images = np.load(digits_folder / "test-inputs.npy")
    return compare(logits(file, images), logits(source, images), False).cosine_similarity or 0.0


@pytest.mark.parametrize("elsewhere", ["fp16", "fp32"])
def test_fp8_rounds_both_sides_of_every_product(
    elsewhere: str, products: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "fp8.onnx"
    told = convert_precision(command_of(products, out, "fp8", digits_folder, elsewhere=elsewhere), execution)
    stored = stored_types(out)
    graph = onnx.load(out).graph
    read = [node for node in graph.node if node.op_type in ("QuantizeLinear", "DequantizeLinear")]
    assert {stored[node.input[2]] for node in read} == {TensorProto.FLOAT8E4M3FN}
    of_weights = [node.input[0] for node in read if node.input[0] in stored]
    assert [stored[name] for name in of_weights] == [TensorProto.FLOAT8E4M3FN] * 3
    assert (told.opset, told.quantized_node_count, told.layer_precision["fp8"]) == (20, 3, pytest.approx(3 / 5))
    assert told.weight_precision["fp8"] > 0.9 and set(told.tools) == {"nvidia-modelopt", "onnxruntime", "onnx"}
    assert cosine(out, products, digits_folder) > 0.995


def test_convolutions_that_fp8_kernels_do_not_take_stay(
    simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "fp8.onnx"
    told = convert_precision(command_of(simplified, out, "fp8", digits_folder), execution)
    assert (told.quantized_node_count, told.layer_precision["fp8"]) == (2, pytest.approx(2 / 9))
    assert cosine(out, simplified, digits_folder) > 0.998


def test_int4_is_of_weights_in_blocks_along_what_is_summed_over(
    products: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "int4.onnx"
    told = convert_precision(command_of(products, out, "int4-weights", digits_folder), execution)
    graph = onnx.load(out).graph
    attributes = [
        {attribute.name: attribute.i for attribute in node.attribute}
        for node in graph.node
        if node.op_type == "DequantizeLinear"
    ]
    assert attributes == [
        {"axis": 0, "block_size": 64},
        {"axis": 0, "block_size": 128},
        {"axis": 1, "block_size": 128},
    ]
    shapes = {tensor.name: (tensor.data_type, list(tensor.dims)) for tensor in graph.initializer}
    assert shapes["first__int4"] == (TensorProto.INT4, [64, 128])
    assert shapes["first__scales"] == (TensorProto.FLOAT16, [1, 128])
    assert shapes["third__scales"] == (TensorProto.FLOAT16, [10, 1])
    assert (told.opset, told.quantized_node_count, told.layer_precision) == (21, 0, {"fp16": 1.0})
    assert told.weight_precision["int4"] > 0.9
    assert cosine(out, products, digits_folder) > 0.98


def test_weights_are_rounded_to_the_nearest_step_of_their_block(
    products: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "int4.onnx"
    convert_precision(command_of(products, out, "int4-weights", digits_folder), execution)
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(out).graph.initializer}
    wide = onnx.numpy_helper.to_array(onnx.load(products).graph.initializer[0])
    scales = stored["first__scales"].astype(np.float32)
    given_back = stored["first__int4"].astype(np.float32) * scales
    assert np.abs(given_back - wide).max() <= scales.max() * 0.51


def test_weights_that_stay_or_do_not_divide_into_blocks_are_not_stored_in_int4(
    products: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "int4.onnx"
    changes: dict[str, Any] = {"keep_nodes": ("inner_product",), "keep_operators": (KeptOperator("Gemm", "head"),)}
    convert_precision(command_of(products, out, "int4-weights", digits_folder, **changes), execution)
    assert [name for name, kind in stored_types(out).items() if kind == TensorProto.INT4] == ["second__int4"]
    told = refusal(command_of(digits_folder / "fp32.onnx", tmp_path / "x.onnx", "int4-weights", digits_folder))
    assert told == ("bad-recipe", "INT4 weights need opset 20 or later, but the graph has opset 17.")
    keep_all = {"keep_operators": (KeptOperator("Gemm", "a"), KeptOperator("MatMul", "b"))}
    told = refusal(command_of(products, tmp_path / "x.onnx", "int4-weights", digits_folder, **keep_all))
    assert told == ("conversion-failed", "The model has no MatMul or Gemm whose weights can be stored in INT4.")


def refusal(command: ConvertPrecision) -> tuple[str, str]:
    from enginebench_worker.execution import ProgressCount

    with pytest.raises(BenchError) as caught:
        convert_precision(command, Execution(ProgressCount(), lambda fraction, text: None))
    assert not Path(command.out_file).exists()
    return caught.value.record.code, caught.value.record.message


def test_fp8_has_one_method_and_needs_images_and_a_new_opset(
    products: Path, digits_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.onnx"
    by_entropy = replace(on_digits(digits_folder), method="entropy")
    assert refusal(command_of(products, out, "fp8", digits_folder, calibration=by_entropy)) == (
        "bad-recipe",
        "FP8 takes its scales from the largest values (min-max).",
    )
    assert refusal(command_of(products, out, "fp8", digits_folder, calibration=None)) == (
        "no-calibration-images",
        "FP8 needs calibration images, and none were given.",
    )
    old = command_of(digits_folder / "fp32.onnx", out, "fp8", digits_folder, elsewhere="fp32")
    assert refusal(old) == ("bad-recipe", "FP8 needs opset 19 or later, but the graph has opset 17.")


@pytest.mark.parametrize("precision", ["fp8", "int4-weights"])
def test_the_same_file_gives_the_same_bytes(
    precision: str, products: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    commands = [command_of(products, tmp_path / f"{turn}.onnx", precision, digits_folder) for turn in (1, 2)]
    assert len({convert_precision(command, execution).sha256 for command in commands}) == 1


@pytest.mark.conversions
@pytest.mark.skipif(not INTERPRETER, reason="ENGINEBENCH_TEST_TENSORRT_PYTHON names no environment with a builder")
@pytest.mark.parametrize(
    ("precision", "label"),
    [("fp8", "fp8"), ("int4-weights", "int4 weights multiplied in fp16")],
)
def test_the_builder_takes_it_and_the_network_proves_it(
    precision: str,
    label: str,
    products: Path,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    execution: Execution,
) -> None:
    out = tmp_path / "converted.onnx"
    convert_precision(command_of(products, out, precision, digits_folder), execution)
    builder = WorkerClient(INTERPRETER)
    try:
        built = builder.ask("build-engine", 120, **build_parameters(digits_record, out, tmp_path, precision))
    finally:
        builder.kill()
    proof = built.get("precisionProof", built)
    assert (built["message"], proof["holds"], proof["label"]) == ("engine-built", True, label), built
