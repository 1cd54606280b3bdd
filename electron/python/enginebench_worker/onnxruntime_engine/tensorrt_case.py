"""An ONNX file on ONNX Runtime's TensorRT provider as a case: the engine is built, or taken from the cache, while the
case is loaded, for its own shape.

The engine itself tells no types: the provider builds it without them. So precision is proved by the file, whose types a
strongly typed network keeps, and INT8, or a network in which TensorRT may choose, is not proved."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from enginebench_worker.backend import LayerProfile, NotSupported
from enginebench_worker.errors import BenchError, gpu_failure_of
from enginebench_worker.onnx_graph.typed_network import typed_network
from enginebench_worker.onnxruntime_engine import cuda_provider
from enginebench_worker.onnxruntime_engine.placement import RECORD_PLACEMENT, require_all_on
from enginebench_worker.onnxruntime_engine.precision import SHORT_NAMES, placement_in, read_profile
from enginebench_worker.onnxruntime_engine.session import GET_GPU_PACKAGE, fix_shape, profiled, session_options
from enginebench_worker.onnxruntime_engine.session_case import DeviceBinding, SessionCase
from enginebench_worker.onnxruntime_engine.tensorrt_provider import (
    CUDA_GRAPH,
    MIXED_REMEDY,
    PROVIDER,
    TF32_OVERRIDE,
    TYPING_SWITCHES,
    capture_refusal,
    engine_folder,
    holds_engine,
    is_by_provider,
    load_tensorrt_libraries,
    open_whole_session,
    provider_settings,
    records_graph,
    shape_in_words,
    switch_tf32,
    tensorrt_version,
)
from enginebench_worker.wire.domain import PrecisionProof, WorkerCase

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


def load_tensorrt_case(case: WorkerCase, file: Path) -> TensorRtProviderCase:
    by_provider = is_by_provider(case)
    switch_tf32(case.precision == "tf32")
    onnxruntime = importlib.import_module("onnxruntime")
    if PROVIDER not in onnxruntime.get_available_providers():
        message = f"This build of ONNX Runtime has no {PROVIDER}."
        raise BenchError("backend-unavailable", "load", message, GET_GPU_PACKAGE)
    cuda_provider.load_cuda_libraries(onnxruntime)
    load_tensorrt_libraries()
    shape = (case.batch_size, *case.input.shape[1:])
    settings = provider_settings(case, shape, by_provider, records_graph(case))

    def options() -> Any:
        made = profiled(session_options(onnxruntime, case.threads, "all"))
        made.add_session_config_entry(RECORD_PLACEMENT, "1")
        fix_shape(made, file, case.model.input.name, shape)
        return made

    folder = engine_folder(case, file, settings, str(onnxruntime.__version__))
    was_built = holds_engine(folder)
    session = open_whole_session(onnxruntime, case, file, options, settings, folder)
    return TensorRtProviderCase(onnxruntime, session, case, file, was_built)


_NUMPY_TYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}


class TensorRtProviderCase(SessionCase):
    def __init__(self, onnxruntime: Any, session: Any, case: WorkerCase, file: Path, was_built: bool) -> None:
        super().__init__(onnxruntime, session, case, file, "all")
        tensorrt = tensorrt_version()
        self.versions |= {"tensorrt": tensorrt} if tensorrt is not None else {}
        how = "came from the cache" if was_built else "was built"
        self.notes = (f"The engine {how} while the case was loaded, which is no part of any query.",)

    def profile_layers(self, batches: Sequence[NDArray[float32]], queries: int) -> LayerProfile:
        raise NotSupported("ONNX Runtime reports the engine of its TensorRT provider as one node.")

    def prove_precision(self, batch: NDArray[float32]) -> PrecisionProof:
        self.query(batch)
        self._is_profiled = False
        operators = read_profile(Path(self._session.end_profiling()))
        require_all_on(PROVIDER, placement_in(operators), self._case.model.name, MIXED_REMEDY)
        settings = self._session.get_provider_options().get(PROVIDER, {})
        return judge_file(self._case, self._file, settings)

    def _bound(self) -> DeviceBinding:
        binding = super()._bound()
        return self._recorded(binding) if records_graph(self._case) else binding

    def _recorded(self, binding: DeviceBinding) -> DeviceBinding:
        """The first run records the graph, which then always writes to the same memory."""
        found = {each.name: each for each in self._session.get_outputs()}
        for name in self._outputs:
            sizes, kind = found[name].shape, _NUMPY_TYPES.get(found[name].type)
            if kind is None or not all(isinstance(size, int) for size in sizes):
                why = f"the size or type of output {name} is not known beforehand: {found[name].type} {sizes}"
                raise self._end_with(capture_refusal(shape_in_words(self._case), why))
            binding.keep_output(self._onnxruntime, name, sizes, kind)
        try:
            binding.run()
        except BenchError as error:
            raise self._end_with(error) from error
        except Exception as error:  # ONNX Runtime's errors are classes without a common base
            if gpu_failure_of(error) is not None:
                raise
            raise self._end_with(capture_refusal(shape_in_words(self._case), error)) from error
        return binding

    def _end_with(self, error: BenchError) -> BenchError:
        Path(self._session.end_profiling()).unlink(missing_ok=True)
        return error


def judge_file(case: WorkerCase, file: Path, settings: Mapping[str, str]) -> PrecisionProof:
    """`settings` as read back from the session."""
    network, precision = typed_network(file), case.precision
    is_typed = all(settings.get(name) == "0" for name in TYPING_SWITCHES)
    holds = is_typed and network.computes_in(precision)
    found = "nothing" if network.main is None else SHORT_NAMES[network.main]
    if holds:
        label = precision
    elif not is_typed:
        label = f"{precision} allowed: TensorRT may have chosen any wider type"
    elif network.is_quantized:
        label = f"{found} with Q/DQ nodes: the engine does not tell what ran in int8"
    else:
        label = f"computed in {found}"
    return PrecisionProof(
        holds=holds,
        label=label,
        method="types of the ONNX file, which the provider's strongly typed network keeps",
        evidence=(
            *network.evidence,
            *(f"{name} = {settings[name]}" for name in (*TYPING_SWITCHES, CUDA_GRAPH) if name in settings),
            f"{TF32_OVERRIDE} = {'not set' if precision == 'tf32' else '0'}",
            f"every node on {PROVIDER}",
            "host memory of copies = pageable",
        ),
    )
