"""FP8, and weights in INT4, by NVIDIA ModelOpt.

FP8 begins as INT8 between Q and DQ, with the scales of the same calibration; ModelOpt makes scales, zero points and
weights FP8 (E4M3). The largest value that calibration saw becomes 36 of 448, so that larger ones still fit.
Convolutions that FP8 kernels do not take, by ModelOpt's rules, are left out.

INT4 is of weights only: each MatMul and Gemm reads its weights through a DequantizeLinear, in blocks along what is
summed over. ModelOpt finds the scale of a block and rounds; everything is multiplied in FP16, and nothing is
calibrated. Weights whose rows do not divide into blocks, and those of other operators, stay in FP16."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ml_dtypes
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.converted import blocked_nodes, keep_inputs_and_outputs, outline_of
from enginebench_worker.onnx_graph.model_file import library_failures, opset_of
from enginebench_worker.onnx_graph.tensors import large_weights, light_copy
from enginebench_worker.wire.domain import KeptOperator

TOOLS = ("nvidia-modelopt", "onnxruntime", "onnx")
INT4_OLDEST_OPSET, INT4_OPSET, INT4_IR_VERSION = 20, 21, 10
BLOCK_SIZES = (128, 64)
"""The largest that divides the rows is used: TensorRT takes these."""
_OTHER_PRECISION = "Choose FP16 or INT8; the log has the converter's output."


def fp8_unfit_convolutions(model: onnx.ModelProto) -> list[str]:
    """Names. Shapes decide, so the graph is read without its large weights."""
    _load_modelopt("FP8")
    with library_failures("precision", "The graph cannot be read for FP8.", _OTHER_PRECISION):
        import onnx_graphsurgeon
        from modelopt.onnx.quantization.graph_utils import find_nodes_from_convs_to_exclude

        light = light_copy(model, large_weights(model.graph))
        return find_nodes_from_convs_to_exclude(onnx_graphsurgeon.import_onnx(light), quantize_mode="fp8")


def to_fp8(quantized: onnx.ModelProto) -> onnx.ModelProto:
    """From INT8 whose weights are still wide, each with its Q and DQ. Consumes `quantized`."""
    _load_modelopt("FP8")
    before = outline_of(quantized.graph)
    with library_failures("precision", "The graph cannot be converted to FP8.", _OTHER_PRECISION):
        from modelopt.onnx.quantization.fp8 import int8_to_fp8
        from modelopt.onnx.quantization.qdq_utils import qdq_to_dq

        converted = qdq_to_dq(int8_to_fp8(quantized))
    keep_inputs_and_outputs(before, converted.graph, "precision")
    return converted


@dataclass(frozen=True)
class _Weight:
    tensor: onnx.TensorProto
    axis: int
    """The dimension that is summed over."""
    block_size: int


def to_int4_weights(model: onnx.ModelProto, operators: Sequence[KeptOperator], names: Sequence[str]) -> onnx.ModelProto:
    """Of a graph in FP16. Changes `model` and returns it."""
    _check_opset(model)
    weights = _weights(model.graph, set(blocked_nodes(model.graph, [each.operator for each in operators], names)))
    if not weights:
        message = "The model has no MatMul or Gemm whose weights can be stored in INT4."
        raise BenchError("conversion-failed", "precision", message, "Choose FP16 or INT8.")
    _load_modelopt("INT4")
    with library_failures("precision", "Weights cannot be rounded to INT4.", _OTHER_PRECISION):
        from modelopt.onnx.quantization.quant_utils import find_scales, rtn

        reading: dict[str, str] = {}
        nodes: list[onnx.NodeProto] = []
        for name, weight in weights.items():
            nodes.append(_dequantized(model.graph, weight, find_scales, rtn))
            reading[name] = nodes[-1].output[0]
        _read_instead(model.graph, reading)
        ordered = [*nodes, *model.graph.node]
        del model.graph.node[:]
        model.graph.node.extend(ordered)
    for entry in model.opset_import:
        if entry.domain in ("", "ai.onnx"):
            entry.version = INT4_OPSET
    model.ir_version = max(model.ir_version, INT4_IR_VERSION)
    return model


def _check_opset(model: onnx.ModelProto) -> None:
    """From 20 to 21 only GroupNormalization changed its meaning."""
    opset = opset_of(model)
    if opset is None or opset < INT4_OLDEST_OPSET:
        message = f"INT4 weights need opset {INT4_OLDEST_OPSET} or later, but the graph has opset {opset}."
        raise BenchError("bad-recipe", "precision", message, f"Export the model at opset {INT4_OLDEST_OPSET}.")
    if opset < INT4_OPSET and any(node.op_type == "GroupNormalization" for node in model.graph.node):
        message = f"INT4 weights need opset {INT4_OPSET}, where GroupNormalization means something else."
        raise BenchError("conversion-failed", "precision", message, "Choose FP16 or INT8.")


def _weights(graph: onnx.GraphProto, kept: set[str]) -> dict[str, _Weight]:
    """By name. A weight that something else reads too, or along another axis, stays as it is."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    found: dict[str, _Weight] = {}
    unfit = {value.name for value in graph.output}
    for node in graph.node:
        for index, name in enumerate(node.input):
            tensor = stored.get(name)
            if tensor is None:
                continue
            weight = _weight_of(node, tensor) if index == 1 and node.name not in kept else None
            if weight is None or found.setdefault(name, weight) != weight:
                unfit.add(name)
    return {name: weight for name, weight in found.items() if name not in unfit}


def _weight_of(node: onnx.NodeProto, tensor: onnx.TensorProto) -> _Weight | None:
    if node.op_type not in ("MatMul", "Gemm") or len(tensor.dims) != 2 or tensor.data_type != TensorProto.FLOAT16:
        return None
    axis = next((attribute.i for attribute in node.attribute if attribute.name == "transB"), 0)
    block_size = next((size for size in BLOCK_SIZES if tensor.dims[axis] % size == 0), None)
    return None if block_size is None else _Weight(tensor, axis, block_size)


def _dequantized(
    graph: onnx.GraphProto,
    weight: _Weight,
    find_scales: Callable[..., tuple[NDArray[np.float32], object]],
    rtn: Callable[..., NDArray[np.int8]],
) -> onnx.NodeProto:
    """Replaces the stored tensor; the node that gives its values back."""
    name, axis, block_size = weight.tensor.name, weight.axis, weight.block_size
    values = numpy_helper.to_array(weight.tensor).astype(np.float32)
    found, _ = find_scales(values, block_size, quantize_axis=axis)
    scales = found.astype(np.float16)
    rounded = rtn(values, scales.astype(np.float32), block_size, quantize_axis=axis)
    graph.initializer.append(numpy_helper.from_array(scales, f"{name}__scales"))
    weight.tensor.CopyFrom(numpy_helper.from_array(rounded.astype(ml_dtypes.int4), f"{name}__int4"))
    return helper.make_node(
        "DequantizeLinear",
        [f"{name}__int4", f"{name}__scales"],
        [f"{name}__wide"],
        f"{name}__dequantized",
        axis=axis,
        block_size=block_size,
    )


def _read_instead(graph: onnx.GraphProto, reading: dict[str, str]) -> None:
    for node in graph.node:
        for index, name in enumerate(node.input):
            if name in reading:
                node.input[index] = reading[name]


def _load_modelopt(what: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import modelopt.onnx.quantization  # noqa: F401
    except ImportError as error:
        message = f"{what} needs NVIDIA ModelOpt, which cannot be loaded in this environment."
        remedy = "Set up the Python environment again, or choose FP16."
        raise BenchError("unsupported-precision", "precision", message, remedy, error) from error
