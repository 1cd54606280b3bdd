"""Room for the names that ONNX Runtime's FP16 converter gives its casts, and one cast where it makes several.

It derives them from the tensor, the node or the position, and never looks whether a name is taken. Before 1.32 it also
writes one cast of the same name for each reader. Names of the model's inputs and outputs never change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import onnx

_OF_A_CAST = re.compile(r"(?P<tensor>.*)_cast_to_fp(16|32)|(.*_)?(input|output)_cast_\d+", re.DOTALL)


def free_cast_names(graph: onnx.GraphProto) -> None:
    """Renames inner tensors that are called like a cast that the converter may add, or whose cast would be called like
    an input or output."""
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
    """Keeps the first of casts that are alike in all, names included. Call before nodes are put in order."""
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
