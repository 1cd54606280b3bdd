"""A converted graph written whole or not at all, after ONNX's own checker and ONNX Runtime have taken it, and what is
told of it. Outputs that were float32 stay float32: a converter that changes inputs or outputs is caught."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.installed import version_of
from enginebench_worker.onnx_graph.element_types import element_types, layer_shares, quantized_nodes, weight_shares
from enginebench_worker.onnx_graph.model_file import library_failures, opset_of, save_model
from enginebench_worker.wire.domain import KeptCount
from enginebench_worker.wire.messages import OnnxConverted

_OTHER_WAY = "Try another precision or opset; the log has the converter's words."


@dataclass(frozen=True)
class Conversion:
    """What was made, and how. `started_ns`: of the monotonic clock, when the file was asked for."""

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
        with library_failures(conversion.stage, "The converted graph is not valid ONNX.", _OTHER_WAY):
            onnx.checker.check_model(str(temporary))
        if conversion.loads_in_onnxruntime:
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
    """Inputs and outputs alone, to hold the result against: converters change the graph that they are given."""
    stored = {tensor.name for tensor in graph.initializer}
    outline = onnx.GraphProto()
    outline.input.extend(value for value in graph.input if value.name not in stored)
    outline.output.extend(graph.output)
    return outline


def keep_inputs_and_outputs(before: onnx.GraphProto, after: onnx.GraphProto, stage: Stage) -> None:
    """Names and types must be those of `before`, an outline; the sizes that are told stay its own too."""
    found = outline_of(after)
    for kind in ("input", "output"):
        wanted, given = ([_signature(value) for value in getattr(graph, kind)] for graph in (before, found))
        if wanted != given:
            message = f"The conversion changed the model's {kind}s: {given} in place of {wanted}."
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
