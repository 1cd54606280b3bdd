"""FP16 as a transformation of the graph: every tensor but inputs, outputs and what stays in FP32.

Prepares the graph so that engines take the result: no weight is shared between what stays and what is converted, no
stale type is left, nodes are in order."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import onnx

from enginebench_worker.onnx_graph.cast_names import free_cast_names, share_casts
from enginebench_worker.onnx_graph.converted import keep_inputs_and_outputs, outline_of
from enginebench_worker.onnx_graph.element_types import inferred_values
from enginebench_worker.onnx_graph.kept import blocked_nodes
from enginebench_worker.onnx_graph.model_file import library_failures
from enginebench_worker.wire.domain import KeptOperator

TOOLS = ("onnxruntime", "onnx")
_OTHER_PRECISION = "Choose another precision; the log has the converter's words."


def to_half(model: onnx.ModelProto, operators: Sequence[KeptOperator], names: Sequence[str]) -> onnx.ModelProto:
    """Changes `model`, and gives it back converted."""
    with library_failures("precision", "The graph cannot be converted to FP16.", _OTHER_PRECISION):
        from onnxruntime.quantization.onnx_model import ONNXModel
        from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

        kinds = [*DEFAULT_OP_BLOCK_LIST, *(each.operator for each in operators)]
        separate_weights(model.graph, set(blocked_nodes(model.graph, kinds, names)))
        free_cast_names(model.graph)
        before = outline_of(model.graph)
        del model.graph.value_info[:]
        model.graph.value_info.extend(inferred_values(model))
        model = convert_float_to_float16(
            model,
            keep_io_types=True,
            disable_shape_infer=True,
            op_block_list=kinds,
            node_block_list=list(names),
        )
        del model.graph.value_info[:]
        share_casts(model.graph)
        ONNXModel(model).topological_sort()
    keep_inputs_and_outputs(before, model.graph, "precision")
    return model


def separate_weights(graph: onnx.GraphProto, kept: set[str]) -> None:
    """Gives nodes that stay a copy of their own of each float32 initializer that others read too."""
    stored = {tensor.name: tensor for tensor in graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT}
    read_by_others = {name for node in graph.node if node.name not in kept for name in node.input if name in stored}
    read_by_others |= {value.name for value in graph.output if value.name in stored}
    copies: dict[str, str] = {}
    for node in graph.node:
        if node.name not in kept:
            continue
        for index, name in enumerate(node.input):
            if name not in read_by_others:
                continue
            if name not in copies:
                copies[name] = f"{name}__float32"
                own = copy.deepcopy(stored[name])
                own.name = copies[name]
                graph.initializer.append(own)
            node.input[index] = copies[name]
