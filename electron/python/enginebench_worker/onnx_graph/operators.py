"""Operators that no conversion takes, each named with the node that holds it.

Throws `unsafe-model-file` for compiled code, `unsupported-operator` for the rest."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.tensors import every_node, node_in_words

STANDARD_DOMAINS = frozenset(("", "ai.onnx"))
_COMPILED = frozenset(("EPContext", "TRT_PluginV2", "TRTEngineOp", "ATen", "PythonOp"))
_DYNAMICALLY_QUANTIZED = frozenset(
    ("DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul")
)
_QUANTIZERS = frozenset(("QuantizeLinear", "DequantizeLinear"))
_NAMED_AT_MOST = 5


def check_operators(model: onnx.ModelProto, opset: int) -> None:
    local = {(function.domain, function.name) for function in model.functions}
    foreign: list[onnx.NodeProto] = []
    unknown: list[onnx.NodeProto] = []
    sequences: list[onnx.NodeProto] = []
    quantized: list[onnx.NodeProto] = []
    for node in every_node(model):
        if node.op_type in _COMPILED:
            message = f"The model holds compiled code: {node.op_type} {node_in_words(node)}."
            raise BenchError("unsafe-model-file", "load", message, "Export it without compiled parts.")
        if (node.domain, node.op_type) in local:
            continue
        if node.domain not in STANDARD_DOMAINS:
            foreign.append(node)
        elif not onnx.defs.has(node.op_type, opset, ""):
            unknown.append(node)
        elif "Sequence" in node.op_type:
            sequences.append(node)
        elif node.op_type in _DYNAMICALLY_QUANTIZED:
            quantized.append(node)
    _refuse(foreign, "operators that are not of ONNX itself", "Export it with standard operators only.")
    _refuse(unknown, f"operators that opset {opset} does not have", "Export it at an opset that has them.")
    _refuse(sequences, "sequences, which engines do not take", "Rewrite the model with tensors in place of sequences.")
    float_model = "Convert the FP32 model and choose INT8 here: it is then quantized in the form that engines take."
    _refuse(quantized, "quantization in a form that engines refuse", float_model)
    _refuse(_asymmetric(model), "quantization whose zero point is not 0, which engines refuse", float_model)


def _refuse(nodes: list[onnx.NodeProto], what: str, remedy: str) -> None:
    if not nodes:
        return
    named = [
        f"{f'{node.domain}::' if node.domain else ''}{node.op_type} {node_in_words(node)}"[:160]
        for node in nodes[:_NAMED_AT_MOST]
    ]
    rest = f" and {len(nodes) - _NAMED_AT_MOST} more" if len(nodes) > _NAMED_AT_MOST else ""
    raise BenchError("unsupported-operator", "load", f"The model has {what}: {', '.join(named)}{rest}.", remedy)


def _asymmetric(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Only zero points that the file itself holds; a computed one cannot be known here."""
    named = {node.input[2] for node in model.graph.node if node.op_type in _QUANTIZERS and len(node.input) > 2}
    held = {tensor.name: tensor for tensor in model.graph.initializer if tensor.name in named}
    held |= {
        node.output[0]: attribute.t
        for node in model.graph.node
        if node.op_type == "Constant" and node.output[0] in named
        for attribute in node.attribute
        if attribute.name == "value"
    }
    plain = {name: tensor for name, tensor in held.items() if tensor.data_location != onnx.TensorProto.EXTERNAL}
    nonzero = {name for name, tensor in plain.items() if np.any(numpy_helper.to_array(tensor).astype(np.float32))}
    return [
        node
        for node in model.graph.node
        if node.op_type in _QUANTIZERS and len(node.input) > 2 and node.input[2] in nonzero
    ]
