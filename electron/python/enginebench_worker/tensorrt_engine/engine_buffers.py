"""The memory of a case's inputs and outputs, bound to its execution context.

The inputs and the outputs on the GPU have a host array each, page-locked unless the case asks otherwise. Shape
tensors stay in host memory, where TensorRT reads and writes them. All outputs of an engine must be bound, also those
that the manifest does not name. An output whose shape depends on the image gets its largest possible size once;
TensorRT says its shape in each query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backend import Batch
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.cuda_stream import CudaStream, PairedBuffer
from enginebench_worker.tensorrt_engine.element_types import ElementType, element_type
from enginebench_worker.tensorrt_engine.profiles import Profile

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


class Refused(RuntimeError):
    """A call of TensorRT answered False; why, it only logged."""


@dataclass(frozen=True)
class Tensor:
    name: str
    is_input: bool
    is_on_host: bool
    element: ElementType


def tensors_of(trt: Any, engine: trt.ICudaEngine, profile: int) -> tuple[Tensor, ...]:
    """BenchError if an array cannot stand for one of them."""
    found: list[Tensor] = []
    for index in range(engine.num_io_tensors):
        name = engine.get_tensor_name(index)
        is_input = engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT
        is_on_host = engine.get_tensor_location(name) == trt.TensorLocation.HOST
        form = engine.get_tensor_format(name, profile)
        if form != trt.TensorFormat.LINEAR:
            raise _not_linear(name, form.name)
        found.append(Tensor(name, is_input, is_on_host, element_type(engine.get_tensor_dtype(name), name)))
    return tuple(found)


def _not_linear(name: str, form: str) -> BenchError:
    message = f"Engine tensor {name} is stored in the format {form}; arrays need the linear format."
    remedy = "Build the engine with linear inputs and outputs: leave out --inputIOFormats and --outputIOFormats."
    return BenchError("input-mismatch", "load", message, remedy)


class _Output:
    """One that the engine writes to the GPU, of a shape that is known beforehand."""

    def __init__(self, stream: CudaStream, tensor: Tensor, shape: tuple[int, ...], pinned: bool) -> None:
        self._stream, self._element = stream, tensor.element
        self._buffer = stream.pair(shape, tensor.element.stored, pinned)

    def bind(self, context: trt.IExecutionContext, name: str) -> bool:
        return context.set_tensor_address(name, self._buffer.device_pointer)

    def copy_out(self) -> None:
        self._stream.copy_out(self._buffer)

    def read(self) -> NDArray[Any]:
        return self._element.read(self._buffer.host)


class _HostOutput:
    def __init__(self, stream: CudaStream, tensor: Tensor, shape: tuple[int, ...]) -> None:
        self._element = tensor.element
        self._host = stream.host_array(shape, tensor.element.stored)

    def bind(self, context: trt.IExecutionContext, name: str) -> bool:
        return context.set_tensor_address(name, self._host.ctypes.data)

    def copy_out(self) -> None:
        """It is on the host already."""

    def read(self) -> NDArray[Any]:
        return self._element.read(self._host)


class _VaryingOutput:
    def __init__(self, trt: Any, stream: CudaStream, tensor: Tensor, largest_bytes: int) -> None:
        self._stream, self._element = stream, tensor.element
        self._buffer: PairedBuffer = stream.pair((largest_bytes,), np.dtype(np.uint8))
        self._allocator = _make_allocator(trt, self._buffer.device_pointer, largest_bytes)

    def bind(self, context: trt.IExecutionContext, name: str) -> bool:
        return context.set_output_allocator(name, self._allocator)

    def copy_out(self) -> None:
        if size := self._bytes():
            self._stream.copy_out(self._buffer, size)

    def read(self) -> NDArray[Any]:
        values = self._buffer.host[: self._bytes()].view(self._element.stored)
        return self._element.read(values.reshape(self._allocator.shape))

    def _bytes(self) -> int:
        return prod(self._allocator.shape) * self._element.stored.itemsize


def _make_allocator(trt: Any, kept: int, capacity: int) -> Any:
    class KeptMemory(trt.IOutputAllocator):
        """Called by TensorRT while the engine runs, so it never raises; 0 makes TensorRT fail and log why."""

        def __init__(self) -> None:
            trt.IOutputAllocator.__init__(self)
            self.shape: tuple[int, ...] = (0,)

        def reallocate_output(self, tensor_name: str, memory: int, size: int, alignment: int) -> int:
            return kept if size <= capacity else 0

        def reallocate_output_async(self, tensor_name: str, memory: int, size: int, alignment: int, stream: int) -> int:
            return self.reallocate_output(tensor_name, memory, size, alignment)

        def notify_shape(self, tensor_name: str, shape: Any) -> None:
            self.shape = tuple(shape)

    return KeptMemory()


class EngineBuffers:
    """Built once the context has its profile and the shape of the images. Freed by closing the stream."""

    def __init__(
        self,
        trt: Any,
        engine: trt.ICudaEngine,
        context: trt.IExecutionContext,
        stream: CudaStream,
        tensors: tuple[Tensor, ...],
        lead: str,
        shapes: Mapping[str, tuple[int, ...]],
        profile: Profile,
        pinned: bool = True,
    ) -> None:
        """`lead`: the input that images go to; `shapes`: of every input that queries fill."""
        self._stream, self._pinned = stream, pinned
        by_name = {tensor.name: tensor for tensor in tensors}
        self.element, self._lead = by_name[lead].element, lead
        self._inputs: dict[str, tuple[ElementType, PairedBuffer]] = {}
        self._shape_inputs: dict[str, NDArray[Any]] = {}
        for tensor in tensors:
            if tensor.is_input and tensor.name in shapes and not tensor.is_on_host:
                buffer = stream.pair(shapes[tensor.name], tensor.element.stored, pinned)
                self._inputs[tensor.name] = tensor.element, buffer
            elif tensor.is_input:
                self._shape_inputs[tensor.name] = _shape_input(engine, stream, tensor, profile)
        self.bind_inputs(context)
        self._outputs: dict[str, _Output | _HostOutput | _VaryingOutput] = {}
        self.varying: list[str] = []
        for tensor in tensors:
            if not tensor.is_input:
                self._outputs[tensor.name] = self._output(trt, context, tensor)
        self.bind_outputs(context)

    @property
    def shape_values(self) -> dict[str, list[int]]:
        """Values that were chosen for shape inputs: those that the profile was tuned for."""
        return {name: [int(each) for each in values.reshape(-1)] for name, values in self._shape_inputs.items()}

    def bind(self, context: trt.IExecutionContext) -> None:
        self.bind_inputs(context)
        self.bind_outputs(context)

    def bind_inputs(self, context: trt.IExecutionContext) -> None:
        taken = [context.set_tensor_address(name, pair.device_pointer) for name, (_, pair) in self._inputs.items()]
        for name, values in self._shape_inputs.items():
            taken.append(context.set_tensor_address(name, values.ctypes.data))
        if not all(taken):
            raise Refused("TensorRT did not take the address of an input")

    def bind_outputs(self, context: trt.IExecutionContext) -> None:
        refused = [name for name, output in self._outputs.items() if not output.bind(context, name)]
        if refused:
            raise Refused(f"TensorRT did not take the address of {', '.join(refused)}")

    def fill(self, batch: Batch) -> None:
        """A listed input comes in its own type, a bfloat16 as its bits."""
        if isinstance(batch, np.ndarray):
            self.element.write(self._inputs[self._lead][1].host, batch)
            return
        for name, (_, pair) in self._inputs.items():
            np.copyto(pair.host, batch[name])

    def copy_in(self) -> None:
        for _, pair in self._inputs.values():
            self._stream.copy_in(pair)

    def copy_out(self) -> None:
        for output in self._outputs.values():
            output.copy_out()

    def read(self, names: tuple[str, ...]) -> list[NDArray[Any]]:
        """Copies, since the next query overwrites the page-locked memory."""
        return [self._outputs[name].read() for name in names]

    def _output(
        self, trt: Any, context: trt.IExecutionContext, tensor: Tensor
    ) -> _Output | _HostOutput | _VaryingOutput:
        shape = tuple(context.get_tensor_shape(tensor.name))
        if any(size < 0 for size in shape):
            self.varying.append(tensor.name)
            return _VaryingOutput(trt, self._stream, tensor, int(context.get_max_output_size(tensor.name)))
        if tensor.is_on_host:
            return _HostOutput(self._stream, tensor, shape)
        return _Output(self._stream, tensor, shape, self._pinned)


def _shape_input(engine: trt.ICudaEngine, stream: CudaStream, tensor: Tensor, profile: Profile) -> NDArray[Any]:
    if not tensor.is_on_host:
        message = f"The engine takes another input, {tensor.name}, beside the images."
        raise BenchError("input-mismatch", "load", message, "Use an engine with one image input.")
    _, tuned, _ = engine.get_tensor_profile_values(profile.index, tensor.name)
    values = stream.host_array(tuple(engine.get_tensor_shape(tensor.name)), tensor.element.stored)
    values[...] = np.asarray(tuned, dtype=tensor.element.stored).reshape(values.shape)
    return values
