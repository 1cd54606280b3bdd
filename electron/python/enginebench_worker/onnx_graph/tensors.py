"""Every tensor that a model stores, wherever it is stored, and where that is, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import onnx


def stored_tensors(model: onnx.ModelProto) -> Iterator[tuple[str, onnx.TensorProto]]:
    """Initializers and attributes, those of nested graphs and local functions too, each with its name in words."""
    yield from _of_graph(model.graph)
    for function in model.functions:
        yield from _of_nodes(function.node)


def every_node(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    """Nodes of the graph, of nested graphs and of local functions."""
    yield from every_node_of(model.graph)
    for function in model.functions:
        yield from _nested(function.node)


def every_node_of(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Nodes of a graph and of graphs nested in it."""
    yield from _nested(graph.node)


def node_in_words(node: onnx.NodeProto) -> str:
    if node.name:
        return f"«{node.name}»"
    return f"the one that gives «{node.output[0]}»" if node.output else "one without a name"


def _of_graph(graph: onnx.GraphProto) -> Iterator[tuple[str, onnx.TensorProto]]:
    for tensor in graph.initializer:
        yield f"«{tensor.name}»", tensor
    for sparse in graph.sparse_initializer:
        yield f"«{sparse.values.name}»", sparse.values
        yield f"the indices of «{sparse.values.name}»", sparse.indices
    yield from _of_nodes(graph.node)


def _of_nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[tuple[str, onnx.TensorProto]]:
    for node in nodes:
        for attribute in node.attribute:
            where = f"«{attribute.name}» of {node.op_type} {node_in_words(node)}"
            if attribute.HasField("t"):
                yield where, attribute.t
            for tensor in attribute.tensors:
                yield where, tensor
            sparse = [attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else []
            for each in (*sparse, *attribute.sparse_tensors):
                yield where, each.values
                yield where, each.indices
            for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _of_graph(graph)


def _nested(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _nested(graph.node)
