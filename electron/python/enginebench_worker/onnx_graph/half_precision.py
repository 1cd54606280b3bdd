"""FP16 and BF16 as transformations of the graph: every tensor except inputs, outputs and what stays in FP32.

FP16 is ONNX Runtime's converter. The graph is prepared so that engines accept the result: no weight is shared between
what stays and what is converted, no stale type is left, and nodes are in order. The converter derives the names of its
casts and never checks whether a name is taken, so names are freed first; before 1.32 it writes one cast of the same
name for each reader, so equal casts are shared afterwards. Names of the model's inputs and outputs never change.

BF16 is NVIDIA's AutoCast. Its result has opset 22 or later: earlier ones have no BF16 form of most operators. BF16 has
FP32's range, so nothing is run to find what would overflow."""

from __future__ import annotations

import copy
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence, Set
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import numpy_helper

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.converted import blocked_nodes, keep_inputs_and_outputs, outline_of
from enginebench_worker.onnx_graph.model_file import library_failures, save_model
from enginebench_worker.onnx_graph.tensors import inferred_values, large_weights, light_copy, restore_weights
from enginebench_worker.wire.domain import KeptOperator

HALF_TOOLS = ("onnxruntime", "onnx")
_NOT_HALF = "Choose another precision; the log has the converter's output."


def to_half(model: onnx.ModelProto, operators: Sequence[KeptOperator], names: Sequence[str]) -> onnx.ModelProto:
    """Changes `model` and returns it converted."""
    with library_failures("precision", "The graph cannot be converted to FP16.", _NOT_HALF):
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
    """Gives nodes that stay in FP32 their own copy of each float32 initializer that others read too."""
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


_OF_A_CAST = re.compile(r"(?P<tensor>.*)_cast_to_fp(16|32)|(.*_)?(input|output)_cast_\d+", re.DOTALL)


def free_cast_names(graph: onnx.GraphProto) -> None:
    """Renames inner tensors that are named like a cast that the converter may add, or whose cast would be named like an
    input or output."""
    fixed = {value.name for value in (*graph.input, *graph.output)}
    graphs = list(_with_inner_graphs(graph))
    made = [tensor.name for each in graphs for tensor in each.initializer]
    made += [name for each in graphs for node in each.node for name in node.output if name]
    stems = {match["tensor"] for name in fixed if (match := _OF_A_CAST.fullmatch(name))}
    taken = fixed | set(made) | {value.name for each in graphs for value in each.input}
    renamed: dict[str, str] = {}
    for name in made:
        if name not in fixed and name not in renamed and (name in stems or _OF_A_CAST.fullmatch(name)):
            renamed[name] = _unused(f"{name}__own", taken)
    if renamed:
        for each in graphs:
            _rename(each, renamed)


def share_casts(graph: onnx.GraphProto) -> None:
    """Keeps the first of casts that are equal in everything, including names. Call before nodes are put in order."""
    seen: set[bytes] = set()
    kept: list[onnx.NodeProto] = []
    for node in graph.node:
        if node.op_type == "Cast":
            whole = node.SerializeToString(deterministic=True)
            if whole in seen:
                continue
            seen.add(whole)
        kept.append(node)
    if len(kept) < len(graph.node):
        del graph.node[:]
        graph.node.extend(kept)


def _with_inner_graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from _with_inner_graphs(inner)


def _rename(graph: onnx.GraphProto, renamed: dict[str, str]) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                names[index] = renamed.get(name, name)
    for values in (graph.initializer, graph.output, graph.value_info):
        for value in values:
            value.name = renamed.get(value.name, value.name)


def _unused(wanted: str, taken: set[str]) -> str:
    name, turn = wanted, 1
    while name in taken:
        name, turn = f"{wanted}{turn}", turn + 1
    taken.add(name)
    return name


BRAIN_FLOAT_TOOLS = ("nvidia-modelopt", "onnx")
_NOT_BRAIN_FLOAT = "Choose FP16; the log has the converter's output."


def to_brain_float(
    model: onnx.ModelProto, folder: Path, operators: Sequence[KeptOperator], names: Sequence[str]
) -> onnx.ModelProto:
    """A new graph. The converter sees it without its large weights, which are rounded here, one at a time: it would
    copy them all many times over. `folder` temporarily holds a file for the converter."""
    convert = _converter()
    aside = large_weights(model.graph)
    with (
        library_failures("precision", "The graph cannot be converted to BF16.", _NOT_BRAIN_FLOAT),
        tempfile.TemporaryDirectory(prefix=".bf16-", dir=folder) as temporary,
    ):
        light = Path(temporary) / "light.onnx"
        save_model(light_copy(model, aside), light)
        converted = convert(
            str(light),
            low_precision_type="bf16",
            op_types_to_exclude=[each.operator for each in operators],
            nodes_to_exclude=[f"{re.escape(name)}$" for name in names],
            keep_io_types=True,
            data_max=np.inf,
            init_max=np.inf,
        )
    _round_weights(converted.graph, model.graph, aside)
    restore_weights(converted, model, aside)
    del converted.graph.value_info[:]
    converted.graph.initializer.sort(key=lambda tensor: tensor.name)  # the converter's order is that of a set
    keep_inputs_and_outputs(outline_of(model.graph), converted.graph, "precision")
    return converted


def _round_weights(graph: onnx.GraphProto, source: onnx.GraphProto, aside: Set[str]) -> None:
    """A weight that is cast to BF16 is stored in BF16, and its cast is removed. Nodes that read it in FP32 still do."""
    stored = {tensor.name: tensor for tensor in source.initializer if tensor.name in aside}
    nodes = list(graph.node)
    del graph.node[:]
    for node in nodes:
        if not (_casts_to_brain_float(node) and node.input[0] in stored):
            graph.node.append(node)
            continue
        rounded = numpy_helper.to_array(stored[node.input[0]]).astype(ml_dtypes.bfloat16)
        graph.initializer.append(
            onnx.TensorProto(
                name=node.output[0],
                data_type=onnx.TensorProto.BFLOAT16,
                dims=rounded.shape,
                raw_data=rounded.tobytes(),
            )
        )


def _casts_to_brain_float(node: onnx.NodeProto) -> bool:
    kinds = [attribute.i for attribute in node.attribute if attribute.name == "to"]
    return node.op_type == "Cast" and kinds == [onnx.TensorProto.BFLOAT16]


def _converter() -> Callable[..., onnx.ModelProto]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from modelopt.onnx.autocast import convert_to_mixed_precision
    except ImportError as error:
        message = "BF16 needs NVIDIA ModelOpt, which is not installed in this environment."
        remedy = "Set up the Python environment again, or choose FP16."
        raise BenchError("unsupported-precision", "precision", message, remedy, error) from error
    return convert_to_mixed_precision
