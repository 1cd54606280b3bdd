"""Folds constants, removes dead and duplicate nodes, and names every node. Opset, inputs, outputs and numbers stay.

Deterministic: the same file gives the same bytes. Traces of where a model was exported are removed."""

from __future__ import annotations

import time
from pathlib import Path

import onnx

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.converted import Conversion, finish, keep_inputs_and_outputs, outline_of
from enginebench_worker.onnx_graph.model_file import library_failures, load_model, opset_of
from enginebench_worker.onnx_graph.tensors import every_node, every_node_of, large_weights, light_copy, restore_weights
from enginebench_worker.wire.commands import SimplifyOnnx
from enginebench_worker.wire.messages import OnnxConverted

#: A larger constant stays computed: folding it would only make the file large.
LARGEST_FOLDED_BYTES = 256 << 20
_PRODUCTS = frozenset(("MatMul", "Gemm"))
_AS_IT_IS = "Convert the file without simplifying it, or export it at another opset; the log has the details."


def simplify_onnx(command: SimplifyOnnx, execution: Execution) -> OnnxConverted:
    started_ns = time.perf_counter_ns()
    execution.step("reading the graph", 0.05)
    model = load_model(Path(command.in_file), "simplify")
    before, opset = outline_of(model.graph), opset_of(model)
    execution.step("simplifying", 0.2)
    with library_failures("simplify", "The graph cannot be simplified.", _AS_IT_IS):
        import onnxslim

        aside = _only_multiplied(model.graph)
        simplified = onnxslim.slim(light_copy(model, aside), size_threshold=LARGEST_FOLDED_BYTES)
        restore_weights(simplified, model, aside)
        model = simplified
    if opset_of(model) != opset:
        message = f"Simplifying changed the opset from {opset}."
        raise BenchError("conversion-failed", "simplify", message, _AS_IT_IS)
    keep_inputs_and_outputs(before, model.graph, "simplify")
    _tidy(model)
    conversion = Conversion(model, "simplify", (), ("onnxslim", "onnx"), True, started_ns)
    return finish(command.id, conversion, Path(command.out_file), execution)


def _only_multiplied(graph: onnx.GraphProto) -> set[str]:
    """Large weights that simplifying does not need: those that only meet activations in a matrix product. Set aside,
    they are not copied by each pass. A convolution's weights are needed: later operators are folded into them."""
    large = large_weights(graph)
    stored = {tensor.name for tensor in graph.initializer}
    computed = {name for node in graph.node for name in node.output} | {value.name for value in graph.input} - stored
    multiplied: set[str] = set()
    otherwise = {value.name for value in graph.output}
    for node in every_node_of(graph):
        if node.op_type in _PRODUCTS and node.input[0] in computed:
            multiplied.update(node.input[1:2])
            otherwise.update(node.input[0:1], node.input[2:])
        else:
            otherwise.update(node.input)
    return (large & multiplied) - otherwise


def _tidy(model: onnx.ModelProto) -> None:
    taken: set[str] = set()
    for index, node in enumerate(model.graph.node):
        if not node.name or node.name in taken:
            node.name = f"{node.op_type}_{index}"
            while node.name in taken:
                node.name += "_"
        taken.add(node.name)
    for node in every_node(model):
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
    model.graph.ClearField("doc_string")
    model.graph.ClearField("metadata_props")
    model.ClearField("metadata_props")
    model.ClearField("doc_string")
