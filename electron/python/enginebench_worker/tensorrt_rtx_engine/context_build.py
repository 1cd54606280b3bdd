"""An EP-context file from an ONNX file: ONNX around one compiled engine, readable only by the release that wrote it.

The engine is inside the file, which must therefore stay under ONNX's 2 GB limit. Options that the provider does not
have are refused, never ignored."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.building.steps import Steps, carry_out
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import written_whole
from enginebench_worker.nvidia_driver import gpu_identity
from enginebench_worker.onnx_graph.file_structure import operator_counts
from enginebench_worker.tensorrt_rtx_engine.precision import judge_source, weight_shares
from enginebench_worker.tensorrt_rtx_engine.provider import open_provider, profile_settings, profile_shapes
from enginebench_worker.wire.domain import BuildRequest, Bytes, EngineFacts

LARGEST_SOURCE_BYTES = 1_900_000_000
_BEGINS = {"Loading TensorRT-RTX": 0.0, "Compiling": 0.1}


def build_context_file(request: BuildRequest, execution: Execution) -> EngineFacts:
    source, target = Path(request.onnx_file), Path(request.out_file)
    if not source.is_file():
        raise BenchError("missing-artifact", "build", f"{source.name} was not found.", "Export the model first.")
    _refuse_what_it_lacks(request, source)
    with written_whole(target) as temporary:
        return carry_out(request, execution, _BEGINS, lambda steps: _make(request, steps, source, temporary))


def _refuse_what_it_lacks(request: BuildRequest, source: Path) -> None:
    options = request.options
    lacking = {
        "builder optimization levels": options.optimization_level is not None,
        "version-compatible engines": options.version_compatible,
        "a switch for hardware compatibility": options.hardware_compatible,
    }
    asked = [name for name, is_asked in lacking.items() if is_asked]
    if asked:
        message = f"TensorRT-RTX does not offer {' or '.join(asked)}."
        raise BenchError("bad-usage", "build", message, "Leave these options at their defaults.")
    if source.stat().st_size > LARGEST_SOURCE_BYTES:
        message = f"{source.name} is too large: an engine inside one ONNX file is limited to 2 GB."
        raise BenchError("build-failed", "build", message, "Use a smaller model, or TensorRT.")


def _make(request: BuildRequest, steps: Steps, source: Path, target: Path) -> EngineFacts:
    steps.begin("Loading TensorRT-RTX")
    provider = open_provider("build")
    shapes = profile_shapes(request.model.input, request.batch, request.size)
    workspace = int(request.options.workspace_gib * 2**30)
    profile = profile_settings(request.model.input, *shapes)
    options = provider.session_options({**profile, "nv_max_workspace_size": str(workspace)})
    steps.when_stopped(lambda: options.set_load_cancellation_flag(True))
    steps.begin("Compiling")
    try:
        compiler = provider.onnxruntime.ModelCompiler(options, str(source), embed_compiled_data_into_model=True)
        compiler.compile_to_file(str(target))
    except Exception as error:  # ONNX Runtime's errors are classes without a common base
        message = f"TensorRT-RTX cannot compile {source.name}."
        raise BenchError("build-failed", "build", message, "The log has the details.", error) from error
    _require_one_engine(target, source)
    proof = judge_source(request.precision, source, ())
    return EngineFacts(
        kind="tensorrt-rtx-engine",
        precision_proof=proof,
        layer_precision={},
        weight_precision=weight_shares(source),
        activation_bytes=Bytes(None, "the provider does not report it"),
        weight_bytes=Bytes(None, "the provider does not report it"),
        options={
            "tf32": True,
            "workspaceGib": request.options.workspace_gib,
            "timingCache": False,
            "peakMemoryBytes": steps.peak_bytes,
            **profile,
        },
        tools=provider.tools,
        machine=gpu_identity(),
    )


def _require_one_engine(target: Path, source: Path) -> None:
    operators = operator_counts(target)
    others = sorted(set(operators) - {"EPContext"})
    if others:
        message = f"TensorRT-RTX does not support some operators of {source.name}: {', '.join(others)}."
        raise BenchError("unsupported-operator", "build", message, "Export the model without them.")
