"""Refuses what some nodes of a graph are, naming the first of them."""

from __future__ import annotations

from collections.abc import Sequence

import onnx

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.tensors import node_in_words

_NAMED_AT_MOST = 5


def refuse_nodes(nodes: Sequence[onnx.NodeProto], what: str, remedy: str) -> None:
    """BenchError `unsupported-operator`: the model has `what`. Nothing without nodes."""
    if not nodes:
        return
    named = [f"{operator_in_words(node)} {node_in_words(node)}"[:160] for node in nodes[:_NAMED_AT_MOST]]
    rest = f" and {len(nodes) - _NAMED_AT_MOST} more" if len(nodes) > _NAMED_AT_MOST else ""
    raise BenchError("unsupported-operator", "load", f"The model has {what}: {', '.join(named)}{rest}.", remedy)


def operator_in_words(node: onnx.NodeProto) -> str:
    """`my.company::Sharpen`."""
    return f"{node.domain}::{node.op_type}" if node.domain else node.op_type
