"""One CUDA stream with its own buffers: a host array, usually page-locked, and its counterpart on the GPU.

Every call is checked and raises CudaError. Closing frees everything. Does not know TensorRT. TensorRT and cuda-bindings
each have their own CUDA runtime, whose "last error" the other never sees; only waiting for the device shows a fault,
whoever caused it. So nothing here asks for the last error."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
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

    def memory_bytes(self) -> tuple[int, int]:
        """Free and whole memory of the GPU."""
        free, whole = self._call_for_all(self._cuda.cudaMemGetInfo)
        return int(free), int(whole)

    def pair(self, shape: tuple[int, ...], dtype: np.dtype[Any], pinned: bool = True) -> PairedBuffer:
        host = self.host_array(shape, dtype) if pinned else np.zeros(shape, dtype)
        return PairedBuffer(host, self.device_memory(host.nbytes))

    def host_array(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Page-locked; valid until the stream is closed."""
        cuda, size = self._cuda, prod(shape) * dtype.itemsize
        locked = self._call(cuda.cudaMallocHost, size)
        self._freeing.append(lambda: cuda.cudaFreeHost(locked))
        memory = (ctypes.c_byte * size).from_address(int(locked))
        return np.frombuffer(memory, dtype=dtype).reshape(shape)

    def device_memory(self, size: int) -> int:
        """A pointer; valid until the stream is closed."""
        cuda = self._cuda
        device = self._call(cuda.cudaMalloc, size)
        self._freeing.append(lambda: cuda.cudaFree(device))
        return int(device)

    def copy_in(self, buffer: PairedBuffer) -> None:
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyHostToDevice
        self._copy(buffer.device_pointer, buffer.host.ctypes.data, buffer.host.nbytes, kind)

    def copy_out(self, buffer: PairedBuffer, size: int | None = None) -> None:
        """`size`: only its first bytes."""
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self._copy(buffer.host.ctypes.data, buffer.device_pointer, buffer.host.nbytes if size is None else size, kind)

    def synchronize(self) -> None:
        self._call(self._cuda.cudaStreamSynchronize, self._stream)

    def raise_if_faulted(self) -> None:
        """Waits for all work on the device, also of other streams and libraries, and raises CudaError if any of it
        faulted. An empty stream of our own would not wait for a fault that is still to come."""
        self._call(self._cuda.cudaDeviceSynchronize)

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """Records what `work` puts on the stream; the returned function launches it again in one call.

        If `work` fails, its own error is raised, never that of ending the capture, which only says that something
        failed before. The stream is then usable if `synchronize` says so."""
        cuda = self._cuda
        self._call(
            cuda.cudaStreamBeginCapture, self._stream, cuda.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
        )
        try:
            work()
        except BaseException:
            self._abandon_capture()
            raise
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

    def _abandon_capture(self) -> None:
        """Ending takes the stream out of capture in any case; a graph comes only if nothing had failed."""
        status, *results = self._cuda.cudaStreamEndCapture(self._stream)
        if int(status) == 0 and results and results[0] is not None:
            with contextlib.suppress(CudaError):
                self._call(self._cuda.cudaGraphDestroy, results[0])

    def _copy(self, target: int, source: int, size: int, kind: Any) -> None:
        self._call(self._cuda.cudaMemcpyAsync, target, source, size, kind, self._stream)

    def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        results = self._call_for_all(function, *arguments)
        return results[0] if results else None

    def _call_for_all(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        status, *results = function(*arguments)
        if int(status) == 0:
            return results
        if int(status) == int(self._cuda.cudaError_t.cudaErrorMemoryAllocation):
            raise CudaError("CUDA out of memory")
        raise CudaError(f"CUDA error: {getattr(status, 'name', status)}")
