"""One CUDA stream with its own buffers: each buffer is a host array, usually page-locked, and its counterpart on the
GPU.

Every call is checked and raises CudaError. Closing frees everything. Does not know TensorRT."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


class CudaError(RuntimeError):
    """From its message the worker distinguishes out of memory from a broken device."""


@dataclass(frozen=True)
class PairedBuffer:
    host: NDArray[Any]
    """Valid until the stream is closed."""
    device_pointer: int


class CudaStream:
    def __init__(self, cuda: Any) -> None:
        """`cuda` is `cuda.bindings.runtime`."""
        self._cuda = cuda
        self._freeing: list[Callable[[], Any]] = []
        self._call(cuda.cudaSetDevice, 0)
        stream = self._call(cuda.cudaStreamCreateWithFlags, cuda.cudaStreamNonBlocking)
        self._stream = stream
        self._freeing.append(lambda: cuda.cudaStreamDestroy(stream))

    @property
    def handle(self) -> int:
        return int(self._stream)

    def pair(self, shape: tuple[int, ...], dtype: np.dtype[Any], pinned: bool = True) -> PairedBuffer:
        cuda, size = self._cuda, int(np.prod(shape)) * dtype.itemsize
        if not pinned:
            device = self._call(cuda.cudaMalloc, size)
            self._freeing.append(lambda: cuda.cudaFree(device))
            return PairedBuffer(np.zeros(shape, dtype), int(device))
        locked = self._call(cuda.cudaMallocHost, size)
        self._freeing.append(lambda: cuda.cudaFreeHost(locked))
        device = self._call(cuda.cudaMalloc, size)
        self._freeing.append(lambda: cuda.cudaFree(device))
        memory = (ctypes.c_byte * size).from_address(int(locked))
        return PairedBuffer(np.frombuffer(memory, dtype=dtype).reshape(shape), int(device))

    def copy_in(self, buffer: PairedBuffer) -> None:
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyHostToDevice
        self._copy(buffer.device_pointer, buffer.host.ctypes.data, buffer.host.nbytes, kind)

    def copy_out(self, buffer: PairedBuffer) -> None:
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self._copy(buffer.host.ctypes.data, buffer.device_pointer, buffer.host.nbytes, kind)

    def synchronize(self) -> None:
        self._call(self._cuda.cudaStreamSynchronize, self._stream)

    def raise_if_faulted(self) -> None:
        """Raises CudaError if an earlier call left the device faulted."""
        self._call(self._cuda.cudaPeekAtLastError)

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """Records what `work` puts on the stream; the returned function launches it again in one call."""
        cuda = self._cuda
        self._call(
            cuda.cudaStreamBeginCapture, self._stream, cuda.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
        )
        try:
            work()
        finally:
            graph = self._call(cuda.cudaStreamEndCapture, self._stream)
        self._freeing.append(lambda: cuda.cudaGraphDestroy(graph))
        executable = self._call(cuda.cudaGraphInstantiate, graph, 0)
        self._freeing.append(lambda: cuda.cudaGraphExecDestroy(executable))
        return lambda: self._call(cuda.cudaGraphLaunch, executable, self._stream)

    def event(self) -> Any:
        """A mark to put on the stream, timed by the device's own clock."""
        event = self._call(self._cuda.cudaEventCreate)
        self._freeing.append(lambda: self._cuda.cudaEventDestroy(event))
        return event

    def mark(self, event: Any) -> None:
        self._call(self._cuda.cudaEventRecord, event, self._stream)

    def milliseconds_between(self, begin: Any, end: Any) -> float:
        """Time between two passed marks, which `synchronize` waits for."""
        return float(self._call(self._cuda.cudaEventElapsedTime, begin, end))

    def close(self) -> None:
        while self._freeing:
            self._freeing.pop()()

    def _copy(self, target: int, source: int, size: int, kind: Any) -> None:
        self._call(self._cuda.cudaMemcpyAsync, target, source, size, kind, self._stream)

    def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        status, *results = function(*arguments)
        if int(status) == 0:
            return results[0] if results else None
        if int(status) == int(self._cuda.cudaError_t.cudaErrorMemoryAllocation):
            raise CudaError("CUDA out of memory")
        raise CudaError(f"CUDA error: {getattr(status, 'name', status)}")
