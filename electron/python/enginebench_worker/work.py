"""What one query asks of a device, counted from the graph: two operations for each multiply and add, and the bytes that
must move at least.

What does not depend on the image is taken as computed beforehand. Operators on single elements are taken as fused into
the one before them, and views move nothing; every other result is written once and read once, each weight read once in
the type that it is stored in. Not known: caches, padding, and what an engine really chose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx.inliner import inline_local_functions

from enginebench_worker.onnx_graph.concrete_shapes import Shapes, concrete_shapes
from enginebench_worker.onnx_graph.external_data import check_external_data
from enginebench_worker.onnx_graph.model_file import parse_model
from enginebench_worker.operator_work import ELEMENTWISE, VIEWS, operations_of
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
