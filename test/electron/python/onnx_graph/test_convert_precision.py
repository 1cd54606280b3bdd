from __future__ import annotations

from collections.abc import Callable
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
from enginebench_worker.wire.domain import KeptCount, KeptOperator
from onnx import TensorProto, helper
from onnx_graphs import model_of, product, saved, weights_of
from precision_case import asked, on_digits

LAYER_NORM = KeptOperator("LayerNormalization", "overflows")
Convert = Callable[..., Any]


def logits(file: Path, images: np.ndarray) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})


def stored_types(file: Path) -> set[int]:
    return {tensor.data_type for tensor in onnx.load(file).graph.initializer}


def io_types(file: Path) -> list[int]:
    graph = onnx.load(file).graph
    return [value.type.tensor_type.elem_type for value in (*graph.input, *graph.output)]


@pytest.mark.parametrize(
    ("precision", "elsewhere", "method", "layers", "cosine"),
    [
        ("fp16", "fp32", None, {"fp16": 1.0}, 0.99999),
        ("int8", "fp32", "min-max", {"fp32": 5 / 9, "int8": 4 / 9}, 0.999),
        ("int8", "fp32", "entropy", {"fp32": 5 / 9, "int8": 4 / 9}, 0.99),
        ("int8", "fp32", "percentile", {"fp32": 5 / 9, "int8": 4 / 9}, 0.999),
        ("int8", "fp16", "min-max", {"fp16": 5 / 9, "int8": 4 / 9}, 0.99),
        ("int8", "fp16", "entropy", {"fp16": 5 / 9, "int8": 4 / 9}, 0.99),
    ],
)
def test_digits_keeps_its_answers_in_every_precision(
    precision: str,
    elsewhere: str,
    method: str | None,
    layers: dict[str, float],
    cosine: float,
    simplified: Path,
    digits_folder: Path,
    tmp_path: Path,
    execution: Execution,
) -> None:
    out = tmp_path / "out" / "converted.onnx"
    calibration = on_digits(digits_folder, method) if method else None
    told = convert_precision(asked(simplified, out, precision, elsewhere=elsewhere, calibration=calibration), execution)
    images = np.load(digits_folder / "test-inputs.npy")
    figures = compare(logits(out, images), logits(simplified, images), classifies=True)
    assert (figures.cosine_similarity or 0) > cosine and (figures.top1_agreement or 0) > 0.99
    assert (told.opset, told.layer_precision) == (20, pytest.approx(layers))
    assert told.quantized_node_count == (4 if precision == "int8" else 0)
    assert told.weight_precision[precision] > 0.95
    assert sum(told.weight_precision.values()) == pytest.approx(1)
    assert io_types(out) == [TensorProto.FLOAT, TensorProto.FLOAT]
    assert [file.name for file in out.parent.iterdir()] == ["converted.onnx"]


def test_asymmetric_int8_has_activations_with_a_zero_point_and_weights_without(
    simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "out" / "asymmetric.onnx"
    calibration = replace(on_digits(digits_folder, "min-max"), scheme="asymmetric")
    convert_precision(asked(simplified, out, "int8", calibration=calibration), execution)
    graph = onnx.load(out).graph
    stored = {tensor.name: tensor.data_type for tensor in graph.initializer}
    pairs = [node for node in graph.node if node.op_type == "QuantizeLinear"]
    assert {stored[node.input[2]] for node in pairs} == {TensorProto.UINT8}
    assert TensorProto.INT8 in stored.values()
    images = np.load(digits_folder / "test-inputs.npy")
    figures = compare(logits(out, images), logits(simplified, images), classifies=True)
    assert (figures.cosine_similarity or 0) > 0.999


def test_weights_of_seven_bits_give_the_same_sums_by_every_kernel(
    simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    """On a processor with VNNI both hold anyway; without it, weights of 8 bits make the fast kernels saturate."""
    out = tmp_path / "seven.onnx"
    calibration = replace(on_digits(digits_folder), overflow_fix="enable")
    convert_precision(asked(simplified, out, "int8", calibration=calibration), execution)
    stored = [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(out).graph.initializer]
    largest = [int(np.abs(values.astype(np.int32)).max()) for values in stored if values.dtype == np.int8 and values.ndim > 1]
    assert largest == [64] * 4
    images = np.load(digits_folder / "test-inputs.npy")
    ([fast], [exact], [wide]) = fused_logits(out, images, "0"), fused_logits(out, images, "1"), logits(simplified, images)
    np.testing.assert_allclose(fast, exact, atol=1e-4)
    figures = compare([fast], [wide], classifies=True)
    assert (figures.cosine_similarity or 0) > 0.999 and (figures.top1_agreement or 0) > 0.99


def fused_logits(file: Path, images: np.ndarray, exact: str) -> list[np.ndarray]:
    """By the kernels that a run uses, which compute in INT8."""
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.x64quantprecision", exact)
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})


def test_digits_becomes_bf16_at_an_opset_that_has_it(simplified: Path, tmp_path: Path, execution: Execution) -> None:
    pytest.importorskip("modelopt")
    out = tmp_path / "out" / "bf16.onnx"
    told = convert_precision(asked(simplified, out, "bf16"), execution)
    assert (told.opset, told.layer_precision, told.weight_precision) == (22, {"bf16": 1.0}, {"bf16": 1.0})
    assert (io_types(out), list(out.parent.iterdir())) == ([TensorProto.FLOAT, TensorProto.FLOAT], [out])


def test_bf16_weights_are_the_nearest_that_there_are(tmp_path: Path, execution: Execution) -> None:
    pytest.importorskip("modelopt")
    weights = weights_of(64, 64)
    source = saved(model_of([product()], {"w": weights}, shape=("batch", 64)), tmp_path)
    convert_precision(asked(source, tmp_path / "bf16.onnx", "bf16"), execution)
    (stored,) = onnx.load(tmp_path / "bf16.onnx").graph.initializer
    assert stored.data_type == TensorProto.BFLOAT16
    np.testing.assert_allclose(onnx.numpy_helper.to_array(stored).astype(np.float32), weights, rtol=2**-8)


def test_quantization_is_symmetric_and_per_channel(
    simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "int8.onnx"
    convert_precision(asked(simplified, out, "int8", calibration=on_digits(digits_folder)), execution)
    graph = onnx.load(out).graph
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    pairs = [node for node in graph.node if node.op_type in ("QuantizeLinear", "DequantizeLinear")]
    assert {node.domain for node in pairs} == {""}
    assert all(not stored[node.input[2]].any() and stored[node.input[2]].dtype == np.int8 for node in pairs)
    of_weights = [stored[node.input[1]].size for node in pairs if node.input[0] in stored]
    assert len(of_weights) == 4 and min(of_weights) > 1


@pytest.mark.parametrize(("precision", "elsewhere"), [("fp16", "fp32"), ("int8", "fp32"), ("int8", "fp16")])
def test_a_named_node_stays_in_fp32(
    precision: str, elsewhere: str, simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "converted.onnx"
    name = next(node.name for node in reversed(onnx.load(simplified).graph.node) if node.op_type == "Gemm")
    told = convert_precision(
        asked(
            simplified,
            out,
            precision,
            elsewhere=elsewhere,
            keep_nodes=(name,),
            calibration=on_digits(digits_folder),
        ),
        execution,
    )
    assert told.kept_in_fp32 == (KeptCount("Gemm", 1, "named by the recipe to stay in FP32"),)
    graph = onnx.load(out).graph
    weight = next(node.input[1] for node in graph.node if node.name == name)
    assert next(tensor.data_type for tensor in graph.initializer if tensor.name == weight) == TensorProto.FLOAT
    assert told.quantized_node_count == (3 if precision == "int8" else 0)


def test_a_node_that_is_not_there_cannot_stay(simplified: Path, tmp_path: Path, execution: Execution) -> None:
    with pytest.raises(BenchError) as caught:
        convert_precision(asked(simplified, tmp_path / "x.onnx", "fp16", keep_nodes=("/head",)), execution)
    record = caught.value.record
    assert (record.code, record.message) == (
        "bad-recipe",
        'The graph has no node "/head", which was to stay in FP32.',
    )


def shared_weight_model() -> onnx.ModelProto:
    """One vector is the scale of a normalization that stays, its bias, and a term of a sum that does not."""
    nodes = [
        product(output="inner"),
        helper.make_node("LayerNormalization", ["inner", "shared", "shared"], ["normal"], "norm"),
        helper.make_node("Add", ["normal", "shared"], ["y"], "sum"),
    ]
    return model_of(nodes, {"w": weights_of(8, 8), "shared": weights_of(8, seed=3)}, shape=("batch", 8), opset=20)


@pytest.mark.parametrize("precision", ["fp16", "bf16"])
def test_a_weight_shared_by_what_stays_and_what_does_not_is_split(
    precision: str, tmp_path: Path, execution: Execution
) -> None:
    if precision == "bf16":
        pytest.importorskip("modelopt")
    out = tmp_path / "half.onnx"
    told = convert_precision(
        asked(saved(shared_weight_model(), tmp_path), out, precision, keep_operators=(LAYER_NORM,)), execution
    )
    assert told.kept_in_fp32 == (KeptCount("LayerNormalization", 1, "overflows"),)
    graph = onnx.load(out).graph
    types = {tensor.name: tensor.data_type for tensor in graph.initializer}
    norm = next(node for node in graph.node if node.op_type == "LayerNormalization")
    total = next(node for node in graph.node if node.op_type == "Add")
    low = TensorProto.FLOAT16 if precision == "fp16" else TensorProto.BFLOAT16
    assert [types[name] for name in norm.input[1:]] == [TensorProto.FLOAT, TensorProto.FLOAT]
    assert types[total.input[1]] == low
    assert not graph.value_info


def test_a_shared_weight_gives_the_same_numbers_after_the_split(tmp_path: Path, execution: Execution) -> None:
    source, out = saved(shared_weight_model(), tmp_path), tmp_path / "half.onnx"
    convert_precision(asked(source, out, "fp16", keep_operators=(LAYER_NORM,)), execution)
    values = weights_of(5, 8, seed=4)
    np.testing.assert_allclose(logits(out, values)[0], logits(source, values)[0], atol=0.02)


def test_an_operator_that_was_asked_for_and_is_not_there_counts_none(
    simplified: Path, tmp_path: Path, execution: Execution
) -> None:
    told = convert_precision(asked(simplified, tmp_path / "x.onnx", "fp16", keep_operators=(LAYER_NORM,)), execution)
    assert told.kept_in_fp32 == (KeptCount("LayerNormalization", 0, "overflows"),)


@pytest.mark.parametrize(
    ("precision", "elsewhere"), [("fp16", "fp32"), ("bf16", "fp32"), ("int8", "fp32"), ("int8", "fp16")]
)
def test_the_same_file_gives_the_same_bytes(
    precision: str, elsewhere: str, simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    if precision == "bf16":
        pytest.importorskip("modelopt")
    changes = {"elsewhere": elsewhere, "calibration": on_digits(digits_folder)}
    hashes = {
        convert_precision(asked(simplified, tmp_path / f"{turn}.onnx", precision, **changes), execution).sha256
        for turn in (1, 2)
    }
    assert len(hashes) == 1
