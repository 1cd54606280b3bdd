"""A converted graph, written whole or not at all after ONNX's checker and ONNX Runtime accepted it, and what is
reported about it.

Outputs that were float32 stay float32: a converter that changes inputs or outputs is caught. What stayed in FP32 is
counted in the converted graph, not taken from the request."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.installed import version_of
from enginebench_worker.onnx_graph.model_file import library_failures, opset_of, save_model
from enginebench_worker.onnx_graph.plugin_operators import has_plugin_operators
from enginebench_worker.onnx_graph.tensors import (
    NOT_LAYERS,
    element_types,
    layer_shares,
    quantized_nodes,
    weight_shares,
)
from enginebench_worker.wire.domain import KeptCount, KeptOperator
from enginebench_worker.wire.messages import OnnxConverted

NAMED = "named by the recipe to stay in FP32"
_NO_HALF_FORM = "not every engine has it in 16 bits"
_GIVES_FLOAT = "works on sizes or constants that stay float32"


def check_node_names(graph: onnx.GraphProto, names: Iterable[str]) -> None:
    missing = sorted(set(names) - {node.name for node in graph.node})
    if missing:
        message = f'The graph has no node "{missing[0]}", which was to stay in FP32.'
        remedy = "Use the node names of the simplified graph: the sensitivity table lists them."
        raise BenchError("bad-recipe", "precision", message, remedy)


def blocked_nodes(graph: onnx.GraphProto, operators: Iterable[str], names: Iterable[str]) -> list[str]:
    """Names of the nodes that stay in FP32, by operator or by name."""
    kinds, named = set(operators), set(names)
    return [node.name for node in graph.node if node.op_type in kinds or node.name in named]


def count_kept(
    model: onnx.ModelProto, types: dict[str, int], operators: Sequence[KeptOperator], names: Sequence[str]
) -> tuple[KeptCount, ...]:
    """Layers with float32 output, by operator and reason. A requested operator that is not in the graph counts 0."""
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
    """For graphs that are FP32 except for quantized nodes: counts only what the recipe asked to keep."""
    named = set(names)
    of_kind = Counter(node.op_type for node in graph.node if node.name not in named)
    by_name = Counter(node.op_type for node in graph.node if node.name in named)
    asked = [KeptCount(each.operator, of_kind[each.operator], each.reason) for each in operators]
    return (*asked, *(KeptCount(operator, count, NAMED) for operator, count in sorted(by_name.items())))


def _why(node: onnx.NodeProto) -> str:
    return _GIVES_FLOAT if node.op_type in ("ConstantOfShape", "Shape", "Range") else _NO_HALF_FORM


_OTHER_WAY = "Try another precision or opset; the log has the converter's output."


@dataclass(frozen=True)
class Conversion:
    """The result and how it was made. `started_ns`: monotonic clock when the command started."""

    model: onnx.ModelProto
    stage: Stage
    kept: tuple[KeptCount, ...]
    tools: Sequence[str]
    #: ONNX Runtime's CPU provider has no kernels for every type.
    loads_in_onnxruntime: bool
    started_ns: int


def finish(command_id: int, conversion: Conversion, out_file: Path, execution: Execution) -> OnnxConverted:
    model = conversion.model
    execution.step("checking the graph", 0.9)
    with written_whole(out_file) as temporary:
        save_model(model, temporary)
        # Neither knows the operators of a plugin; TensorRT's own parser judges such a graph.
        is_known = not has_plugin_operators(model)
        if is_known:
            with library_failures(conversion.stage, "The converted graph is not valid ONNX.", _OTHER_WAY):
                onnx.checker.check_model(str(temporary))
        if conversion.loads_in_onnxruntime and is_known:
            execution.step("loading it in ONNX Runtime", 0.95)
            _load(temporary, conversion.stage)
        execution.step()
        size_bytes = temporary.stat().st_size
    opset = opset_of(model)
    return OnnxConverted(
        command_id,
        sha256=sha256_of(out_file),
        size_bytes=size_bytes,
        build_time_ms=(time.perf_counter_ns() - conversion.started_ns) / 1e6,
        opset=0 if opset is None else opset,
        node_count=len(model.graph.node),
        kept_in_fp32=conversion.kept,
        quantized_node_count=len(quantized_nodes(model)),
        layer_precision=layer_shares(model, element_types(model)),
        weight_precision=weight_shares(model),
        tools={name: version for name in conversion.tools if (version := version_of(name))},
    )


def outline_of(graph: onnx.GraphProto) -> onnx.GraphProto:
    """Only inputs and outputs, to compare the result with: converters change the graph they are given."""
    stored = {tensor.name for tensor in graph.initializer}
    outline = onnx.GraphProto()
    outline.input.extend(value for value in graph.input if value.name not in stored)
    outline.output.extend(graph.output)
    return outline


def keep_inputs_and_outputs(before: onnx.GraphProto, after: onnx.GraphProto, stage: Stage) -> None:
    """Names and types must equal those of `before`, an outline, whose declared sizes are kept too."""
    found = outline_of(after)
    for kind in ("input", "output"):
        wanted, given = ([_signature(value) for value in getattr(graph, kind)] for graph in (before, found))
        if wanted != given:
            message = f"The conversion changed the model's {kind}s: {given} instead of {wanted}."
            raise BenchError("conversion-failed", stage, message, _OTHER_WAY)
    del after.input[:]
    after.input.extend(before.input)
    del after.output[:]
    after.output.extend(before.output)


def _signature(value: onnx.ValueInfoProto) -> tuple[str, str]:
    return value.name, onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type).lower()


def _load(file: Path, stage: Stage) -> None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    with library_failures(stage, "ONNX Runtime cannot load the converted graph.", _OTHER_WAY):
        onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
