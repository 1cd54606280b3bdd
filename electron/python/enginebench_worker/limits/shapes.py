"""The shape of every tensor of a graph for one input shape, and which tensors do not depend on the input.

Walks the graph once: operators on small constants (shape arithmetic) are computed; for all others the operator's schema
infers the shape. Unknown shapes are absent: operators without a schema, sizes that depend on an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.shape_inference import infer_node_outputs

from enginebench_worker.errors import BenchError

_LARGEST_COMPUTED = 16_384
"""Elements: shape arithmetic is far below this, weights far above."""
_NOT_COMPUTED = frozenset(("Loop", "If", "Scan", "RandomNormal", "RandomUniform", "RandomNormalLike"))


@dataclass(frozen=True)
class Tensor:
    shape: tuple[int, ...]
    element_type: int
    """ONNX's numbers of the types."""

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def item_bytes(self) -> float:
        if self.element_type in (onnx.TensorProto.INT4, onnx.TensorProto.UINT4):
            return 0.5
        return float(helper.tensor_dtype_to_np_dtype(self.element_type).itemsize)


@dataclass
class Shapes:
    tensors: dict[str, Tensor] = field(default_factory=dict)
    leaves: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each tensor that does not depend on the input: the stored tensors it is computed from."""
    values: dict[str, NDArray[Any]] = field(default_factory=dict)


def concrete_shapes(model: onnx.ModelProto, input_shape: Sequence[int]) -> Shapes:
    """`input_shape` is that of the one input. Raises BenchError `input-mismatch` if the graph takes another shape."""
    shapes = Shapes()
    for tensor in model.graph.initializer:
        _keep_constant(shapes, tensor.name, tensor)
    given = _one_input(model, shapes, input_shape)
    shapes.tensors[given.name] = Tensor(tuple(input_shape), given.type.tensor_type.elem_type)
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    for node in model.graph.node:
        _take(node, shapes, opsets, model)
    return shapes


def _take(node: onnx.NodeProto, shapes: Shapes, opsets: Mapping[str, int], model: onnx.ModelProto) -> None:
    inputs = [name for name in node.input if name]
    only_shape = node.op_type in ("Shape", "Size") and node.input[0] in shapes.tensors
    if only_shape or all(name in shapes.leaves for name in inputs):
        leaves = frozenset().union(*(shapes.leaves[name] for name in inputs if not only_shape))
        for name in node.output:
            shapes.leaves[name] = leaves
    if only_shape:
        _keep_value(shapes, node.output[0], _shape_value(node, shapes.tensors[node.input[0]]))
    elif (
        node.op_type not in _NOT_COMPUTED and all(name in shapes.values for name in inputs) and _is_small(node, shapes)
    ):
        _compute(node, shapes, opsets)
    if any(name and name not in shapes.tensors for name in node.output):
        _infer(node, shapes, opsets, model)


def _compute(node: onnx.NodeProto, shapes: Shapes, opsets: Mapping[str, int]) -> None:
    given = {name: shapes.values[name] for name in node.input if name}
    try:
        results = ReferenceEvaluator(node, opsets=dict(opsets)).run(None, given)
    except Exception:  # an operator that cannot be computed here still has its schema
        return
    for name, value in zip(node.output, results, strict=False):
        if name and isinstance(value, (np.ndarray, np.generic)):
            _keep_value(shapes, name, np.asarray(value))


def _infer(node: onnx.NodeProto, shapes: Shapes, opsets: Mapping[str, int], model: onnx.ModelProto) -> None:
    version = opsets.get(node.domain, opsets.get("ai.onnx" if node.domain == "" else "", 0))
    if not onnx.defs.has(node.op_type, version, node.domain):
        return
    types = {
        name: helper.make_tensor_type_proto(tensor.element_type, tensor.shape)
        for name in node.input
        if (tensor := shapes.tensors.get(name)) is not None
    }
    data = {name: numpy_helper.from_array(shapes.values[name], name) for name in node.input if name in shapes.values}
    schema = onnx.defs.get_schema(node.op_type, version, node.domain)
    try:
        found = infer_node_outputs(schema, node, types, data, None, list(model.opset_import), model.ir_version)
    except Exception:  # raised in as many classes as there are ways for a node to be invalid
        return
    for name, kind in found.items():
        dimensions = kind.tensor_type.shape.dim
        known = kind.tensor_type.HasField("shape") and all(each.HasField("dim_value") for each in dimensions)
        if known and name not in shapes.tensors:
            shapes.tensors[name] = Tensor(tuple(each.dim_value for each in dimensions), kind.tensor_type.elem_type)


def _keep_constant(shapes: Shapes, name: str, tensor: onnx.TensorProto) -> None:
    shapes.tensors[name] = Tensor(tuple(tensor.dims), tensor.data_type)
    shapes.leaves[name] = frozenset((name,))
    is_here = tensor.data_location != onnx.TensorProto.EXTERNAL
    if is_here and prod(tensor.dims) <= _LARGEST_COMPUTED:
        shapes.values[name] = numpy_helper.to_array(tensor)


def _keep_value(shapes: Shapes, name: str, value: NDArray[Any]) -> None:
    shapes.tensors[name] = Tensor(value.shape, helper.np_dtype_to_tensor_dtype(value.dtype))
    if value.size <= _LARGEST_COMPUTED:
        shapes.values[name] = value
    if name not in shapes.leaves:
        shapes.leaves[name] = frozenset()
    if not shapes.leaves[name]:
        shapes.leaves[name] = frozenset()


def _shape_value(node: onnx.NodeProto, tensor: Tensor) -> NDArray[np.int64]:
    if node.op_type == "Size":
        return np.asarray(tensor.elements, np.int64)
    limits = {each.name: each.i for each in node.attribute}
    return np.asarray(tensor.shape[limits.get("start", 0) : limits.get("end", len(tensor.shape))], np.int64)


def _is_small(node: onnx.NodeProto, shapes: Shapes) -> bool:
    """Whether the result is small enough to compute; only operators that enlarge their input are checked."""
    if node.op_type in ("Expand", "ConstantOfShape", "Tile"):
        sizes = shapes.values[node.input[-1]]
        return sizes.size == 0 or float(np.prod(sizes.astype(np.float64))) <= _LARGEST_COMPUTED
    return True


def _one_input(model: onnx.ModelProto, shapes: Shapes, wanted: Sequence[int]) -> onnx.ValueInfoProto:
    inputs = [each for each in model.graph.input if each.name not in shapes.tensors]
    found = [each.dim_value if each.HasField("dim_value") else None for each in _dimensions(inputs)]
    fits = len(inputs) == 1 and len(found) == len(wanted)
    if fits and all(size is None or size == want for size, want in zip(found, wanted, strict=True)):
        return inputs[0]
    words = ", ".join(f"{each.name}" for each in inputs) or "nothing"
    message = f"The graph takes {words} of shape {found}, but one input of shape {list(wanted)} was expected."
    raise BenchError("input-mismatch", "limits", message, "Use that batch and size, or export with dynamic sizes.")


def _dimensions(inputs: Sequence[onnx.ValueInfoProto]) -> Sequence[onnx.TensorShapeProto.Dimension]:
    return inputs[0].type.tensor_type.shape.dim if inputs else ()
