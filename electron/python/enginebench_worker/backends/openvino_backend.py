"""OpenVINO on the CPU: runs ONNX files and IRs, builds IRs.

No hint trades one query's time for throughput: one stream, latency mode. `fp32` means that no layer ran in BF16, which
OpenVINO would choose by itself if the processor supports it."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.installed import has_processor_feature, is_importable, version_of
from enginebench_worker.wire.domain import (
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    EngineFacts,
    Precision,
    WorkerCase,
)

_BUILT: tuple[Precision, ...] = ("fp32", "fp16")
_REMEDY = "Set up the OpenVINO environment."
_SUFFIXES = {".xml", ".onnx"}


class OpenVino(Backend):
    id = "openvino"
    library_modules = ("openvino",)

    def describe(self) -> BackendStatus:
        installed = is_importable("openvino")
        version = version_of("openvino")
        reason = None if installed else "OpenVINO is not installed in this environment."
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=installed,
            reason=reason,
            remedy=None if installed else _REMEDY,
            version=version,
            precisions=_precisions() if installed else (),
            devices=("cpu",) if installed else (),
            licence=None,
            options_schema=None,
            builder=BuilderStatus(
                available=installed,
                reason=reason,
                remedy=None if installed else _REMEDY,
                library=f"OpenVINO {version}" if version is not None else None,
                precisions=_built() if installed else (),
            ),
        )

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("OpenVINO's model cache is off: each start compiles the model",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        if case.device != "cpu":
            raise BenchError("backend-unavailable", "load", "OpenVINO runs only on the CPU.", "Use the CPU.")
        self.require_precision(case, _precisions())
        file = case.engine_file or case.onnx_file
        if file is None or not Path(file).is_file():
            message = f"No OpenVINO or ONNX file of {case.model.name} in {case.precision} was found."
            raise BenchError("missing-artifact", "load", message, "Convert the model to OpenVINO or ONNX first.")
        if Path(file).suffix not in _SUFFIXES:
            message = f"{Path(file).name} is neither an IR (.xml) nor an ONNX file (.onnx)."
            raise BenchError("bad-model-file", "load", message, "Convert the model to OpenVINO first.")
        from enginebench_worker.openvino_engine.ir_case import load_ir_case

        return load_ir_case(case, Path(file))

    def build(self, request: BuildRequest, execution: Execution) -> EngineFacts:
        status = self.describe()
        if not status.available:
            raise BenchError("backend-unavailable", "build", status.reason or "", status.remedy or "")
        if request.precision not in _built():
            message = f"OpenVINO cannot build {request.precision} files here."
            raise BenchError("unsupported-precision", "build", message, f"Use one of {', '.join(_built())}.")
        from enginebench_worker.openvino_engine.ir_build import build_ir

        return build_ir(request, execution)


def _precisions() -> tuple[Precision, ...]:
    has_bf16 = has_processor_feature("avx512_bf16") or has_processor_feature("amx_bf16")
    return ("fp32", "fp16", "bf16", "int8") if has_bf16 else ("fp32", "fp16", "int8")


def _built() -> tuple[Precision, ...]:
    return (*_BUILT, "int8") if is_importable("nncf") else _BUILT
