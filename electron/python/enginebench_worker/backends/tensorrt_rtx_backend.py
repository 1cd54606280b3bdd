"""TensorRT-RTX through ONNX Runtime's plugin provider: builds and runs EP-context files, runs ONNX files.

It computes FP32 files in TF32 and cannot switch that off, and it multiplies INT8 weights in a wider type, so it offers
neither `fp32` nor `int8`."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.nvidia_driver import library_cards, open_primary_context, precisions_here
from enginebench_worker.tensorrt_rtx_engine.provider import PLUGIN, probe_tensorrt_rtx
from enginebench_worker.wire.backend_rows import BACKEND_ROWS
from enginebench_worker.wire.domain import (
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    Device,
    EngineFacts,
    WorkerCase,
)

PRECISIONS = BACKEND_ROWS["tensorrt-rtx"].precisions
_NEVER_OFFERED = {
    "fp32": "TensorRT-RTX computes FP32 files in TF32, and this cannot be switched off.",
    "int8": "TensorRT-RTX stores weights in INT8, but multiplies them in a wider type.",
}


class TensorRtRtx(Backend):
    id = "tensorrt-rtx"
    library_modules = ("onnxruntime", PLUGIN)

    def describe(self) -> BackendStatus:
        probe = probe_tensorrt_rtx()
        available = probe.reason is None
        return self.gpu_status(
            (probe.reason, probe.remedy),
            version=probe.version,
            precisions=PRECISIONS,
            options_schema=None,
            cards=library_cards("tensorrt-rtx"),
            builder=BuilderStatus(
                available=available,
                reason=probe.reason,
                remedy=probe.remedy,
                library=f"TensorRT-RTX plugin {probe.version}" if available and probe.version else None,
                precisions=precisions_here(PRECISIONS) if available else (),
            ),
        )

    def start_device(self, device: Device) -> bool:
        return device == "cuda" and open_primary_context()

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        built = "compiled before" if case.engine_file else "compiled again at each start"
        return (f"the engine is {built}; the provider's kernel cache is off, so each start compiles them again",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_gpu(case)
        self.require_precision(case, PRECISIONS)
        file = case.engine_file or case.onnx_file
        if file is None or not Path(file).is_file():
            message = f"No TensorRT-RTX file of {case.model.name} in {case.precision} was found."
            raise BenchError("missing-artifact", "load", message, "Convert the model first.")
        from enginebench_worker.tensorrt_rtx_engine.context_case import load_context_case

        return load_context_case(case, Path(file))

    def build(self, request: BuildRequest, execution: Execution) -> EngineFacts:
        status = self.describe()
        if not status.available:
            raise BenchError("backend-unavailable", "build", status.reason or "", status.remedy or "")
        if request.precision not in PRECISIONS:
            message = _NEVER_OFFERED.get(request.precision, f"TensorRT-RTX does not offer {request.precision}.")
            raise BenchError("unsupported-precision", "build", message, f"Use one of {', '.join(PRECISIONS)}.")
        from enginebench_worker.tensorrt_rtx_engine.context_build import build_context_file

        return build_context_file(request, execution)
