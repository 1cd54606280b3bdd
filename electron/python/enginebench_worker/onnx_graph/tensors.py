"""What a graph stores and computes: its nodes, its stored tensors, the type of each tensor, and a copy without large
weights.

Types are inferred over the light copy, so inference is quick and costs no memory: the library would copy the weights
each time. Shares describe the file, not what a runtime makes of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Set

import onnx
from onnx import TensorProto, helper


def stored_tensors(model: onnx.ModelProto) -> Iterator[tuple[str, onnx.TensorProto]]:
    """Initializers and attributes, also of nested graphs, local functions, their defaults and training, each with a
    readable name."""
    yield from _of_graph(model.graph)
    for function in model.functions:
        yield from _of_nodes(function.node)
        yield from _of_attributes(function.attribute_proto, f'the function "{function.name}"')
    for graph in _training_graphs(model):
        yield from _of_graph(graph)


def every_node(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    """Nodes of the graph, of nested graphs, of local functions and of their default attributes: all that can run."""
    yield from every_node_of(model.graph)
    for function in model.functions:
        yield from every_node_in(function)


def every_node_in(function: onnx.FunctionProto) -> Iterator[onnx.NodeProto]:
    yield from _nested(function.node)
    yield from _nested_in(function.attribute_proto)


def training_nodes(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    for graph in _training_graphs(model):
        yield from every_node_of(graph)


def _training_graphs(model: onnx.ModelProto) -> Iterator[onnx.GraphProto]:
    for training in model.training_info:
        yield training.initialization
        yield training.algorithm


def every_node_of(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Nodes of a graph and of graphs nested in it."""
    yield from _nested(graph.node)


def node_in_words(node: onnx.NodeProto) -> str:
    if node.name:
        return f'"{node.name}"'
    return f'the one with output "{node.output[0]}"' if node.output else "an unnamed one"


def _of_graph(graph: onnx.GraphProto) -> Iterator[tuple[str, onnx.TensorProto]]:
    for tensor in graph.initializer:
        yield f'"{tensor.name}"', tensor
    for sparse in graph.sparse_initializer:
        yield f'"{sparse.values.name}"', sparse.values
        yield f'the indices of "{sparse.values.name}"', sparse.indices
    yield from _of_nodes(graph.node)


def _of_nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[tuple[str, onnx.TensorProto]]:
    for node in nodes:
        yield from _of_attributes(node.attribute, f"{node.op_type} {node_in_words(node)}")


def _of_attributes(attributes: Iterable[onnx.AttributeProto], owner: str) -> Iterator[tuple[str, onnx.TensorProto]]:
    for attribute in attributes:
        where = f'"{attribute.name}" of {owner}'
        if attribute.HasField("t"):
            yield where, attribute.t
        for tensor in attribute.tensors:
            yield where, tensor
        sparse = [attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else []
        for each in (*sparse, *attribute.sparse_tensors):
            yield where, each.values
            yield where, each.indices
        for graph in _graphs_in(attribute):
            yield from _of_graph(graph)


def _nested(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    for node in nodes:
        yield node
        yield from _nested_in(node.attribute)


def _nested_in(attributes: Iterable[onnx.AttributeProto]) -> Iterator[onnx.NodeProto]:
    for attribute in attributes:
        for graph in _graphs_in(attribute):
            yield from _nested(graph.node)


def _graphs_in(attribute: onnx.AttributeProto) -> Iterator[onnx.GraphProto]:
    if attribute.HasField("g"):
        yield attribute.g
    yield from attribute.graphs


#: Smaller ones stay: shapes are computed from them.
SMALL_ELEMENTS = 1024


def large_weights(graph: onnx.GraphProto) -> set[str]:
    return {tensor.name for tensor in graph.initializer if math.prod(tensor.dims) > SMALL_ELEMENTS}


def light_copy(model: onnx.ModelProto, without: Set[str]) -> onnx.ModelProto:
    """`without`: names of initializers that become inputs, after the model's own inputs."""
    light = onnx.ModelProto(ir_version=model.ir_version)
    light.opset_import.extend(model.opset_import)
    light.functions.extend(model.functions)
    graph = light.graph
    graph.name = model.graph.name or "graph"
    graph.node.extend(model.graph.node)
    graph.output.extend(model.graph.output)
    graph.sparse_initializer.extend(model.graph.sparse_initializer)
    stored = {tensor.name for tensor in model.graph.initializer}
    graph.input.extend(value for value in model.graph.input if value.name not in stored)
    for tensor in model.graph.initializer:
        if tensor.name in without:
            graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims)))
        else:
            graph.initializer.append(tensor)
    return light


def restore_weights(light: onnx.ModelProto, source: onnx.ModelProto, without: Set[str]) -> None:
    """Restores what `light_copy` left out and the graph still reads, in the order of `source`."""
    read = {name for node in every_node_of(light.graph) for name in node.input}
    read |= {value.name for value in light.graph.output}
    inputs = [value for value in light.graph.input if value.name not in without]
    del light.graph.input[:]
    light.graph.input.extend(inputs)
    wanted = without & read
    light.graph.initializer.extend(tensor for tensor in source.graph.initializer if tensor.name in wanted)


#: Nodes that only change a type or hold a value: not layers.
NOT_LAYERS = frozenset(("Cast", "CastLike", "Constant", "QuantizeLinear", "DequantizeLinear", "Identity"))
_NAMES = {
    TensorProto.FLOAT: "fp32",
    TensorProto.FLOAT16: "fp16",
    TensorProto.BFLOAT16: "bf16",
    TensorProto.INT8: "int8",
    TensorProto.INT64: "int64",
    TensorProto.FLOAT8E4M3FN: "fp8",
    TensorProto.INT4: "int4",
}
_ITEM_BYTES = {
    TensorProto.FLOAT: 4,
    TensorProto.FLOAT16: 2,
    TensorProto.BFLOAT16: 2,
    TensorProto.INT8: 1,
    TensorProto.FLOAT8E4M3FN: 1,
    TensorProto.INT4: 0.5,
}


def inferred_values(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    """Type and, if known, shape of each tensor between inputs and outputs."""
    inferred = onnx.shape_inference.infer_shapes(light_copy(model, large_weights(model.graph)), data_prop=True)
    return list(inferred.graph.value_info)


def element_types(model: onnx.ModelProto) -> dict[str, int]:
    values = (*inferred_values(model), *model.graph.input, *model.graph.output)
    stored = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    return stored | {value.name: value.type.tensor_type.elem_type for value in values}


def quantized_nodes(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Products and convolutions whose inputs come from a DequantizeLinear."""
    given = {node.output[0] for node in model.graph.node if node.op_type == "DequantizeLinear"}
    return [
        node
        for node in model.graph.node
        if node.op_type in ("MatMul", "Conv", "Gemm") and all(name in given for name in node.input[:2])
    ]


def rounded_types(model: onnx.ModelProto, types: dict[str, int]) -> dict[str, str]:
    """Output of a quantized node -> what its inputs were rounded to."""
    read = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "DequantizeLinear"}
    return {node.output[0]: _NAMES.get(types.get(read[node.input[1]], 0), "other") for node in quantized_nodes(model)}


def layer_shares(model: onnx.ModelProto, types: dict[str, int]) -> dict[str, float]:
    """Share of nodes by the type of their first output; a quantized node counts as what its inputs were rounded to."""
    rounded = rounded_types(model, types)
    layers = [node.output[0] for node in model.graph.node if node.op_type not in NOT_LAYERS and node.output]
    counts = Counter(rounded.get(name) or _NAMES.get(types.get(name, 0), "other") for name in layers)
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
