"""TensorRT: builds engines from ONNX files, and runs them with their buffers on the GPU.

Building and running need different things, and each reports separately whether it can. The library loaded below the
bindings decides what is built: TensorRT-RTX builds its own kind of engine, which this backend does not run."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker import host_memory, tuning
from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.installed import is_importable
from enginebench_worker.nvidia_driver import (
    NEEDS_NVIDIA_GPU,
    cuda_device_count,
    feature_refusal,
    library_cards,
    library_refusal,
    open_primary_context,
    precisions_here,
)
from enginebench_worker.tensorrt_engine.configuration import hardware_level
from enginebench_worker.tensorrt_engine.probe import Probe, probe_tensorrt
from enginebench_worker.wire.backend_rows import BACKEND_ROWS
from enginebench_worker.wire.domain import (
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    Device,
    EngineFacts,
    WorkerCase,
)

PRECISIONS = BACKEND_ROWS["tensorrt"].precisions
OPTIONS_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "cudaGraph": {"type": "boolean", "default": False, "title": "CUDA graph"},
        tuning.OPTION: tuning.option_schema("tensorrt"),
        host_memory.OPTION: host_memory.OPTION_SCHEMA,
    },
    "additionalProperties": False,
}


class TensorRt(Backend):
    id = "tensorrt"
    library_modules = ("tensorrt", "cuda.bindings.runtime")

    def describe(self) -> BackendStatus:
        probe = probe_tensorrt()
        return self.gpu_status(
            _why_it_cannot_run(probe),
            version=probe.version,
            precisions=PRECISIONS,
            options_schema=OPTIONS_SCHEMA,
            cards=library_cards("tensorrt"),
            builder=_builder_status(probe),
        )

    def build(self, request: BuildRequest, execution: Execution) -> EngineFacts:
        _require_card(request)
        from enginebench_worker.tensorrt_engine.build_command import build_tensorrt_engine

        return build_tensorrt_engine(request, execution)

    def start_device(self, device: Device) -> bool:
        return device == "cuda" and open_primary_context()

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("the engine was built before: loading deserializes it and times no tactics",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_precision(case, PRECISIONS)
        if case.engine_file is None or not Path(case.engine_file).is_file():
            message = f"No TensorRT engine of {case.model.name} in {case.precision} was found."
            raise BenchError("missing-artifact", "load", message, "Convert the model to TensorRT first.")
        from enginebench_worker.tensorrt_engine.engine_case import load_engine_case

        return load_engine_case(case, Path(case.engine_file))


def _builder_status(probe: Probe) -> BuilderStatus:
    """It builds for the card that is here: one that cannot run TensorRT cannot time its kernels either."""
    reason, remedy = library_refusal("tensorrt") or (probe.reason, probe.remedy)
    precisions = precisions_here(PRECISIONS) if reason is None else ()
    return BuilderStatus(reason is None, reason, remedy, probe.label, precisions)


def _require_card(request: BuildRequest) -> None:
    """BenchError if the card here lacks what is asked for: TensorRT itself would ignore it, or fail after minutes."""
    unfit = library_refusal("tensorrt")
    if unfit is not None:
        raise BenchError("backend-unavailable", "build", *unfit)
    beyond_card = feature_refusal(request.precision)
    if beyond_card is not None:
        remedy = f"Use one of {', '.join(precisions_here(PRECISIONS))}."
        raise BenchError("unsupported-precision", "build", beyond_card, remedy)
    level = hardware_level(request.options)
    lacking = None if level is None else feature_refusal(level)
    if lacking is not None:
        raise BenchError("bad-usage", "build", lacking, "Build the engine for this GPU only.")


def _why_it_cannot_run(probe: Probe) -> tuple[str | None, str | None]:
    if cuda_device_count() == 0:
        return NEEDS_NVIDIA_GPU
    unfit = library_refusal("tensorrt")
    if unfit is not None:
        return unfit
    if probe.reason is not None:
        return probe.reason, probe.remedy
    if probe.kind != "tensorrt-engine":
        return f"{probe.label} can build here but cannot run.", "Set up the TensorRT environment with TensorRT."
    if not is_importable("cuda.bindings"):
        return "The CUDA bindings for Python are not installed.", "Repair the TensorRT environment."
    return None, None
