"""Operations of one operator, by its kind and the shapes around it: two for each multiply and add."""

from __future__ import annotations

from math import prod

import onnx

from enginebench_worker.onnx_graph.concrete_shapes import Shapes, Tensor

VIEWS = frozenset(("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"))
"""Another look at the same memory."""
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
    """None where it is not known."""
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
