"""The stand-in's runtime: engines, contexts, profiles, tensors, as the headers of TensorRT describe them.

A call that the library refuses logs why and answers False or None. Host code is refused unless it is allowed. The
inspector tells types of tensors only with a context whose input shapes are set. The engine doubles its input."""

from __future__ import annotations

import ctypes
import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

HOST_CODE = (
    "IRuntime::deserializeCudaEngine: Error Code 4: API Usage Error (Cannot deserialize engine with lean runtime since "
    "IRuntime::getEngineHostCodeAllowed() is false.)"
)
NOT_BOUND = (
    "IExecutionContext::enqueueV3: Error Code 3: API Usage Error "
    "(Neither address or allocator is set for output tensor {}.)"
)
TYPES = {
    "FLOAT": np.float32,
    "HALF": np.float16,
    "BF16": np.uint16,
    "INT8": np.int8,
    "UINT8": np.uint8,
    "INT32": np.int32,
    "INT64": np.int64,
    "BOOL": np.bool_,
}
Shape = tuple[int, ...]


@dataclass
class FakeIo:
    """One input or output. A shape with -1 follows the image's batch; a varying one is known only after a run."""

    name: str
    is_input: bool = False
    dtype: str = "FLOAT"
    shape: Shape = (-1, 64)
    form: str = "LINEAR"
    location: str = "DEVICE"
    becomes: Shape | None = None
    """The shape of a varying output, once it ran."""
    profile_values: tuple[tuple[int, ...], ...] = ()
    """Least, tuned and most values of a shape input."""


def image_and_logits() -> list[FakeIo]:
    return [FakeIo("pixels", is_input=True, shape=(-1, 1, 8, 8)), FakeIo("logits")]


@dataclass
class FakeEngine:
    """What the engine in the file is like, and what the runtime did with it."""

    io: Sequence[FakeIo] = field(default_factory=image_and_logits)
    profiles: Sequence[tuple[Shape, Shape, Shape]] = (((1, 1, 8, 8), (8, 1, 8, 8), (16, 1, 8, 8)),)
    shapes_of: Mapping[str, tuple[Shape, Shape, Shape]] = field(default_factory=dict)
    """Of inputs beside the image, in every profile."""
    has_host_code: bool = False
    opening: Sequence[tuple[str, str]] = ()
    """Lines that opening logs, by severity."""
    opens: bool = True
    runtime_words: str | None = None
    """Logged instead of making a runtime, for which the bindings raise."""
    context_words: str | None = None
    """Logged instead of making a context."""
    run_words: str | None = None
    """Logged instead of running."""
    on_run: Callable[[], None] = lambda: None
    """Called at each run, e.g. to break the device."""
    refused_addresses: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)


def engine_behaviours(trt: types.ModuleType, script: Any) -> dict[str, type]:
    described: FakeEngine = script.engine
    by_name = {each.name: each for each in described.io}
    image = next(each.name for each in described.io if each.is_input)

    class Runtime:
        engine_host_code_allowed = False

        def __init__(self, logger: Any) -> None:
            self._logger = logger
            if described.runtime_words is not None:
                logger.log(trt.ILogger.Severity.ERROR, described.runtime_words)
                raise TypeError("pybind11::init(): factory function returned nullptr")

        def deserialize_cuda_engine(self, serialized_engine: Any) -> Any:
            script.opened = bytes(serialized_engine)
            for severity, text in described.opening:
                self._logger.log(trt.ILogger.Severity[severity], text)
            if described.has_host_code and not self.engine_host_code_allowed:
                self._logger.log(trt.ILogger.Severity.ERROR, HOST_CODE)
                return None
            if not described.opens:
                return None
            engine = trt.ICudaEngine()
            engine.__dict__["_logger"] = self._logger
            return engine

    class ICudaEngine:
        device_memory_size_v2 = 1000

        @property
        def num_io_tensors(self) -> int:
            return len(described.io)

        @property
        def num_optimization_profiles(self) -> int:
            return len(described.profiles)

        def get_tensor_name(self, index: int) -> str:
            return described.io[index].name

        def get_tensor_mode(self, name: str) -> Any:
            return trt.TensorIOMode.INPUT if by_name[name].is_input else trt.TensorIOMode.OUTPUT

        def get_tensor_dtype(self, name: str) -> Any:
            return trt.DataType[by_name[name].dtype]

        def get_tensor_shape(self, name: str) -> Shape:
            return by_name[name].shape

        def get_tensor_format(self, name: str, profile_index: int) -> Any:
            assert profile_index < len(described.profiles)
            return trt.TensorFormat[by_name[name].form]

        def get_tensor_format_desc(self, name: str) -> str:
            told = {"FLOAT": "FP32", "HALF": "FP16"}.get(by_name[name].dtype, by_name[name].dtype)
            return f"Row-major linear {told} format (k{by_name[name].form})"

        def get_tensor_location(self, name: str) -> Any:
            return trt.TensorLocation[by_name[name].location]

        def is_shape_inference_io(self, name: str) -> bool:
            return by_name[name].location == "HOST"

        def get_tensor_profile_shape(self, name: str, profile_index: int) -> list[Shape]:
            return list(described.shapes_of.get(name, described.profiles[profile_index]))

        def get_tensor_profile_values(self, name: int, profile_index: str) -> list[list[int]]:
            """The official bindings name these two the wrong way round."""
            assert isinstance(name, int) and isinstance(profile_index, str)
            return [list(each) for each in by_name[profile_index].profile_values]

        def get_engine_stat(self, stat: Any) -> int:
            assert stat is trt.EngineStat.TOTAL_WEIGHTS_SIZE
            return 500

        def create_engine_inspector(self) -> Any:
            return trt.EngineInspector()

        def create_execution_context(self) -> Any:
            if described.context_words is not None:
                self._logger.log(trt.ILogger.Severity.ERROR, described.context_words)
                return None
            context = trt.IExecutionContext()
            context.__dict__.update(_logger=self._logger, _profile=0, _shapes={}, _addresses={}, _allocators={})
            return context

    class EngineInspector:
        def get_engine_information(self, format: Any) -> str:
            assert format is trt.LayerInformationFormat.JSON
            context = getattr(self, "execution_context", None)
            shapes = context is not None and context._shapes
            return json.dumps(script.inspector if shapes else _without_types(script.inspector))

    class IExecutionContext:
        def set_optimization_profile_async(self, profile_index: int, stream_handle: int) -> bool:
            described.done.append(f"profile {profile_index}")
            self._profile = profile_index
            return profile_index < len(described.profiles)

        def set_input_shape(self, name: str, shape: Shape) -> bool:
            least, _, most = described.shapes_of.get(name, described.profiles[self._profile])
            fits = all(low <= size <= high for low, size, high in zip(least, shape, most, strict=True))
            if fits:
                self._shapes[name] = shape
            return fits

        def get_tensor_shape(self, name: str) -> Shape:
            tensor = by_name[name]
            if tensor.is_input:
                return self._shapes.get(name, tensor.shape)
            if tensor.becomes is not None:
                return tensor.shape
            return tuple(self._shapes[image][0] if size < 0 else size for size in tensor.shape)

        def get_max_output_size(self, name: str) -> int:
            tensor = by_name[name]
            shape = tensor.becomes or self.get_tensor_shape(name)
            return 4 * prod(shape) * np.dtype(TYPES[tensor.dtype]).itemsize

        def set_tensor_address(self, name: str, memory: int) -> bool:
            if name in described.refused_addresses:
                return False
            self._addresses[name] = memory
            return True

        def set_output_allocator(self, name: str, output_allocator: Any) -> bool:
            self._allocators[name] = output_allocator
            return True

        def execute_async_v3(self, stream_handle: int) -> bool:
            script.streams.append(stream_handle)
            described.on_run()
            if described.run_words is not None:
                self._logger.log(trt.ILogger.Severity.ERROR, described.run_words)
                return False
            for tensor in described.io:
                if tensor.name not in self._addresses and tensor.name not in self._allocators:
                    self._logger.log(trt.ILogger.Severity.ERROR, NOT_BOUND.format(tensor.name))
                    return False
            if getattr(self, "profiler", None) is not None:
                for name, milliseconds in script.layer_times:
                    self.profiler.report_layer_time(name, milliseconds * len(script.streams))
            read = _array(self._addresses[image], by_name[image].dtype, self._shapes[image])
            for tensor in described.io:
                if not tensor.is_input:
                    self._give(tensor, read)
            return True

        def _give(self, tensor: FakeIo, read: Any) -> None:
            shape = tensor.becomes or self.get_tensor_shape(tensor.name)
            address = self._addresses.get(tensor.name)
            if tensor.name in self._allocators:
                allocator, size = self._allocators[tensor.name], prod(shape) * np.dtype(TYPES[tensor.dtype]).itemsize
                address = allocator.reallocate_output_async(tensor.name, 0, size, 256, 7)
                allocator.notify_shape(tensor.name, shape)
            given = np.resize(read.reshape(-1), shape)
            _array(address, tensor.dtype, shape)[...] = given if tensor.dtype == "BF16" else given * 2

    return {
        "Runtime": Runtime,
        "ICudaEngine": ICudaEngine,
        "EngineInspector": EngineInspector,
        "IExecutionContext": IExecutionContext,
    }


def _array(address: int, dtype: str, shape: Shape) -> Any:
    kind = np.dtype(TYPES[dtype])
    memory = (ctypes.c_byte * (prod(shape) * kind.itemsize)).from_address(address)
    return np.frombuffer(memory, dtype=kind).reshape(shape)


def _without_types(answer: Any) -> Any:
    """As an engine with an open batch answers an inspector without a context."""
    if isinstance(answer, list):
        return [_without_types(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    unknown = ("Format/Datatype", "Format", "Datatype")
    untold = {key: "N/A due to dynamic shapes" for key in answer if key in unknown}
    return {key: _without_types(value) for key, value in answer.items()} | untold
