"""What one query needs from a device, counted from the graph: operations (two for each multiply and add), and the
minimum of bytes that must move.

What does not depend on the image counts as computed beforehand. Elementwise operators count as fused into the previous
one, and views move nothing. Every other result is written once and read once; each weight is read once in its stored
type. Not known: caches, padding, and which kernels an engine really chose."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path

import onnx
from onnx.inliner import inline_local_functions

from enginebench_worker.limits.shapes import Shapes, Tensor, concrete_shapes
from enginebench_worker.onnx_graph.model_file import check_external_data, parse_model
from enginebench_worker.wire.domain import ModelWork


def count_work(file: str, input_shape: Sequence[int]) -> ModelWork:
    """`input_shape` is that of the one input, batch first. Raises BenchError; runs nothing."""
    model = parse_model(Path(file), "limits")
    check_external_data(model, Path(file).parent, "limits")
    if model.functions:
        model = inline_local_functions(model)
    shapes = concrete_shapes(model, input_shape)
    operations, not_counted = 0.0, set[str]()
    for node in _nodes_of_a_query(model, shapes):
        counted = operations_of(node, shapes)
        if counted is None:
            not_counted.add(f"{node.domain}:{node.op_type}" if node.domain else node.op_type)
        else:
            operations += counted
    return ModelWork(operations, _bytes(model, shapes), tuple(sorted(not_counted)))


def _nodes_of_a_query(model: onnx.ModelProto, shapes: Shapes) -> list[onnx.NodeProto]:
    return [node for node in model.graph.node if not all(name in shapes.leaves for name in node.output)]


def _bytes(model: onnx.ModelProto, shapes: Shapes) -> float:
    nodes = _nodes_of_a_query(model, shapes)
    read = {name for node in nodes for name in node.input if name}
    weights = frozenset[str]().union(*(shapes.leaves[name] for name in read if name in shapes.leaves))
    given = {each.name for each in model.graph.input} - weights
    moved = given | {
        name for node in nodes if node.op_type not in VIEWS and node.op_type not in ELEMENTWISE for name in node.output
    }
    return _sum_bytes(shapes, weights) + 2 * _sum_bytes(shapes, moved)


def _sum_bytes(shapes: Shapes, names: set[str] | frozenset[str]) -> float:
    known = (shapes.tensors[name] for name in names if name in shapes.tensors)
    return sum(tensor.elements * tensor.item_bytes for tensor in known)


VIEWS = frozenset(("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"))
"""Views of the same memory."""
_MOVING = frozenset(
    (
        *("Transpose", "Concat", "Slice", "Split", "Gather", "GatherND", "GatherElements", "Pad", "Expand", "Tile"),
        *("ScatterND", "ScatterElements", "DepthToSpace", "SpaceToDepth", "Shape", "Constant", "ConstantOfShape"),
        *("Range", "TopK", "NonZero", "OneHot"),
    )
)
ELEMENTWISE = frozenset(
    (
        *("Add", "Sub", "Mul", "Div", "Pow", "Neg", "Abs", "Sqrt", "Exp", "Log", "Reciprocal", "Erf", "Sin", "Cos"),
        *("Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Gelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Mish"),
        *(
            "Softplus",
            "Softsign",
            "Swish",
            "Clip",
            "Min",
            "Max",
            "Floor",
            "Ceil",
            "Round",
            "Sign",
            "Mod",
            "Sum",
            "Mean",
        ),
        *("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf"),
        *("Where", "Cast", "CastLike", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"),
    )
)
_FOR_EACH_RESULT = {
    "Softmax": 4,
    "LogSoftmax": 5,
    "LayerNormalization": 6,
    "InstanceNormalization": 6,
    "GroupNormalization": 6,
    "RMSNormalization": 4,
    "BatchNormalization": 2,
    "Resize": 1,
    "Upsample": 1,
    "CumSum": 1,
    "GridSample": 8,
}
_FOR_EACH_GIVEN = frozenset(
    (
        *("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceProd", "ArgMax", "ArgMin"),
        *("GlobalAveragePool", "GlobalMaxPool"),
    )
)
_PRODUCTS = frozenset(("MatMul", "MatMulInteger", "QLinearMatMul", "FusedMatMul"))
_CONVOLUTIONS = frozenset(("Conv", "ConvInteger", "QLinearConv", "FusedConv"))
_POOLS = frozenset(("MaxPool", "AveragePool", "LpPool"))


def operations_of(node: onnx.NodeProto, shapes: Shapes) -> float | None:
    """None if unknown."""
    kind = node.op_type
    if kind in VIEWS or kind in _MOVING:
        return 0.0
    given, result = shapes.tensors.get(node.input[0]) if node.input else None, shapes.tensors.get(node.output[0])
    if given is None or result is None:
        return None
    if kind in ELEMENTWISE:
        return float(result.elements)
    if kind in _FOR_EACH_RESULT:
        return float(result.elements * _FOR_EACH_RESULT[kind])
    if kind in _FOR_EACH_GIVEN:
        return float(given.elements)
    if kind in _POOLS:
        return float(result.elements * prod(_numbers(node, "kernel_shape")))
    return _of_a_product(node, given, result, shapes)


def _of_a_product(node: onnx.NodeProto, given: Tensor, result: Tensor, shapes: Shapes) -> float | None:
    kind = node.op_type
    if kind in _PRODUCTS:
        is_turned = bool(_number(node, "transA"))
        return 2.0 * result.elements * given.shape[-2 if is_turned and len(given.shape) > 1 else -1]
    if kind == "Gemm":
        return 2.0 * result.elements * given.shape[0 if _number(node, "transA") else 1] + _bias(node, result, 2)
    if kind in _CONVOLUTIONS:
        kernel = shapes.tensors.get(node.input[3 if kind == "QLinearConv" else 1])
        bias = _bias(node, result, {"QLinearConv": 8, "ConvInteger": 9}.get(kind, 2))
        return None if kernel is None else 2.0 * result.elements * prod(kernel.shape[1:]) + bias
    if kind == "ConvTranspose":
        kernel = shapes.tensors.get(node.input[1])
        return None if kernel is None else 2.0 * given.elements * prod(kernel.shape[1:]) + _bias(node, result, 2)
    if kind == "Attention" and node.domain == "":
        return _of_attention(node, given, shapes)
    return None


def _of_attention(node: onnx.NodeProto, queries: Tensor, shapes: Shapes) -> float | None:
    """Queries times keys, the softmax, and its result times values. Heads are in the shape or in the last axis."""
    keys, values = shapes.tensors.get(node.input[1]), shapes.tensors.get(node.input[2])
    if keys is None or values is None:
        return None
    heads = queries.shape[1] if len(queries.shape) == 4 else _number(node, "q_num_heads")
    scores = queries.shape[0] * heads * queries.shape[-2] * keys.shape[-2]
    widths = [
        tensor.shape[-1] // (1 if len(tensor.shape) == 4 else count)
        for tensor, count in (
            (queries, heads),
            (values, heads if len(values.shape) == 4 else _number(node, "kv_num_heads")),
        )
    ]
    return 2.0 * scores * sum(widths) + _FOR_EACH_RESULT["Softmax"] * scores


def _bias(node: onnx.NodeProto, result: Tensor, position: int) -> float:
    return float(result.elements) if len(node.input) > position and node.input[position] else 0.0


def _number(node: onnx.NodeProto, name: str) -> int:
    return next((each.i for each in node.attribute if each.name == name), 0)


def _numbers(node: onnx.NodeProto, name: str) -> list[int]:
    return next((list(each.ints) for each in node.attribute if each.name == name), [])
