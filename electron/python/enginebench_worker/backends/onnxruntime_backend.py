"""ONNX Runtime on the CPU or CUDA provider, one provider a session: nothing falls back silently.

What ran is proved by a profile of one query of the very session that is measured: each operator with its types and its
provider. On the CPU an FP16 file computes in FP32, and the proof says so. Reads ONNX files and optimized ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.backends.base import Backend, LayerProfile, LoadedCase, MarkPart, NotSupported
from enginebench_worker.cuda_context import open_primary_context
from enginebench_worker.domain import (
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    Bytes,
    Device,
    EngineFacts,
    Precision,
    PrecisionProof,
    WorkerCase,
)
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.installed import cuda_device_count, is_importable, version_of
from enginebench_worker.onnx_precision import judge_operators, read_profile, stored_types
from enginebench_worker.onnxruntime_engine.layer_times import read_layer_times
from enginebench_worker.onnxruntime_engine.session import (
    CUDA_SETTINGS,
    GET_GPU_PACKAGE,
    OPTIONS_SCHEMA,
    PROVIDERS,
    SPINNING,
    match_input,
    open_profiled_session,
    optimization_of,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from enginebench_worker.onnxruntime_engine.device_binding import DeviceBinding

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {
    "cpu": ("fp32", "fp16", "int8"),
    "cuda": ("fp32", "tf32", "fp16", "int8"),
}
_DISTRIBUTIONS = ("onnxruntime-gpu", "onnxruntime")


class OnnxRuntimeCase(LoadedCase):
    engine_declared = Bytes(None, "ONNX Runtime declares no size beforehand")

    def __init__(self, onnxruntime: Any, session: Any, case: WorkerCase, file: Path, optimization: str) -> None:
        self._onnxruntime, self._session, self._case, self._file = onnxruntime, session, case, file
        self._optimization = optimization
        self._outputs = list(case.model.outputs)
        self._input_name, self._input_type = given = match_input(session, case)
        shape = (case.batch_size, *case.input.shape[1:])
        on_device = (onnxruntime, session, case.device, given, shape, self._outputs)
        self._binding = _bound(*on_device) if case.device == "cuda" else None
        self._is_profiled = True
        self.threads = session.get_session_options().intra_op_num_threads
        self.versions = {"onnxruntime": onnxruntime.__version__}

    def query(self, batch: NDArray[float32]) -> Sequence[NDArray[Any]]:
        if self._binding is not None:
            self._binding.copy_in(batch)
            self._binding.run()
            return self._binding.copy_out()
        return self._session.run(self._outputs, {self._input_name: batch.astype(self._input_type, copy=False)})

    def synchronize(self) -> None:
        if self._binding is not None:
            self._binding.synchronize()

    def query_in_parts(self, batch: NDArray[float32], part: MarkPart) -> Sequence[NDArray[Any]]:
        if self._binding is None:
            with part("compute"):
                return self.query(batch)
        with part("host-to-device"):
            self._binding.copy_in(batch)
        with part("compute"):
            self._binding.run()
        with part("device-to-host"):
            return self._binding.copy_out()

    def profile_layers(self, batches: Sequence[NDArray[float32]], queries: int) -> LayerProfile:
        if self._case.device == "cuda":
            message = "ONNX Runtime tells how long the host took to launch each operator, not how long the GPU worked."
            raise NotSupported(message)
        session = open_profiled_session(self._onnxruntime, self._case, self._file, self._optimization)
        for index in range(queries):
            batch = batches[index % len(batches)].astype(self._input_type, copy=False)
            session.run(self._outputs, {self._input_name: batch})
        return read_layer_times(Path(session.end_profiling()))

    def prove_precision(self, batch: NDArray[float32]) -> PrecisionProof:
        self.query(batch)
        self._is_profiled = False
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
        on_cuda = self._session.get_provider_options().get(PROVIDERS["cuda"], {})
        tf32 = on_cuda.get("use_tf32")
        settings = (
            f"{SPINNING} = {options.get_session_config_entry(SPINNING)}",
            f"graph optimization = {options.graph_optimization_level.name}",
            *(f"{name} = {on_cuda[name]}" for name in CUDA_SETTINGS if name in on_cuda),
        )
        return judge_operators(
            self._case.precision, operators, stored_types(self._file), settings, uses_tf32=tf32 == "1"
        )

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "ONNX Runtime does not tell the peak of its arena")

    def close(self) -> None:
        if self._is_profiled:
            self._is_profiled = False
            Path(self._session.end_profiling()).unlink(missing_ok=True)


def _bound(*on_device: Any) -> DeviceBinding:
    from enginebench_worker.onnxruntime_engine.device_binding import DeviceBinding

    return DeviceBinding(*on_device)


class OnnxRuntime(Backend):
    id = "onnxruntime"
    label = "ONNX Runtime"
    library_modules = ("onnxruntime",)

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
            device_remedies=None if has_cuda or not installed else {"cuda": _how_to_get_cuda()},
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
        session = open_profiled_session(onnxruntime, case, file, optimization)
        return OnnxRuntimeCase(onnxruntime, session, case, file, optimization)

    def start_device(self, device: Device) -> bool:
        return device == "cuda" and open_primary_context()

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        if case.device == "cuda":
            return ("ONNX Runtime keeps no search for convolutions: the first query of each start searches again",)
        return ("ONNX Runtime keeps no optimized graph: each start optimizes the file again",)

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


def _how_to_get_cuda() -> str:
    return GET_GPU_PACKAGE if cuda_device_count() > 0 else "It needs an NVIDIA GPU and its driver; use the CPU here."
