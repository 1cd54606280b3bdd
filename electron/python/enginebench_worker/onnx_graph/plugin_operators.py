"""Operators that only a plugin of TensorRT computes: those of domains that ONNX Runtime does not have, and those that
ONNX lacks.

TensorRT's parser goes by the name of an operator and never by its domain. One that is called like an operator of ONNX
is imported as that; any other is looked up among the plugins by its name and by the attributes `plugin_version`, 1
without it, and `plugin_namespace`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import onnx

from enginebench_worker.onnx_graph.model_file import opset_of
from enginebench_worker.onnx_graph.refused_nodes import operator_in_words, refuse_nodes
from enginebench_worker.onnx_graph.tensors import every_node
from enginebench_worker.wire.plugin_operators import PluginOperator, RegisteredOperator

STANDARD_DOMAINS = frozenset(("", "ai.onnx"))
_RUNTIME_DOMAINS = STANDARD_DOMAINS | {"ai.onnx.ml", "ai.onnx.preview.training", "ai.onnx.training", "com.microsoft"}
"""Those that ONNX Runtime has operators of."""
_VERSION, _NAMESPACE = "plugin_version", "plugin_namespace"
_OF_THE_PARSER = "TRT_"
"""Operators whose names begin so are the parser's own, for networks that TensorRT wrote."""

_Key = tuple[str, str, str]


def has_plugin_operators(model: onnx.ModelProto) -> bool:
    """Whether it has operators that only a plugin library computes, so that ONNX Runtime cannot load it."""
    opset = opset_of(model) or 0
    local = {(function.domain, function.name) for function in model.functions}
    return any(
        node.domain not in _RUNTIME_DOMAINS
        or (node.domain in STANDARD_DOMAINS and not onnx.defs.has(node.op_type, opset, ""))
        for node in every_node(model)
        if (node.domain, node.op_type) not in local
    )


def check_plugin_operators(
    foreign: Sequence[onnx.NodeProto],
    unknown: Sequence[onnx.NodeProto],
    opset: int,
    registered: Sequence[RegisteredOperator] | None,
) -> None:
    """BenchError `unsupported-operator` for nodes that the parser would take for others, and for those that are not
    registered. `foreign` are of other domains, `unknown` are those that this opset lacks."""
    refuse_nodes(
        [node for node in foreign if node.op_type in _names_of_onnx()],
        "operators that TensorRT would take for ONNX's own, since it goes by the name and not by the domain",
        "Give them names that ONNX does not have, in the model and in the plugin library.",
    )
    if registered is None:
        return
    known = {(each.name, each.version, each.namespace) for each in registered}
    lacking = [
        node
        for node in (*foreign, *unknown)
        if _key_of(node) not in known and not node.op_type.startswith(_OF_THE_PARSER)
    ]
    own = sorted({_in_words((each.name, each.version, each.namespace)) for each in registered if each.of_library})
    refuse_nodes(
        lacking,
        f"operators that neither opset {opset} nor the plugin library has",
        f"Name the library that has them. This one has {', '.join(own) if own else 'no operator'}; TensorRT looks for "
        f"{', '.join(sorted({_in_words(_key_of(node)) for node in lacking}))}.",
    )


def left_to_plugins(
    nodes: Sequence[onnx.NodeProto], registered: Sequence[RegisteredOperator] | None
) -> tuple[PluginOperator, ...]:
    """In the order of their names, each with how many nodes it has."""
    sources = {(each.name, each.version, each.namespace): each.of_library for each in registered or ()}
    counts = Counter((operator_in_words(node), sources.get(_key_of(node))) for node in nodes)
    ordered = sorted(counts.items(), key=lambda each: each[0][0])
    return tuple(PluginOperator(operator, count, of_library) for (operator, of_library), count in ordered)


@cache
def _names_of_onnx() -> frozenset[str]:
    """Of any opset."""
    return frozenset(schema.name for schema in onnx.defs.get_all_schemas_with_history() if schema.domain == "")


def _key_of(node: onnx.NodeProto) -> _Key:
    attributes = _attributes(node)
    return node.op_type, attributes.get(_VERSION, "1"), attributes.get(_NAMESPACE, "")


def _attributes(node: onnx.NodeProto) -> dict[str, str]:
    return {
        attribute.name: attribute.s.decode(errors="replace")
        for attribute in node.attribute
        if attribute.type == onnx.AttributeProto.STRING
    }


def _in_words(key: _Key) -> str:
    name, version, namespace = key
    return f"{name} (version {version}{f', namespace {namespace}' if namespace else ''})"
