"""A graph without its large weights, which stand as inputs of the same type and shape. Inference over it is quick and
costs no memory, where the library would copy the weights each time."""

from __future__ import annotations

import math
from collections.abc import Set

import onnx
from onnx import helper

from enginebench_worker.onnx_graph.tensors import every_node_of

#: Smaller ones stay: shapes are computed from them.
SMALL_ELEMENTS = 1024


def large_weights(graph: onnx.GraphProto) -> set[str]:
    return {tensor.name for tensor in graph.initializer if math.prod(tensor.dims) > SMALL_ELEMENTS}


def light_copy(model: onnx.ModelProto, without: Set[str]) -> onnx.ModelProto:
    """`without`: names of initializers that become inputs, after the inputs that the model has."""
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
    """Puts back what `light_copy` left out and the graph still reads, in the order of `source`."""
    read = {name for node in every_node_of(light.graph) for name in node.input}
    read |= {value.name for value in light.graph.output}
    inputs = [value for value in light.graph.input if value.name not in without]
    del light.graph.input[:]
    light.graph.input.extend(inputs)
    wanted = without & read
    light.graph.initializer.extend(tensor for tensor in source.graph.initializer if tensor.name in wanted)
