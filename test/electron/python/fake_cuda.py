"""A stand-in for `cuda.bindings.runtime`: host memory for the GPU's, calls kept in order, all that is held counted.

It is one of two CUDA runtimes: TensorRT has another. The "last error" is this runtime's own, so it never shows what
TensorRT did; a fault of the device is sticky and shows in every later call of either. A capture is invalidated by a
call that waits or allocates: that call tells the cause, ending the capture only that it is invalid, and the stream
works afterwards. Copies happen at once, so it says nothing of concurrency."""

from __future__ import annotations

import ctypes
import enum
from typing import Any

from bindings_signatures import bindings, versions


class Status(enum.IntEnum):
    cudaSuccess = 0
    cudaErrorMemoryAllocation = 2
    cudaErrorIllegalAddress = 700
    cudaErrorStreamCaptureUnsupported = 900
    cudaErrorStreamCaptureInvalidated = 901


class CopyKind(enum.IntEnum):
    cudaMemcpyHostToDevice = 1
    cudaMemcpyDeviceToHost = 2


GPU_BYTES = 8 << 30
_FORBIDDEN_IN_CAPTURE = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaMalloc", "cudaMallocHost", "cudaFree")


class FakeCuda:
    cudaError_t, cudaMemcpyKind = Status, CopyKind
    cudaStreamNonBlocking = 1

    class cudaStreamCaptureMode:
        cudaStreamCaptureModeThreadLocal = 1

    def __init__(self, fails: dict[str, Status] | None = None) -> None:
        self.fails = fails or {}
        self.device_fault: Status | None = None
        """Set by a test where TensorRT breaks the device."""
        self.gpu_bytes = GPU_BYTES
        self._kept: dict[int, Any] = {}
        self.calls: list[str] = []
        self.held = 0
        self._events = 0
        self._capture: str | None = None
        self._last_error = Status.cudaSuccess

    def __getattr__(self, name: str) -> Any:
        behaviour = object.__getattribute__(self, f"_{name}")

        def call(*arguments: Any) -> tuple[Any, ...]:
            for version in versions("cuda"):
                [signature] = bindings("cuda", version).function(name)
                assert signature.takes(len(arguments), set()), f"{name}{arguments} is not {signature} in {version}"
            self.calls.append(name)
            status = self._status_of(name)
            if status is not None:
                self._last_error = status
                if behaviour == self._release:  # what a broken device held is gone with it
                    self.held -= 1
                return (status, None)
            return (Status.cudaSuccess, *behaviour(*arguments))

        return call

    def _status_of(self, name: str) -> Status | None:
        if name in self.fails:
            return self.fails[name]
        if self.device_fault is not None:
            return self.device_fault
        if self._capture is not None and name in _FORBIDDEN_IN_CAPTURE:
            self._capture = "invalid"
            return Status.cudaErrorStreamCaptureUnsupported
        if self._capture == "invalid" and name == "cudaStreamEndCapture":
            self._capture = None
            return Status.cudaErrorStreamCaptureInvalidated
        return None

    def _cudaSetDevice(self, device: int) -> tuple[Any, ...]:
        return ()

    def _cudaMemGetInfo(self) -> tuple[Any, ...]:
        return (self.gpu_bytes // 2, self.gpu_bytes)

    def _cudaStreamCreateWithFlags(self, flags: int) -> tuple[Any, ...]:
        return (self._hold(7),)

    def _cudaMallocHost(self, size: int) -> tuple[Any, ...]:
        return (self._hold(self._allocate(size)),)

    def _cudaMalloc(self, size: int) -> tuple[Any, ...]:
        return (self._hold(self._allocate(size)),)

    def _cudaMemcpyAsync(self, target: int, source: int, size: int, kind: Any, stream: int) -> tuple[Any, ...]:
        ctypes.memmove(target, source, size)
        return ()

    def _cudaStreamBeginCapture(self, stream: int, mode: int) -> tuple[Any, ...]:
        self._capture = "valid"
        return ()

    def _cudaStreamEndCapture(self, stream: int) -> tuple[Any, ...]:
        self._capture = None
        return (self._hold("graph"),)

    def _cudaGraphInstantiate(self, graph: str, flags: int) -> tuple[Any, ...]:
        return (self._hold("executable graph"),)

    def _cudaGraphLaunch(self, graph: str, stream: int) -> tuple[Any, ...]:
        return ()

    def _cudaStreamSynchronize(self, stream: int) -> tuple[Any, ...]:
        return ()

    def _cudaDeviceSynchronize(self) -> tuple[Any, ...]:
        return ()

    def _cudaEventCreate(self) -> tuple[Any, ...]:
        self._events += 1
        return (self._hold(self._events),)

    def _cudaEventRecord(self, event: int, stream: int) -> tuple[Any, ...]:
        return ()

    def _cudaEventElapsedTime(self, begin: int, end: int) -> tuple[Any, ...]:
        return (float(end) / 10,)

    def _release(self, held: Any) -> tuple[Any, ...]:
        self.held -= 1
        return ()

    _cudaFree = _cudaFreeHost = _cudaStreamDestroy = _release
    _cudaGraphDestroy = _cudaGraphExecDestroy = _cudaEventDestroy = _release

    def _hold(self, resource: Any) -> Any:
        self.held += 1
        return resource

    def _allocate(self, size: int) -> int:
        memory = (ctypes.c_byte * size)()
        pointer = ctypes.addressof(memory)
        self._kept[pointer] = memory
        return pointer
