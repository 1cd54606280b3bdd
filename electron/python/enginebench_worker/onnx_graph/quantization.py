"""INT8 as Q/DQ pairs around MatMul, Conv and Gemm: symmetric, weights per channel, biases not quantized. The only form
that engines support and that keeps parity.

Without VNNI, kernels of x64 add two products of an unsigned and a signed byte in 16 bits. Two products of 255 and 64,
the most that weights of 7 bits reach, fit; two of 255 and 127 do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import onnx

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.converted import blocked_nodes, keep_inputs_and_outputs, outline_of
from enginebench_worker.onnx_graph.model_file import library_failures, opset_of
from enginebench_worker.onnx_graph.tensors import inferred_values
from enginebench_worker.wire.domain import CalibrationArray, KeptOperator

if TYPE_CHECKING:
    from onnxruntime.quantization.calibrate import TensorsData

OPERATORS = ("MatMul", "Conv", "Gemm")
OLDEST_OPSET = 13
OLDEST_OPSET_WITH_HALF = 19
"""And with FP8."""
_FLOATS = frozenset((onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16))
_OPTIONS = {"WeightSymmetric": True, "QuantizeBias": False}
_OTHER_PRECISION = "Choose FP16 instead of INT8; the log has the details."


def check_opset(model: onnx.ModelProto, precision: str, elsewhere: str) -> None:
    oldest = OLDEST_OPSET_WITH_HALF if precision == "fp8" or elsewhere == "fp16" else OLDEST_OPSET
    opset = opset_of(model)
    if opset is None or opset < oldest:
        kind = f"{precision.upper()} with FP16 elsewhere" if elsewhere == "fp16" else precision.upper()
        message = f"{kind} needs opset {oldest} or later, but the graph has opset {opset}."
        raise BenchError("bad-recipe", "precision", message, "Export the model at opset 20.")


def keeps_to_seven_bits(calibration: CalibrationArray) -> bool:
    if calibration.overflow_fix == "first-layer":
        message = "Only OpenVINO keeps the weights of just the first layer to 7 bits."
        raise BenchError("bad-recipe", "precision", message, "Choose every layer (enable) or none (disable).")
    return calibration.overflow_fix == "enable"


def quantizable_nodes(
    model: onnx.ModelProto,
    types: dict[str, int],
    operators: Sequence[KeptOperator],
    names: Sequence[str],
    precision: str = "int8",
) -> list[onnx.NodeProto]:
    """Nodes that INT8 or FP8 can convert and that were not excluded, in the graph's order."""
    kept = set(blocked_nodes(model.graph, [each.operator for each in operators], names))
    nodes = [node for node in model.graph.node if node.op_type in OPERATORS and node.name not in kept]
    floats = [node for node in nodes if all(types.get(name) in _FLOATS for name in (*node.input[:2], node.output[0]))]
    if not floats:
        message = f"The model has no MatMul, Conv or Gemm to quantize to {precision.upper()}."
        raise BenchError("conversion-failed", "precision", message, "Keep fewer operators in FP32, or choose FP16.")
    return floats


def quantize(
    model: onnx.ModelProto,
    nodes: Sequence[str],
    ranges: TensorsData,
    calibration: CalibrationArray,
    values: Sequence[onnx.ValueInfoProto] | None = None,
    keeps_wide_weights: bool = False,
) -> onnx.ModelProto:
    """Puts `nodes` between Q and DQ. Consumes `model`. `values`: its inferred types, if known. `keeps_wide_weights`:
    weights get their Q and DQ, but are not rounded yet."""
    symmetric = calibration.scheme != "asymmetric"
    seven_bits = keeps_to_seven_bits(calibration)
    before = outline_of(model.graph)
    with library_failures("precision", "The graph cannot be quantized.", _OTHER_PRECISION):
        from onnxruntime.quantization import QuantType
        from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

        del model.graph.value_info[:]
        model.graph.value_info.extend(inferred_values(model) if values is None else values)
        quantizer = QDQQuantizer(
            model,
            per_channel=True,
            reduce_range=seven_bits,
            weight_qType=QuantType.QInt8,
            activation_qType=QuantType.QInt8 if symmetric else QuantType.QUInt8,
            tensors_range=ranges,
            nodes_to_quantize=list(nodes),
            nodes_to_exclude=[],
            op_types_to_quantize=list(OPERATORS),
            extra_options=_OPTIONS | {"ActivationSymmetric": symmetric, "AddQDQPairToWeight": keeps_wide_weights},
        )
        quantizer.quantize_model()
        quantizer.model.topological_sort()
        quantized = quantizer.model.model
        del quantized.graph.value_info[:]
    keep_inputs_and_outputs(before, quantized.graph, "precision")
    return quantized
