"""What is installed in this environment and on this machine, found without importing anything heavy."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
from functools import cache
from pathlib import Path


def version_of(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def is_importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def driver_library() -> ctypes.CDLL | None:
    """NVIDIA's driver library; None where it is not installed."""
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None

NEEDS_NVIDIA_GPU = (
    "No NVIDIA GPU and driver were found.",
    "It needs an NVIDIA GPU. Use torch-eager or onnxruntime meanwhile.",
)
"""Reason and remedy of a backend where `cuda_device_count` is 0."""


@cache
def cuda_device_count() -> int:
    """Asks NVIDIA's driver library itself; 0 where there is none. Does not create a context."""
    driver, count = driver_library(), ctypes.c_int(0)
    if driver is None or driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


@cache
def driver_cuda_version() -> tuple[int, int] | None:
    """The newest CUDA that the NVIDIA driver here runs; None without a driver."""
    driver, version = driver_library(), ctypes.c_int(0)
    if driver is None or driver.cuDriverGetVersion(ctypes.byref(version)) != 0 or version.value == 0:
        return None
    return version.value // 1000, version.value % 1000 // 10


@cache
def compute_capability() -> tuple[int, int] | None:
    """Of the first GPU; None where there is none. Asks NVIDIA's driver library, and creates no context."""
    driver = driver_library()
    if driver is None or cuda_device_count() == 0:
        return None
    device, major, minor = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    answers = (
        driver.cuDeviceGet(ctypes.byref(device), 0),
        driver.cuDeviceGetAttribute(ctypes.byref(major), 75, device),
        driver.cuDeviceGetAttribute(ctypes.byref(minor), 76, device),
    )
    return (major.value, minor.value) if answers == (0, 0, 0) else None


@cache
def has_processor_feature(flag: str) -> bool:
    """As the kernel names it (`avx512_bf16`). False where it cannot be known: only Linux tells it in a file."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(flag in line.split() for line in lines if line.startswith(("flags", "Features")))
