"""A TensorRT engine as a case: one context, one stream, buffers for one batch size; copies to and from the GPU count.

With `cudaGraph` the copies and the engine are recorded once and launched as one; without it, they are put on the stream
one by one. If the parts of a query are timed separately, only the engine is recorded, and the copies stay separate.

TensorRT answers False and logs why. So a failed query is judged by what it logged and by waiting for the device: that
alone shows a fault, after which this process must not use the GPU again."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backend import (
    Batch,
    LayerProfile,
    LoadedCase,
    MarkPart,
    NotSupported,
    TimedPart,
    query_shape,
)
from enginebench_worker.errors import BenchError, breaks_the_device
from enginebench_worker.host_memory import in_words as memory_in_words
from enginebench_worker.host_memory import is_pinned
from enginebench_worker.tensorrt_engine.cuda_stream import CudaError, CudaStream
from enginebench_worker.tensorrt_engine.engine_buffers import EngineBuffers, Refused, tensors_of
from enginebench_worker.tensorrt_engine.failures import capture_refusal, preparing_refusal, running_failure
from enginebench_worker.tensorrt_engine.inspector import inspect_engine
from enginebench_worker.tensorrt_engine.layer_times import LayerTimes
from enginebench_worker.tensorrt_engine.library import Library, open_library
from enginebench_worker.tensorrt_engine.opened_engine import OpenedEngine, open_engine
from enginebench_worker.tensorrt_engine.precision import judge_opened_engine
from enginebench_worker.tensorrt_engine.profiles import choose_profile, in_words, profile_notes, profiles_of
from enginebench_worker.tensorrt_engine.trtexec import run_command
from enginebench_worker.tuning import is_tuned
from enginebench_worker.wire.domain import Bytes, PrecisionProof, WorkerCase

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


def load_engine_case(case: WorkerCase, file: Path) -> EngineCase:
    library = open_library("load")
    stream = CudaStream(importlib.import_module("cuda.bindings.runtime"))
    try:
        opened = open_engine(library, file, case.plugin, stream.memory_bytes()[1])
        return EngineCase(case, library, opened, stream)
    except BaseException as error:
        fault = _fault_of(stream, [str(error)])
        stream.close()
        if fault is not None and not breaks_the_device(error):
            raise fault from error
        raise


def _fault_of(stream: CudaStream, words: Sequence[str]) -> CudaError | None:
    """The device's own fault if it has one, with `words`. Not to be asked while a capture is under way."""
    try:
        stream.raise_if_faulted()
    except CudaError as fault:
        return CudaError("\n".join(dict.fromkeys([str(fault), *words])))
    return None


def _shapes_of(case: WorkerCase) -> dict[str, tuple[int, ...]]:
    """Of every input in one query."""
    if case.feeds is None:
        return {case.model.input.name: (case.batch_size, *case.input.shape[1:])}
    return {feed.name: query_shape(feed, case.batch_size) for feed in case.feeds}


class EngineCase(LoadedCase):
    threads = None

    def __init__(self, case: WorkerCase, library: Library, opened: OpenedEngine, stream: CudaStream) -> None:
        self._case, self._library, self._opened, self._stream = case, library, opened, stream
        self._engine: trt.ICudaEngine = opened.engine
        self._pinned = is_pinned(case)
        self._check_names()
        self._shapes = _shapes_of(case)
        self._shape = self._shapes[case.model.input.name]
        profiles = profiles_of(self._engine, case.model.input.name)
        self._profile = choose_profile(profiles, self._shape)
        tensors = tensors_of(library.module, self._engine, self._profile.index)
        self._context = self._new_context()
        try:
            self._buffers = EngineBuffers(
                library.module,
                self._engine,
                self._context,
                stream,
                tensors,
                case.model.input.name,
                self._shapes,
                self._profile,
                self._pinned,
            )
        except Refused as error:
            raise self._failure(error) from error
        inspected = inspect_engine(library, self._engine, self._context)
        self._inspected = inspected
        self.versions = dict(library.tools)
        self.engine_declared = Bytes(inspected.activation_bytes + inspected.weight_bytes)
        self._uses_graph = case.options.get("cudaGraph") is True or is_tuned(case)
        if self._uses_graph and not self._pinned:
            message = "A CUDA graph copies from and to pinned memory only."
            raise BenchError("bad-usage", "load", message, "Leave out hostMemory, or the CUDA graph.")
        self._launch: Callable[[], None] = self._recorded(self._enqueue)
        self.notes = (*opened.notes, *profile_notes(profiles, self._profile, self._shape), *self._own_notes())

    def query(self, batch: Batch) -> Sequence[NDArray[Any]]:
        try:
            self._buffers.fill(batch)
            self._launch()
            self._copy_out_of_varying_size()
            self._stream.synchronize()
            return self._buffers.read(self._case.model.outputs)
        except (Refused, CudaError) as error:
            raise self._failure(error) from error

    def synchronize(self) -> None:
        self._stream.synchronize()

    def ready_to_enqueue(self, batch: Batch) -> Callable[[], None]:
        compute = self._engine_alone
        self._buffers.fill(batch)
        self._buffers.copy_in()
        self._stream.synchronize()
        return compute

    def query_in_parts(self, batch: Batch, part: MarkPart) -> Sequence[NDArray[Any]]:
        compute = self._engine_alone
        try:
            with part("host-to-device"):
                self._buffers.fill(batch)
                self._buffers.copy_in()
            with part("compute"):
                compute()
            with part("device-to-host"):
                self._buffers.copy_out()
                self._stream.synchronize()
                return self._buffers.read(self._case.model.outputs)
        except (Refused, CudaError) as error:
            raise self._failure(error) from error

    def device_part_ms(self, batch: Batch) -> dict[TimedPart, float]:
        compute, (begin, copied, computed, end) = self._engine_alone, self._marks
        try:
            self._buffers.fill(batch)
            self._stream.mark(begin)
            self._buffers.copy_in()
            self._stream.mark(copied)
            compute()
            self._stream.mark(computed)
            self._buffers.copy_out()
            self._stream.mark(end)
            self._stream.synchronize()
        except (Refused, CudaError) as error:
            raise self._failure(error) from error
        return {
            "host-to-device": self._stream.milliseconds_between(begin, copied),
            "compute": self._stream.milliseconds_between(copied, computed),
            "device-to-host": self._stream.milliseconds_between(computed, end),
        }

    def profile_layers(self, batches: Sequence[Batch], queries: int) -> LayerProfile:
        """On a separate context, so the case is unchanged."""
        try:
            context = self._new_context()
        except BenchError as refusal:
            if refusal.record.code != "out-of-memory-gpu":
                raise
            raise NotSupported("The engine's working memory does not fit on the GPU a second time.") from refusal
        times = LayerTimes(self._library.module)
        context.profiler = times.profiler
        try:
            self._buffers.bind(context)
            for index in range(queries):
                self._buffers.fill(batches[index % len(batches)])
                self._buffers.copy_in()
                self._execute(context)
                self._stream.synchronize()
                times.end_query()
        except (Refused, CudaError) as error:
            raise self._failure(error) from error
        return times.profile(self._inspected.kinds)

    def prove_precision(self, batch: Batch) -> PrecisionProof:
        if isinstance(batch, np.ndarray):
            self._buffers.element.check_holds(self._case.model.input.name, batch)
        self.query(batch)
        proof = judge_opened_engine(self._case.precision, self._inspected, self._case.build_record)
        graph = f"CUDA graph = {'on' if self._uses_graph else 'off'}"
        return replace(proof, evidence=(*proof.evidence, memory_in_words(self._pinned), graph))

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "TensorRT does not count its allocations")

    def close(self) -> None:
        with contextlib.suppress(CudaError):  # a faulted device no longer answers, and everything is freed anyway
            self._stream.synchronize()
        self._stream.close()

    @cached_property
    def _engine_alone(self) -> Callable[[], None]:
        return self._recorded(self._execute)

    @cached_property
    def _marks(self) -> tuple[Any, Any, Any, Any]:
        stream = self._stream
        return stream.event(), stream.event(), stream.event(), stream.event()

    def _new_context(self) -> trt.IExecutionContext:
        """For the case's profile and shape; its buffers are not bound yet."""
        context = self._engine.create_execution_context()
        if context is None:
            raise self._explained(preparing_refusal(self._opened.log.take_errors(), self._opened.file))
        taken = context.set_optimization_profile_async(self._profile.index, self._stream.handle)
        self._stream.synchronize()
        for name, shape in self._shapes.items():
            if not taken or not context.set_input_shape(name, shape):
                raise self._failure(Refused(f"TensorRT did not take the input shape {in_words(shape)}"))
        return context

    def _recorded(self, work: Callable[[], None]) -> Callable[[], None]:
        """Runs `work` once first: the first run allocates, which a recording must not."""
        if not self._uses_graph:
            return work
        if self._buffers.varying:
            words = f"the size of output {self._buffers.varying[0]} depends on the image"
            raise capture_refusal([words], in_words(self._shape))
        try:
            work()
            self._stream.synchronize()
        except (Refused, CudaError) as error:
            raise self._failure(error) from error
        try:
            return self._stream.capture(work)
        except (Refused, CudaError) as error:
            own = [str(error)] if isinstance(error, CudaError) else []
            lines = [*own, *self._opened.log.take_errors()]
            raise self._explained(capture_refusal(lines, in_words(self._shape))) from None

    def _enqueue(self) -> None:
        self._buffers.copy_in()
        self._execute()
        if not self._buffers.varying:
            self._buffers.copy_out()

    def _copy_out_of_varying_size(self) -> None:
        """Sizes are known only once the engine was put on the stream, so such a query is never recorded."""
        if self._buffers.varying:
            self._buffers.copy_out()

    def _execute(self, context: trt.IExecutionContext | None = None) -> None:
        running = self._context if context is None else context
        if not running.execute_async_v3(self._stream.handle):
            raise Refused("TensorRT did not run the engine")

    def _failure(self, error: Refused | CudaError) -> Exception:
        """Of a call that failed outside a capture: a fault of the device, or what TensorRT logged, in words."""
        lines = self._opened.log.take_errors()
        words = [str(error), *lines]
        said = CudaError("\n".join(words))
        if breaks_the_device(said):
            return said
        refused = isinstance(error, Refused)
        return _fault_of(self._stream, words) or (
            running_failure(lines, str(error)) if refused else running_failure(words)
        )

    def _explained(self, refusal: BenchError) -> Exception:
        return _fault_of(self._stream, [refusal.record.cause or ""]) or refusal

    def _check_names(self) -> None:
        names = [self._engine.get_tensor_name(index) for index in range(self._engine.num_io_tensors)]
        wanted = [*_shapes_of(self._case), *self._case.model.outputs]
        missing = [name for name in wanted if name not in names]
        if missing:
            message = f"The engine has no input or output named {', '.join(missing)}; it has {', '.join(names)}."
            raise BenchError("input-mismatch", "load", message, "Convert the model again.")

    def _own_notes(self) -> tuple[str, ...]:
        notes = [
            f"Shape input {name} is set to {values}, for which the engine was tuned."
            for name, values in self._buffers.shape_values.items()
        ]
        if self._uses_graph:
            notes.append(f"A CUDA graph was recorded for the input {in_words(self._shape)}, with its copies.")
        plugin, record = self._case.plugin, self._case.build_record
        variable = [
            (name, shape)
            for name, shape in self._shapes.items()
            if any(size < 0 for size in tuple(self._engine.get_tensor_shape(name)))
        ]
        command = run_command(
            self._library.capabilities.major,
            self._opened.file,
            variable,
            self._uses_graph,
            self._profile.index,
            None if plugin is None else plugin.name,
            record is not None and record.version_compatible is True,
        )
        return (*notes, f"The same with TensorRT's own tool: {command}")
