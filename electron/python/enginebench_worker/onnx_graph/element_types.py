"""The type of every tensor of a graph, by inference over a copy without its large weights, so that it costs no memory.

Shares tell what the file is, not what a runtime makes of it."""

from __future__ import annotations

import math
from collections import Counter

import onnx
from onnx import TensorProto, helper

from enginebench_worker.onnx_graph.light_graph import large_weights, light_copy
from enginebench_worker.onnx_graph.tensors import stored_tensors

#: Nodes that only change a type, or hold a value: no layers.
NOT_LAYERS = frozenset(("Cast", "CastLike", "Constant", "QuantizeLinear", "DequantizeLinear", "Identity"))
_NAMES = {
    TensorProto.FLOAT: "fp32",
    TensorProto.FLOAT16: "fp16",
    TensorProto.BFLOAT16: "bf16",
    TensorProto.INT8: "int8",
    TensorProto.INT64: "int64",
}
_ITEM_BYTES = {TensorProto.FLOAT: 4, TensorProto.FLOAT16: 2, TensorProto.BFLOAT16: 2, TensorProto.INT8: 1}


def inferred_values(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    """Type and, where known, shape of each tensor between inputs and outputs."""
    inferred = onnx.shape_inference.infer_shapes(light_copy(model, large_weights(model.graph)), data_prop=True)
    return list(inferred.graph.value_info)


def element_types(model: onnx.ModelProto) -> dict[str, int]:
    values = (*inferred_values(model), *model.graph.input, *model.graph.output)
    stored = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    return stored | {value.name: value.type.tensor_type.elem_type for value in values}


def quantized_nodes(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Those that read what a DequantizeLinear gives."""
    given = {node.output[0] for node in model.graph.node if node.op_type == "DequantizeLinear"}
    return [
        node
        for node in model.graph.node
        if node.op_type in ("MatMul", "Conv", "Gemm") and all(name in given for name in node.input[:2])
    ]


def layer_shares(model: onnx.ModelProto, types: dict[str, int]) -> dict[str, float]:
    """Share of nodes by the type of their first output; a quantized node counts as int8."""
    quantized = {node.output[0] for node in quantized_nodes(model)}
    layers = [node.output[0] for node in model.graph.node if node.op_type not in NOT_LAYERS and node.output]
    counts = Counter(
        "int8" if name in quantized else _NAMES.get(types.get(name, TensorProto.UNDEFINED), "other") for name in layers
    )
    return _shares(counts)


def weight_shares(model: onnx.ModelProto) -> dict[str, float]:
    """Share of stored bytes by type."""
    sizes: Counter[str] = Counter()
    for _, tensor in stored_tensors(model):
        item_bytes = _ITEM_BYTES.get(tensor.data_type) or helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        sizes[_NAMES.get(tensor.data_type, "other")] += math.prod(tensor.dims) * item_bytes
    return _shares(sizes)


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = counts.total()
    return {name: count / total for name, count in sorted(counts.items()) if count}
