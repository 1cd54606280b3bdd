"""ONNX Runtime on the CPU or CUDA provider, one provider a session: nothing falls back silently.

What ran is proved by a profile of one query of the very session that is measured: each operator with its types and its
provider. On the CPU an FP16 file computes in FP32, and the proof says so. Reads ONNX files and optimized ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.backends.base import Backend, LoadedCase
from enginebench_worker.domain import (
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    Bytes,
    EngineFacts,
    Precision,
    PrecisionProof,
    WorkerCase,
)
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.installed import cuda_device_count, is_importable, version_of
from enginebench_worker.onnx_precision import judge_operators, read_profile, stored_types
from enginebench_worker.onnxruntime_engine.session import (
    OPTIONS_SCHEMA,
    PROVIDERS,
    SPINNING,
    match_input,
    open_session,
    optimization_of,
    profiled,
    session_options,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {
    "cpu": ("fp32", "fp16", "int8"),
    "cuda": ("fp32", "tf32", "fp16", "int8"),
}
_DISTRIBUTIONS = ("onnxruntime-gpu", "onnxruntime")


class OnnxRuntimeCase(LoadedCase):
    engine_declared = Bytes(None, "ONNX Runtime declares no size beforehand")

    def __init__(self, session: Any, case: WorkerCase, file: Path, version: str) -> None:
        self._session, self._case, self._file = session, case, file
        self._outputs = list(case.model.outputs)
        self._input_name, self._input_type = match_input(session, case)
        self.threads = session.get_session_options().intra_op_num_threads
        self.versions = {"onnxruntime": version}

    def query(self, batch: NDArray[float32]) -> Sequence[NDArray[Any]]:
        return self._session.run(self._outputs, {self._input_name: batch.astype(self._input_type, copy=False)})

    def prove_precision(self, batch: NDArray[float32]) -> PrecisionProof:
        self.query(batch)
        operators = read_profile(Path(self._session.end_profiling()))
        foreign = {operator.provider for operator in operators} - {PROVIDERS[self._case.device]}
        if foreign:
            raise BenchError(
                "backend-unavailable",
                "load",
                f"Part of {self._case.model.name} ran on {', '.join(sorted(foreign))} instead.",
                "Use the CPU, or a model whose operators the GPU provider has.",
            )
        options = self._session.get_session_options()
        tf32 = self._session.get_provider_options().get(PROVIDERS["cuda"], {}).get("use_tf32")
        settings = (
            f"{SPINNING} = {options.get_session_config_entry(SPINNING)}",
            f"graph optimization = {options.graph_optimization_level.name}",
            *([f"use_tf32 = {tf32}"] if tf32 is not None else []),
        )
        return judge_operators(
            self._case.precision, operators, stored_types(self._file), settings, uses_tf32=tf32 == "1"
        )

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "ONNX Runtime does not tell the peak of its arena")


class OnnxRuntime(Backend):
    id = "onnxruntime"
    label = "ONNX Runtime"

    def describe(self) -> BackendStatus:
        installed = is_importable("onnxruntime")
        has_cuda = version_of("onnxruntime-gpu") is not None and cuda_device_count() > 0
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
            precisions=PRECISIONS_OF["cuda" if has_cuda else "cpu"],
            devices=("cpu", "cuda") if has_cuda else ("cpu",),
            licence=None,
            options_schema=OPTIONS_SCHEMA,
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
            message = f"There is no ONNX file of {case.model.name} in {case.precision}."
            raise BenchError("missing-artifact", "load", message, "Export the model to ONNX first.")
        import onnxruntime

        file = Path(named)
        options = profiled(session_options(onnxruntime, case.device, case.threads, optimization))
        session = open_session(onnxruntime, file, options, case.device, case.precision)
        return OnnxRuntimeCase(session, case, file, onnxruntime.__version__)

    def build(self, request: BuildRequest, execution: Execution) -> EngineFacts:
        status = self.describe()
        if not status.available:
            raise BenchError("backend-unavailable", "build", status.reason or "", status.remedy or "")
        if request.precision not in PRECISIONS_OF["cpu"]:
            message = f"ONNX Runtime's CPU provider computes no {request.precision}."
            raise BenchError(
                "unsupported-precision", "build", message, f"Use one of {', '.join(PRECISIONS_OF['cpu'])}."
            )
        from enginebench_worker.onnxruntime_engine.optimized_build import build_optimized_file

        return build_optimized_file(request, execution)
