"""A stand-in for `cuda.bindings.runtime`: host memory for the GPU's, calls kept in order, all that is held counted.

Copies happen at once, so it says nothing of concurrency."""

from __future__ import annotations

import ctypes
import enum
from typing import Any

import numpy as np


class Status(enum.IntEnum):
    cudaSuccess = 0  # noqa: N815 - the library's own names from here on
    cudaErrorMemoryAllocation = 2  # noqa: N815
    cudaErrorIllegalAddress = 700  # noqa: N815


class CopyKind(enum.IntEnum):
    cudaMemcpyHostToDevice = 1  # noqa: N815
    cudaMemcpyDeviceToHost = 2  # noqa: N815


class FakeCuda:
    cudaError_t, cudaMemcpyKind = Status, CopyKind  # noqa: N815
    cudaStreamNonBlocking = 1  # noqa: N815

    class cudaStreamCaptureMode:  # noqa: N801
        cudaStreamCaptureModeThreadLocal = 1  # noqa: N815

    def __init__(self, memory: dict[int, Any], fails: dict[str, Status] | None = None) -> None:
        """`memory`: device pointer -> its floats, shared with the stand-in that runs the engine."""
        self._memory = memory
        self.fails = fails or {}
        self._kept: dict[int, Any] = {}
        self.calls: list[str] = []
        self.held = 0
        self._events = 0

    def __getattr__(self, name: str) -> Any:
        behaviour = object.__getattribute__(self, f"_{name}")

        def call(*arguments: Any) -> tuple[Any, ...]:
            self.calls.append(name)
            if name in self.fails:
                return (self.fails[name], None)
            return (Status.cudaSuccess, *behaviour(*arguments))

        return call

    def _cudaSetDevice(self, device: int) -> tuple[Any, ...]:  # noqa: N802
        return ()

    def _cudaStreamCreateWithFlags(self, flags: int) -> tuple[Any, ...]:  # noqa: N802
        return (self._hold(7),)

    def _cudaMallocHost(self, size: int) -> tuple[Any, ...]:  # noqa: N802
        return (self._hold(self._allocate(size)),)

    def _cudaMalloc(self, size: int) -> tuple[Any, ...]:  # noqa: N802
        pointer = self._allocate(size)
        self._memory[pointer] = np.frombuffer(self._kept[pointer], dtype=np.float32)
        return (self._hold(pointer),)

    def _cudaMemcpyAsync(self, target: int, source: int, size: int, kind: Any, stream: int) -> tuple[Any, ...]:  # noqa: N802
        ctypes.memmove(target, source, size)
        return ()

    def _cudaStreamBeginCapture(self, stream: int, mode: int) -> tuple[Any, ...]:  # noqa: N802
        return ()

    def _cudaStreamEndCapture(self, stream: int) -> tuple[Any, ...]:  # noqa: N802
        return (self._hold("graph"),)

    def _cudaGraphInstantiate(self, graph: str, flags: int) -> tuple[Any, ...]:  # noqa: N802
        return (self._hold("executable graph"),)

    def _cudaGraphLaunch(self, graph: str, stream: int) -> tuple[Any, ...]:  # noqa: N802
        return ()

    def _cudaStreamSynchronize(self, stream: int) -> tuple[Any, ...]:  # noqa: N802
        return ()

    def _cudaPeekAtLastError(self) -> tuple[Any, ...]:  # noqa: N802
        return ()

    def _cudaEventCreate(self) -> tuple[Any, ...]:  # noqa: N802
        self._events += 1
        return (self._hold(self._events),)

    def _cudaEventRecord(self, event: int, stream: int) -> tuple[Any, ...]:  # noqa: N802
        return ()

    def _cudaEventElapsedTime(self, begin: int, end: int) -> tuple[Any, ...]:  # noqa: N802
        return (float(end) / 10,)

    def _release(self, held: Any) -> tuple[Any, ...]:
        self.held -= 1
        return ()

    _cudaFree = _cudaFreeHost = _cudaStreamDestroy = _release  # noqa: N815
    _cudaGraphDestroy = _cudaGraphExecDestroy = _cudaEventDestroy = _release  # noqa: N815

    def _hold(self, resource: Any) -> Any:
        self.held += 1
        return resource

    def _allocate(self, size: int) -> int:
        memory = (ctypes.c_byte * size)()
        pointer = ctypes.addressof(memory)
        self._kept[pointer] = memory
        return pointer
