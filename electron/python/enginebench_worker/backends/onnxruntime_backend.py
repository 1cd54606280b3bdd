"""ONNX Runtime on the CPU or CUDA provider, one provider a session: nothing falls back silently.

What ran is proved by a profile of one query of the very session that is measured: each operator with its types and its
provider. On the CPU an FP16 file computes in FP32, and the proof says so. Idle threads do not spin."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.backends.base import Backend, LoadedCase
from enginebench_worker.domain import BackendStatus, Bytes, Precision, PrecisionProof, WorkerCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import cuda_device_count, is_importable, version_of
from enginebench_worker.onnx_precision import judge_operators, read_profile, stored_types

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {
    "cpu": ("fp32", "fp16", "int8"),
    "cuda": ("fp32", "tf32", "fp16", "int8"),
}
_DISTRIBUTIONS = ("onnxruntime-gpu", "onnxruntime")
_SPINNING = "session.intra_op.allow_spinning"


class OnnxRuntimeCase(LoadedCase):
    engine_declared = Bytes(None, "ONNX Runtime declares no size beforehand")

    def __init__(self, session: Any, case: WorkerCase, version: str) -> None:
        self._session = session
        self._case = case
        self._outputs = list(case.model.outputs)
        self._input_name, self._input_type = _match_input(session, case)
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
        spinning = self._session.get_session_options().get_session_config_entry(_SPINNING)
        tf32 = self._session.get_provider_options().get(PROVIDERS["cuda"], {}).get("use_tf32")
        settings = (f"{_SPINNING} = {spinning}", *([f"use_tf32 = {tf32}"] if tf32 is not None else []))
        stored = stored_types(Path(self._case.onnx_file or ""))
        return judge_operators(self._case.precision, operators, stored, settings, uses_tf32=tf32 == "1")

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
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=installed,
            reason=None if installed else "ONNX Runtime is not installed in this environment.",
            remedy=None if installed else "Set up the Python environment.",
            version=next(filter(None, map(version_of, _DISTRIBUTIONS)), None),
            precisions=PRECISIONS_OF["cuda" if has_cuda else "cpu"],
            devices=("cpu", "cuda") if has_cuda else ("cpu",),
            licence=None,
            options_schema=None,
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_precision(case, PRECISIONS_OF[case.device])
        if case.onnx_file is None or not Path(case.onnx_file).is_file():
            message = f"There is no ONNX file of {case.model.name} in {case.precision}."
            raise BenchError("missing-artifact", "load", message, "Export the model to ONNX first.")
        import onnxruntime

        session = _open_session(onnxruntime, case, case.onnx_file)
        return OnnxRuntimeCase(session, case, onnxruntime.__version__)


def _open_session(onnxruntime: Any, case: WorkerCase, file: str) -> Any:
    provider = PROVIDERS[case.device]
    if provider not in onnxruntime.get_available_providers():
        message = f"This build of ONNX Runtime has no {provider}."
        raise BenchError("backend-unavailable", "load", message, "Install onnxruntime-gpu, or use the CPU.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = case.threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry(_SPINNING, "0")
    if case.device == "cuda":
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    options.enable_profiling = True
    with tempfile.NamedTemporaryFile(prefix="enginebench-profile-", suffix="") as unique:
        options.profile_file_prefix = unique.name
    settings = {"use_tf32": "1" if case.precision == "tf32" else "0"} if case.device == "cuda" else {}
    try:
        session = onnxruntime.InferenceSession(file, options, providers=[(provider, settings)])
        session.disable_fallback()
    except Exception as error:  # each of ONNX Runtime's load errors is a class of its own without a common base
        message = f"ONNX Runtime cannot load {Path(file).name}."
        raise BenchError("bad-model-file", "load", message, "Check the file, or export it again.", error) from error
    if session.get_providers()[0] != provider:
        message = f"ONNX Runtime fell back to {session.get_providers()[0]}."
        raise BenchError("backend-unavailable", "load", message, "Check the GPU driver, or use the CPU.")
    return session


def _match_input(session: Any, case: WorkerCase) -> tuple[str, str]:
    inputs = session.get_inputs()
    names = [entry.name for entry in inputs]
    expected = case.model.input.name
    wanted = [case.batch_size, *case.input.shape[1:]]
    entry = inputs[0] if len(inputs) == 1 else None
    types = {"tensor(float)": "float32", "tensor(float16)": "float16"}
    fits = entry is not None and entry.name == expected and entry.type in types and len(entry.shape) == 4
    if not fits or entry is None:
        found = ", ".join(f"{each.name}: {each.type} {each.shape}" for each in inputs)
        message = f"The ONNX file takes ({found}), where one image input {expected!r} was expected."
        raise BenchError("input-mismatch", "load", message, "Check the model's manifest, or use another file.")
    if any(isinstance(size, int) and size != want for size, want in zip(entry.shape, wanted, strict=True)):
        message = f"The ONNX file takes {expected} of shape {entry.shape}, but the case asks for {wanted}."
        raise BenchError("input-mismatch", "load", message, "Use that batch and size, or export with dynamic sizes.")
    missing = [name for name in case.model.outputs if name not in {each.name for each in session.get_outputs()}]
    if missing:
        message = f"The ONNX file has no output named {', '.join(missing)}."
        raise BenchError("input-mismatch", "load", message, "Check the outputs that the model's manifest names.")
    return names[0], types[entry.type]
