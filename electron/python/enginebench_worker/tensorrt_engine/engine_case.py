"""A TensorRT engine as a case: one context, one stream, buffers for one batch size; copies to and from the GPU count.

With `cudaGraph` the copies and the engine are recorded once and launched as one; without it, they are put on the stream
one by one. If the parts of a query are timed separately, only the engine is recorded, and the copies stay separate.
Outputs are copies, since the next query overwrites the page-locked buffers. Layers are timed by TensorRT's own profiler
while the engine runs layer by layer; the library calls it, so it never raises."""

from __future__ import annotations

import contextlib
import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backend import LayerProfile, LoadedCase, MarkPart, NotSupported, TimedPart
from enginebench_worker.errors import BenchError
from enginebench_worker.host_memory import in_words, is_pinned
from enginebench_worker.tensorrt_engine.cuda_stream import CudaError, CudaStream, PairedBuffer
from enginebench_worker.tensorrt_engine.inspector import inspect_engine, shape_in_words
from enginebench_worker.tensorrt_engine.library import Library, open_library
from enginebench_worker.tensorrt_engine.opened_engine import open_engine
from enginebench_worker.tensorrt_engine.precision import judge_opened_engine
from enginebench_worker.tuning import is_tuned
from enginebench_worker.wire.domain import Bytes, LayerTime, PrecisionProof, WorkerCase

METHOD = "TensorRT's profiler, layers timed on the GPU one by one, without a CUDA graph: median over the queries"


class LayerTimes:
    def __init__(self, trt: Any) -> None:
        self._times: dict[str, list[float]] = defaultdict(list)
        times = self._times

        class KeepingProfiler(trt.IProfiler):
            def __init__(self) -> None:
                trt.IProfiler.__init__(self)

            def report_layer_time(self, layer_name: str, ms: float) -> None:
                times[layer_name].append(float(ms))

        self.profiler = KeepingProfiler()
        """Keep a reference to it: the library does not."""

    def profile(self, kinds: Mapping[str, str]) -> LayerProfile:
        layers = (LayerTime(name, kinds.get(name) or "layer", median(each)) for name, each in self._times.items())
        return LayerProfile(METHOD, tuple(layers), "device")


def load_engine_case(case: WorkerCase, file: Path) -> EngineCase:
    library = open_library("load")
    runtime, engine = open_engine(library, file)
    stream = CudaStream(importlib.import_module("cuda.bindings.runtime"))
    try:
        return EngineCase(case, library, runtime, engine, stream)
    except BaseException:
        stream.close()
        raise


class EngineCase(LoadedCase):
    threads = None

    def __init__(self, case: WorkerCase, library: Library, runtime: Any, engine: Any, stream: CudaStream) -> None:
        self._case, self._library, self._runtime, self._engine, self._stream = case, library, runtime, engine, stream
        self._pinned = is_pinned(case)
        self._context = engine.create_execution_context()
        if self._context is None:
            message = "The engine's working memory does not fit on the GPU."
            raise BenchError(
                "out-of-memory-gpu", "load", message, "Use a smaller batch, or close other programs that use the GPU."
            )
        self._check_names()
        shape = (case.batch_size, *case.input.shape[1:])
        self._set_input_shape(shape)
        self._input = self._bind(case.model.input.name, shape)
        self._outputs = [self._bind(name, self._output_shape(name)) for name in case.model.outputs]
        self.versions = dict(library.tools)
        inspected = inspect_engine(library, engine, self._context)
        self._inspected = inspected
        self.engine_declared = Bytes(inspected.activation_bytes + inspected.weight_bytes)
        self._uses_graph = case.options.get("cudaGraph") is True or is_tuned(case)
        if self._uses_graph and not self._pinned:
            message = "A CUDA graph copies from and to pinned memory only."
            raise BenchError("bad-usage", "load", message, "Leave out hostMemory, or the CUDA graph.")
        self._launch: Callable[[], None] = self._recorded(self._enqueue)

    def query(self, batch: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        np.copyto(self._input.host, batch, casting="same_kind")
        self._launch()
        self._stream.synchronize()
        return [output.host.copy() for output in self._outputs]

    def synchronize(self) -> None:
        self._stream.synchronize()

    def query_in_parts(self, batch: NDArray[np.float32], part: MarkPart) -> Sequence[NDArray[Any]]:
        compute = self._engine_alone
        with part("host-to-device"):
            np.copyto(self._input.host, batch, casting="same_kind")
            self._stream.copy_in(self._input)
        with part("compute"):
            compute()
        with part("device-to-host"):
            self._copy_out()
            self._stream.synchronize()
            return [output.host.copy() for output in self._outputs]

    def device_part_ms(self, batch: NDArray[np.float32]) -> dict[TimedPart, float]:
        compute, (begin, copied, computed, end) = self._engine_alone, self._marks
        np.copyto(self._input.host, batch, casting="same_kind")
        self._stream.mark(begin)
        self._stream.copy_in(self._input)
        self._stream.mark(copied)
        compute()
        self._stream.mark(computed)
        self._copy_out()
        self._stream.mark(end)
        self._stream.synchronize()
        return {
            "host-to-device": self._stream.milliseconds_between(begin, copied),
            "compute": self._stream.milliseconds_between(copied, computed),
            "device-to-host": self._stream.milliseconds_between(computed, end),
        }

    def profile_layers(self, batches: Sequence[NDArray[np.float32]], queries: int) -> LayerProfile:
        """On a separate context, so the case is unchanged."""
        context = self._engine.create_execution_context()
        if context is None:
            raise NotSupported("The engine's working memory does not fit on the GPU a second time.")
        times = LayerTimes(self._library.module)
        context.profiler = times.profiler
        context.set_input_shape(self._case.model.input.name, self._input.host.shape)
        for name, buffer in self._buffers():
            context.set_tensor_address(name, buffer.device_pointer)
        for index in range(queries):
            np.copyto(self._input.host, batches[index % len(batches)], casting="same_kind")
            self._stream.copy_in(self._input)
            self._execute(context)
            self._stream.synchronize()
        return times.profile(self._inspected.kinds)

    def prove_precision(self, batch: NDArray[np.float32]) -> PrecisionProof:
        self.query(batch)
        proof = judge_opened_engine(self._case.precision, self._inspected, self._case.build_record)
        graph = f"CUDA graph = {'on' if self._uses_graph else 'off'}"
        return replace(proof, evidence=(*proof.evidence, in_words(self._pinned), graph))

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

    def _recorded(self, work: Callable[[], None]) -> Callable[[], None]:
        """Runs `work` once first: the first run allocates, which a recording must not."""
        if not self._uses_graph:
            return work
        work()
        self._stream.synchronize()
        return self._stream.capture(work)

    def _enqueue(self) -> None:
        self._stream.copy_in(self._input)
        self._execute()
        self._copy_out()

    def _execute(self, context: Any = None) -> None:
        if not (context or self._context).execute_async_v3(self._stream.handle):
            self._stream.raise_if_faulted()
            raise RuntimeError("TensorRT did not run the engine")

    def _buffers(self) -> Iterator[tuple[str, PairedBuffer]]:
        yield self._case.model.input.name, self._input
        yield from zip(self._case.model.outputs, self._outputs, strict=True)

    def _copy_out(self) -> None:
        for output in self._outputs:
            self._stream.copy_out(output)

    def _check_names(self) -> None:
        names = [self._engine.get_tensor_name(index) for index in range(self._engine.num_io_tensors)]
        wanted = [self._case.model.input.name, *self._case.model.outputs]
        missing = [name for name in wanted if name not in names]
        if missing:
            message = f"The engine has no input or output named {', '.join(missing)}; it has {', '.join(names)}."
            raise BenchError("input-mismatch", "load", message, "Convert the model again.")

    def _set_input_shape(self, shape: tuple[int, ...]) -> None:
        name = self._case.model.input.name
        least, _, most = (tuple(each) for each in self._engine.get_tensor_profile_shape(name, 0))
        fits = len(shape) == len(least) and all(
            low <= size <= high for low, size, high in zip(least, shape, most, strict=True)
        )
        if not fits or not self._context.set_input_shape(name, shape):
            spans = f"{shape_in_words(least)} to {shape_in_words(most)}"
            message = f"The engine was built for inputs of {spans}, but the case asks for {shape_in_words(shape)}."
            remedy = "Choose a batch within the engine's profile, or convert the model for this one."
            raise BenchError("batch-outside-profile", "load", message, remedy)

    def _output_shape(self, name: str) -> tuple[int, ...]:
        shape = tuple(self._context.get_tensor_shape(name))
        if any(size < 0 for size in shape):
            message = f"The size of output {name} depends on the image, which this version does not support."
            raise BenchError("input-mismatch", "load", message, "Export the model without its postprocessing.")
        return shape

    def _bind(self, name: str, shape: tuple[int, ...]) -> PairedBuffer:
        try:
            dtype = np.dtype(self._library.module.nptype(self._engine.get_tensor_dtype(name)))
        except TypeError as error:
            message = f"Engine tensor {name} has a type that arrays do not support."
            raise BenchError("input-mismatch", "load", message, "Keep inputs and outputs in FP32.", error) from error
        buffer = self._stream.pair(shape, dtype, self._pinned)
        self._context.set_tensor_address(name, buffer.device_pointer)
        return buffer
