"""What stays FP32 and why, counted in the converted graph and not taken from what was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import onnx

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.element_types import NOT_LAYERS, quantized_nodes
from enginebench_worker.wire.domain import KeptCount, KeptOperator

NAMED = "named by the recipe to stay in FP32"
_NO_HALF_FORM = "not every engine has it in 16 bits"
_GIVES_FLOAT = "works on sizes or constants that stay float32"


def check_node_names(graph: onnx.GraphProto, names: Iterable[str]) -> None:
    missing = sorted(set(names) - {node.name for node in graph.node})
    if missing:
        message = f"The graph has no node «{missing[0]}», which was to stay in FP32."
        remedy = "Name nodes as they are in the simplified graph: the sensitivity table lists them."
        raise BenchError("bad-recipe", "precision", message, remedy)


def blocked_nodes(graph: onnx.GraphProto, operators: Iterable[str], names: Iterable[str]) -> list[str]:
    """Names of the nodes that stay, by operator or by name."""
    kinds, named = set(operators), set(names)
    return [node.name for node in graph.node if node.op_type in kinds or node.name in named]


def count_kept(
    model: onnx.ModelProto, types: dict[str, int], operators: Sequence[KeptOperator], names: Sequence[str]
) -> tuple[KeptCount, ...]:
    """Layers that give float32, by operator and reason. An operator that was asked for and is not there counts 0."""
    reasons = {each.operator: each.reason for each in operators}
    named, quantized = set(names), {node.output[0] for node in quantized_nodes(model)}
    counts: Counter[tuple[str, str]] = Counter({(each.operator, each.reason): 0 for each in operators})
    for node in model.graph.node:
        first = node.output[0] if node.output else ""
        if node.op_type in NOT_LAYERS or first in quantized or types.get(first) != onnx.TensorProto.FLOAT:
            continue
        reason = NAMED if node.name in named else reasons.get(node.op_type, _why(node))
        counts[(node.op_type, reason)] += 1
    return tuple(KeptCount(operator, count, reason) for (operator, reason), count in sorted(counts.items()))


def count_asked(
    graph: onnx.GraphProto, operators: Sequence[KeptOperator], names: Sequence[str]
) -> tuple[KeptCount, ...]:
    """Where all but the quantized nodes is FP32 anyway: only what was asked for."""
    named = set(names)
    of_kind = Counter(node.op_type for node in graph.node if node.name not in named)
    by_name = Counter(node.op_type for node in graph.node if node.name in named)
    asked = [KeptCount(each.operator, of_kind[each.operator], each.reason) for each in operators]
    return (*asked, *(KeptCount(operator, count, NAMED) for operator, count in sorted(by_name.items())))


def _why(node: onnx.NodeProto) -> str:
    return _GIVES_FLOAT if node.op_type in ("ConstantOfShape", "Shape", "Range") else _NO_HALF_FORM
