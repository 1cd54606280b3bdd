"""What a GPU library's words mean for the process that heard them.

`out-of-memory-gpu`: a smaller batch may fit. `gpu-faulted`: the CUDA context is spoilt, and every later call of this
process fails or lies. `gpu-lost`: no process reaches the device any more. Libraries share no exception types, so words
are all there is to judge by."""

from __future__ import annotations

import re
from typing import Literal

GpuFailure = Literal["out-of-memory-gpu", "gpu-faulted", "gpu-lost"]

_LOST = re.compile(
    r"GPU is lost|fallen off the bus|\bXid\b|busy or unavailable|device (?:is )?unavailable|cudaErrorDevicesUnavailable"
    r"|cudaErrorDeviceUnavailable|GPU requires reset|driver was reset",
    re.IGNORECASE,
)
_MEMORY = re.compile(
    r"CUDA(?: error)?: out of memory|CUDA out of memory|cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY"
    r"|CU(?:DNN|BLAS|SOLVER)_STATUS_ALLOC_FAILED|CUDA failure 2\b",
)
_FAULTED = re.compile(
    r"illegal memory access|device-side assert|unspecified launch failure|misaligned address|an illegal instruction"
    r"|uncorrectable ECC|hardware stack error|invalid program counter|launch timed out"
    r"|cudaError(?:IllegalAddress|Assert|LaunchFailure|MisalignedAddress|IllegalInstruction|ECCUncorrectable"
    r"|HardwareStackError|InvalidPc|LaunchTimeout)"
)


def gpu_failure_of(error: BaseException) -> GpuFailure | None:
    words = str(error)
    if _LOST.search(words):
        return "gpu-lost"
    if type(error).__name__ == "OutOfMemoryError" or _MEMORY.search(words):
        return "out-of-memory-gpu"
    return "gpu-faulted" if _FAULTED.search(words) else None
