"""An EP-context file, or an ONNX file compiled while it is loaded, as a case on the plugin provider."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.backend import LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.file_structure import operator_counts
from enginebench_worker.onnxruntime_engine.placement import is_left_to_the_cpu, require_all_on, unlisted_refusal
from enginebench_worker.onnxruntime_engine.precision import placement_in, read_profile
from enginebench_worker.onnxruntime_engine.session import forget_profiles, match_input, profiled
from enginebench_worker.tensorrt_rtx_engine.precision import judge_source
from enginebench_worker.tensorrt_rtx_engine.provider import Provider, open_provider, profile_settings
from enginebench_worker.wire.domain import Bytes, PrecisionProof, WorkerCase

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


MIXED_REMEDY = (
    "Export the model without the operators that TensorRT-RTX lacks, or measure it with torch-eager or onnxruntime: a "
    "mixed run does not measure TensorRT-RTX."
)


def load_context_case(case: WorkerCase, file: Path) -> ContextCase:
    if case.engine_file is None and operator_counts(file)["EPContext"]:
        message = f"{file.name} holds a compiled engine, which is code."
        raise BenchError("untrusted-engine", "load", message, "Use the ONNX file it was compiled from.")
    provider = open_provider("load")
    shape = (case.batch_size, *case.input.shape[1:])
    settings = {} if case.engine_file else profile_settings(case.model.input, shape, shape, shape)
    options = profiled(provider.session_options(settings))
    try:
        session = provider.onnxruntime.InferenceSession(str(file), options, enable_fallback=0)
    except Exception as error:  # ONNX Runtime's errors are classes without a common base
        forget_profiles(options)
        if is_left_to_the_cpu(error):
            raise unlisted_refusal(provider.name, case.model.name, MIXED_REMEDY, error) from error
        message = f"TensorRT-RTX cannot load {file.name}."
        remedy = "Convert the model again: an engine is read only by the release that built it, on a supported GPU."
        raise BenchError("bad-model-file", "load", message, remedy, error) from error
    return ContextCase(session, case, provider, settings)


class ContextCase(LoadedCase):
    threads = None
    engine_declared = Bytes(None, "the provider does not report its engine's memory")

    def __init__(self, session: Any, case: WorkerCase, provider: Provider, settings: dict[str, str]) -> None:
        self._session, self._case, self._provider, self._settings = session, case, provider, settings
        self._outputs = list(case.model.outputs)
        self._input_name, self._input_type = match_input(session, case)
        self.versions = provider.tools
        self._is_profiled = True

    def query(self, batch: NDArray[float32]) -> Sequence[NDArray[Any]]:
        return self._session.run(self._outputs, {self._input_name: batch.astype(self._input_type, copy=False)})

    def prove_precision(self, batch: NDArray[float32]) -> PrecisionProof:
        self.query(batch)
        self._is_profiled = False
        operators = read_profile(Path(self._session.end_profiling()))
        require_all_on(self._provider.name, placement_in(operators), self._case.model.name, MIXED_REMEDY)
        source = Path(self._case.onnx_file) if self._case.onnx_file is not None else None
        evidence = (
            f"{len(operators)} parts, all on {self._provider.name}",
            *(f"{name} = {value}" for name, value in self._settings.items()),
        )
        return judge_source(self._case.precision, source, evidence, self._case.build_record)

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "the provider does not report its allocations")

    def close(self) -> None:
        if self._is_profiled:
            self._is_profiled = False
            Path(self._session.end_profiling()).unlink(missing_ok=True)
