"""ONNX Runtime on the CPU or CUDA provider, one provider per session: nothing falls back silently.

On the CPU an FP16 file computes in FP32, and the proof says so. Reads ONNX files and optimized ones."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import (
    WITHOUT_GPU,
    Refusal,
    cuda_cards,
    cuda_device_count,
    cuda_refusal,
    open_primary_context,
    precisions_here,
)
from enginebench_worker.onnxruntime_engine.cuda_provider import CUDA_OF_GPU_PACKAGE
from enginebench_worker.onnxruntime_engine.session import GET_GPU_PACKAGE, OPTIONS_SCHEMA, optimization_of
from enginebench_worker.wire.domain import (
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    Device,
    EngineFacts,
    Precision,
    WorkerCase,
)

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {
    "cpu": ("fp32", "fp16", "int8"),
    "cuda": ("fp32", "tf32", "fp16", "int8"),
}
_DISTRIBUTIONS = ("onnxruntime-gpu", "onnxruntime")


class OnnxRuntime(Backend):
    id = "onnxruntime"
    library_modules = ("onnxruntime",)

    def describe(self) -> BackendStatus:
        installed = is_importable("onnxruntime")
        unfit = _unfit_gpu()
        has_cuda = version_of("onnxruntime-gpu") is not None and cuda_device_count() > 0 and unfit is None
        version = next(filter(None, map(version_of, _DISTRIBUTIONS)), None)
        reason = None if installed else "ONNX Runtime is not installed in this environment."
        remedy = None if installed else "Set up the Python environment."
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=installed,
            reason=reason,
            remedy=remedy,
            version=version,
            precisions=precisions_here(PRECISIONS_OF["cuda" if has_cuda else "cpu"], on_cpu=PRECISIONS_OF["cpu"]),
            devices=("cpu", "cuda") if has_cuda else ("cpu",),
            licence=None,
            options_schema=OPTIONS_SCHEMA,
            device_remedies=None if has_cuda or not installed else {"cuda": _how_to_get_cuda(unfit)},
            cards=cuda_cards(CUDA_OF_GPU_PACKAGE, _package()) if has_cuda else None,
            builder=BuilderStatus(
                available=installed,
                reason=reason,
                remedy=remedy,
                library=f"ONNX Runtime {version}" if installed and version is not None else None,
                precisions=PRECISIONS_OF["cpu"] if installed else (),
            ),
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_precision(case, PRECISIONS_OF[case.device])
        optimization = optimization_of(case)
        named = case.engine_file or case.onnx_file
        if named is None or not Path(named).is_file():
            message = f"No ONNX file of {case.model.name} in {case.precision} was found."
            raise BenchError("missing-artifact", "load", message, "Export the model to ONNX first.")
        from enginebench_worker.onnxruntime_engine.session_case import load_session_case

        return load_session_case(case, Path(named), optimization)

    def start_device(self, device: Device) -> bool:
        return device == "cuda" and open_primary_context()

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        if case.device == "cuda":
            return ("ONNX Runtime does not keep its convolution search: the first query of each start searches again",)
        return ("ONNX Runtime does not keep the optimized graph: each start optimizes the file again",)

    def build(self, request: BuildRequest, execution: Execution) -> EngineFacts:
        status = self.describe()
        if not status.available:
            raise BenchError("backend-unavailable", "build", status.reason or "", status.remedy or "")
        if request.precision not in PRECISIONS_OF["cpu"]:
            message = f"ONNX Runtime's CPU provider does not compute in {request.precision}."
            raise BenchError(
                "unsupported-precision", "build", message, f"Use one of {', '.join(PRECISIONS_OF['cpu'])}."
            )
        from enginebench_worker.onnxruntime_engine.optimized_build import build_optimized_file

        return build_optimized_file(request, execution)


def _unfit_gpu() -> Refusal | None:
    """Why this GPU or its driver cannot run onnxruntime-gpu, the installed one or the one that would be installed."""
    return cuda_refusal(CUDA_OF_GPU_PACKAGE, _package())


def _package() -> str:
    return f"onnxruntime-gpu {version_of('onnxruntime-gpu') or ''}".strip()


def _how_to_get_cuda(unfit: Refusal | None) -> str:
    if unfit is not None:
        return " ".join(unfit)
    return GET_GPU_PACKAGE if cuda_device_count() > 0 else WITHOUT_GPU
