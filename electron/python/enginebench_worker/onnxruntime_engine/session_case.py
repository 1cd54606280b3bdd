"""An ONNX file in an ONNX Runtime session as a case: on the CPU called directly, on a GPU with its input and outputs
bound to the device's memory, so that the parts of a query can be told apart.

Precision is proved by a profile of one query of the very session that is measured. The profile is written from the
session's start, so it is read or deleted before the case is closed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from enginebench_worker.backend import Batch, LayerProfile, LoadedCase, MarkPart, NotSupported, query_shape
from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.file_structure import stored_types
from enginebench_worker.onnxruntime_engine.precision import judge_operators, read_profile
from enginebench_worker.onnxruntime_engine.session import (
    CUDA_SETTINGS,
    EXACT_INT8,
    PROVIDERS,
    SPIN_TIME,
    SPINNING,
    TUNED,
    match_feeds,
    match_input,
    open_profiled_session,
)
from enginebench_worker.spinning import spins
from enginebench_worker.tuning import is_tuned
from enginebench_worker.wire.domain import Bytes, Device, LayerTime, PrecisionProof, WorkerCase

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALLOCATION_FAILED = "Failed to allocate memory for requested buffer"
"""Peak of its arena, which reports any device's memory the same way."""


class DeviceBinding:
    def __init__(
        self,
        onnxruntime: Any,
        session: Any,
        device: Device,
        given: Sequence[tuple[str, str, Sequence[int]]],
        outputs: Sequence[str],
    ) -> None:
        """`given`: each input's name, NumPy type and shape."""
        self._session, self._device = session, device
        self._binding = session.io_binding()
        self._inputs: dict[str, tuple[Any, np.dtype[Any]]] = {}
        for name, type_name, shape in given:
            kind = np.dtype(type_name)
            value = onnxruntime.OrtValue.ortvalue_from_shape_and_type(tuple(shape), kind.type, device, 0)
            self._inputs[name] = value, kind
            self._binding.bind_ortvalue_input(name, value)
        for output in outputs:
            self._binding.bind_output(output, device, 0)

    def keep_output(self, onnxruntime: Any, name: str, shape: Sequence[int], kind: type[np.generic]) -> None:
        """Always written to the same memory from now on, instead of to new memory for each run."""
        kept = onnxruntime.OrtValue.ortvalue_from_shape_and_type(tuple(shape), kind, self._device, 0)
        self._binding.bind_ortvalue_output(name, kept)

    def copy_in(self, feed: Mapping[str, NDArray[Any]]) -> None:
        for name, (value, kind) in self._inputs.items():
            value.update_inplace(np.ascontiguousarray(feed[name], dtype=kind))

    def run(self) -> None:
        try:
            self._session.run_with_iobinding(self._binding)
        except Exception as error:  # ONNX Runtime's errors are classes without a common base
            if _ALLOCATION_FAILED not in str(error):
                raise
            message, remedy = "The GPU ran out of memory.", "Use a smaller batch or input size."
            raise BenchError("out-of-memory-gpu", "measure", message, remedy, error) from error

    def copy_out(self) -> Sequence[NDArray[Any]]:
        return self._binding.copy_outputs_to_cpu()

    def synchronize(self) -> None:
        self._binding.synchronize_outputs()


METHOD = "ONNX Runtime's profile of a second session: the operators' kernels, median over the queries"
_SUFFIX = "_kernel_time"


def read_layer_times(file: Path) -> LayerProfile:
    """Removes the file."""
    try:
        events = json.loads(file.read_text(encoding="utf-8"))
    finally:
        file.unlink(missing_ok=True)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for event in events:
        if event.get("cat") == "Node" and event.get("name", "").endswith(_SUFFIX):
            times[event["name"].removesuffix(_SUFFIX), event["args"]["op_name"]].append(event["dur"] / 1e3)
    layers = (LayerTime(name, operator, median(each)) for (name, operator), each in times.items())
    return LayerProfile(METHOD, tuple(layers))


def load_session_case(case: WorkerCase, file: Path, optimization: str) -> SessionCase:
    import onnxruntime

    session = open_profiled_session(onnxruntime, case, file, optimization)
    return SessionCase(onnxruntime, session, case, file, optimization)


def _inputs_of(session: Any, case: WorkerCase) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Each input's name, NumPy type and shape in one query."""
    if case.feeds is None:
        name, kind = match_input(session, case)
        return ((name, kind, (case.batch_size, *case.input.shape[1:])),)
    match_feeds(session, case, case.feeds)
    brain = [feed.name for feed in case.feeds if feed.type == "bfloat16"]
    if brain:
        message = f"{', '.join(brain)} is bfloat16, which ONNX Runtime for Python takes from no array."
        raise BenchError("input-mismatch", "load", message, "Export the model with float32 inputs, cast inside.")
    return tuple((feed.name, feed.type, query_shape(feed, case.batch_size)) for feed in case.feeds)


class SessionCase(LoadedCase):
    engine_declared = Bytes(None, "ONNX Runtime declares no size in advance")

    def __init__(self, onnxruntime: Any, session: Any, case: WorkerCase, file: Path, optimization: str) -> None:
        self._onnxruntime, self._session, self._case, self._file = onnxruntime, session, case, file
        self._optimization = optimization
        self._outputs = list(case.model.outputs)
        self._given = _inputs_of(session, case)
        self._binding = self._bound() if case.device == "cuda" else None
        self._is_profiled = True
        self.threads = session.get_session_options().intra_op_num_threads
        self.versions = {"onnxruntime": onnxruntime.__version__}

    def _bound(self) -> DeviceBinding:
        return DeviceBinding(self._onnxruntime, self._session, self._case.device, self._given, self._outputs)

    def _feed(self, batch: Batch) -> Mapping[str, NDArray[Any]]:
        if not isinstance(batch, np.ndarray):
            return batch
        name, kind, _ = self._given[0]
        return {name: batch.astype(kind, copy=False)}

    def query(self, batch: Batch) -> Sequence[NDArray[Any]]:
        if self._binding is not None:
            self._binding.copy_in(self._feed(batch))
            self._binding.run()
            return self._binding.copy_out()
        return self._session.run(self._outputs, self._feed(batch))

    def synchronize(self) -> None:
        if self._binding is not None:
            self._binding.synchronize()

    def query_in_parts(self, batch: Batch, part: MarkPart) -> Sequence[NDArray[Any]]:
        if self._binding is None:
            with part("compute"):
                return self.query(batch)
        with part("host-to-device"):
            self._binding.copy_in(self._feed(batch))
        with part("compute"):
            self._binding.run()
        with part("device-to-host"):
            return self._binding.copy_out()

    def profile_layers(self, batches: Sequence[Batch], queries: int) -> LayerProfile:
        if self._case.device == "cuda":
            message = (
                "ONNX Runtime reports how long the host took to launch each operator, not how long the GPU worked."
            )
            raise NotSupported(message)
        session = open_profiled_session(self._onnxruntime, self._case, self._file, self._optimization)
        for index in range(queries):
            session.run(self._outputs, self._feed(batches[index % len(batches)]))
        return read_layer_times(Path(session.end_profiling()))

    def prove_precision(self, batch: Batch) -> PrecisionProof:
        self.query(batch)
        self._is_profiled = False
        operators = read_profile(Path(self._session.end_profiling()))
        foreign = {operator.provider for operator in operators} - {PROVIDERS[self._case.device]}
        if foreign:
            raise BenchError(
                "backend-unavailable",
                "load",
                f"Part of {self._case.model.name} ran on {', '.join(sorted(foreign))} instead.",
                "Use the CPU, or a model whose operators the GPU provider supports.",
            )
        options = self._session.get_session_options()
        on_cuda = self._session.get_provider_options().get(PROVIDERS["cuda"], {})
        tf32 = on_cuda.get("use_tf32")
        settings = (
            f"{SPINNING} = {options.get_session_config_entry(SPINNING)}",
            *((f"{SPIN_TIME} = {options.get_session_config_entry(SPIN_TIME)}",) if spins(self._case) else ()),
            *((f"{name} = {value}" for name, value in TUNED.items()) if is_tuned(self._case) else ()),
            f"graph optimization = {options.graph_optimization_level.name}",
            *(("host memory of copies = pageable",) if self._case.device == "cuda" else ()),
            *((f"{EXACT_INT8} = 1",) if self._case.options.get("int8Kernels") == "exact" else ()),
            *(f"{name} = {on_cuda[name]}" for name in CUDA_SETTINGS if name in on_cuda),
        )
        return judge_operators(
            self._case.precision, operators, stored_types(self._file), settings, uses_tf32=tf32 == "1"
        )

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "ONNX Runtime does not report its arena's peak")

    def close(self) -> None:
        if self._is_profiled:
            self._is_profiled = False
            Path(self._session.end_profiling()).unlink(missing_ok=True)
