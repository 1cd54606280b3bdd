"""ONNX Runtime's own optimized file: the graph after its fusions, as ONNX with operators of its own domain.

Built for the CPU provider at the extended level, the last that does not depend on the processor: `all` would store
layouts for this one. Only ONNX Runtime reads the file, preferably the version that wrote it, which is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from enginebench_worker.building.steps import Steps, carry_out
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import written_whole
from enginebench_worker.onnx_graph.file_structure import stored_elements, stored_types
from enginebench_worker.onnxruntime_engine.precision import SHORT_NAMES, ExecutedOperator, judge_operators, read_profile
from enginebench_worker.onnxruntime_engine.session import ELEMENT_TYPES, open_session, profiled, session_options
from enginebench_worker.wire.domain import BuildRequest, Bytes, EngineFacts, PrecisionProof

LEVEL = "extended"
_BEGINS = {"Optimizing": 0.0, "Checking": 0.6}
_ITEM_BYTES = {"fp64": 8, "int64": 8, "fp32": 4, "int32": 4, "fp16": 2, "bf16": 2}


def build_optimized_file(request: BuildRequest, execution: Execution) -> EngineFacts:
    source, target = Path(request.onnx_file), Path(request.out_file)
    if not source.is_file():
        raise BenchError("missing-artifact", "build", f"{source.name} was not found.", "Export the model first.")
    with written_whole(target) as temporary:
        return carry_out(request, execution, _BEGINS, lambda steps: _make(request, steps, source, temporary))


def _make(request: BuildRequest, steps: Steps, source: Path, target: Path) -> EngineFacts:
    import onnxruntime

    steps.begin("Optimizing")
    options = session_options(onnxruntime, request.threads, LEVEL)
    options.log_severity_level = 2
    options.optimized_model_filepath = str(target)
    steps.when_stopped(lambda: options.set_load_cancellation_flag(True))
    try:
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's load errors are classes without a common base
        message = f"ONNX Runtime cannot optimize {source.name}."
        raise BenchError("build-failed", "build", message, "The log has the details.", error) from error
    steps.begin("Checking")
    operators = _executed(onnxruntime, request, target)
    types = {name: SHORT_NAMES.get(name, name) for name in stored_types(target)}
    sizes = Counter[str]()
    for name, count in stored_elements(target).items():
        sizes[types[name]] += count * _ITEM_BYTES.get(types[name], 1)
    layers = Counter(_computed_type(each) for each in operators)
    return EngineFacts(
        kind="onnxruntime-optimized",
        precision_proof=_judge(request, operators, target, sizes),
        layer_precision=_shares(layers),
        weight_precision=_shares(sizes),
        activation_bytes=Bytes(None, "ONNX Runtime allocates as it runs"),
        weight_bytes=Bytes(sum(sizes.values())),
        options={"graphOptimization": LEVEL, "provider": "CPUExecutionProvider", "peakMemoryBytes": steps.peak_bytes},
        tools={"ONNX Runtime": onnxruntime.__version__},
        machine=None,
    )


def _executed(onnxruntime: Any, request: BuildRequest, file: Path) -> tuple[ExecutedOperator, ...]:
    """Opened from the written file and run once, like a case, on empty inputs."""
    options = profiled(session_options(onnxruntime, request.threads, "all"))
    session = open_session(onnxruntime, file, options, "cpu", request.precision)
    expected = request.model.input
    sides = (expected.channels or 1, expected.height or 1, expected.width or 1)
    shapes: dict[str, tuple[int, ...]] = {expected.name: (request.batch.min, *sides)}
    if request.inputs is not None:
        shapes = {each.name: each.min for each in request.inputs}
    types = {each.name: ELEMENT_TYPES.get(each.type, "float32") for each in session.get_inputs()}
    try:
        session.run(None, {name: np.zeros(shape, types[name]) for name, shape in shapes.items()})
    except Exception as error:
        asked = ", ".join(f"{name} of shape {'x'.join(map(str, shape))}" for name, shape in shapes.items())
        message = f"The optimized file does not accept {asked}."
        raise BenchError("input-mismatch", "build", message, "Check the model's manifest.", error) from error
    finally:
        operators = read_profile(Path(session.end_profiling()))
    return operators


def _judge(
    request: BuildRequest, operators: tuple[ExecutedOperator, ...], file: Path, sizes: Mapping[str, int]
) -> PrecisionProof:
    """FP16 claims what the file stores; the label says that its products are computed in FP32 on a CPU."""
    settings = (f"graph optimization: {LEVEL}",)
    proof = judge_operators(request.precision, operators, stored_types(file), settings, uses_tf32=False)
    if request.precision != "fp16":
        return proof
    return replace(proof, holds=sizes.get("fp16", 0) * 2 > sum(sizes.values()))


def _computed_type(operator: ExecutedOperator) -> str:
    return SHORT_NAMES.get(operator.input_type, operator.input_type)


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    whole = sum(counts.values())
    return {name: count / whole for name, count in sorted(counts.items()) if count} if whole else {}
