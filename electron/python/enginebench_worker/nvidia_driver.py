"""NVIDIA's driver library, asked directly: which GPUs it sees, which CUDA it runs, and the first GPU's identity.

Needs no CUDA package and imports nothing heavy. Only `open_primary_context` creates a context."""

from __future__ import annotations

import ctypes
import re
from functools import cache
from pathlib import Path

_DRIVER_OF_CUDA = {12: "525", 13: "580"}


def driver_refusal(cuda_major: int | None, label: str) -> tuple[str, str] | None:
    """Reason and remedy; None if the driver is recent enough or unknown."""
    here = driver_cuda_version()
    if cuda_major is None or here is None or here[0] >= cuda_major:
        return None
    reason = f"The NVIDIA driver supports CUDA {here[0]}.{here[1]}, but {label} needs CUDA {cuda_major}."
    oldest = _DRIVER_OF_CUDA.get(cuda_major)
    return reason, f"Update the NVIDIA driver{f' to {oldest} or later' if oldest else ''}."


def driver_library() -> ctypes.CDLL | None:
    """NVIDIA's driver library; None if it is not installed."""
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


NEEDS_NVIDIA_GPU = (
    "No NVIDIA GPU and driver were found.",
    "It needs an NVIDIA GPU. Until then, use torch-eager or onnxruntime.",
)
"""Reason and remedy of a backend if `cuda_device_count` is 0."""


@cache
def cuda_device_count() -> int:
    """Asks NVIDIA's driver library; 0 if it is not installed. Creates no context."""
    driver, count = driver_library(), ctypes.c_int(0)
    if driver is None or driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


@cache
def driver_cuda_version() -> tuple[int, int] | None:
    """The newest CUDA version the NVIDIA driver supports; None without a driver."""
    driver, version = driver_library(), ctypes.c_int(0)
    if driver is None or driver.cuDriverGetVersion(ctypes.byref(version)) != 0 or version.value == 0:
        return None
    return version.value // 1000, version.value % 1000 // 10


@cache
def compute_capability() -> tuple[int, int] | None:
    """Of the first GPU; None if there is none. Asks NVIDIA's driver library and creates no context."""
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


def open_primary_context() -> bool:
    """False if there is no GPU or the driver cannot open it."""
    driver = driver_library()
    if driver is None or cuda_device_count() == 0:
        return False
    device, context = ctypes.c_int(), ctypes.c_void_p()
    opened: tuple[int, int] = (
        driver.cuDeviceGet(ctypes.byref(device), 0),
        driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device),
    )
    return opened == (0, 0)


_DRIVER_VERSION = Path("/proc/driver/nvidia/version")
_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76


def gpu_identity(index: int = 0) -> str | None:
    """`NVIDIA H200, compute capability 9.0, driver 580.65.06`; None if no GPU answers."""
    driver = driver_library()
    if driver is None or driver.cuInit(0) != 0:
        return None
    device, name = ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver.cuDeviceGet(ctypes.byref(device), index) != 0 or driver.cuDeviceGetName(name, 256, device) != 0:
        return None
    numbers = []
    for attribute in (_CAPABILITY_MAJOR, _CAPABILITY_MINOR):
        number = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(number), attribute, device)
        numbers.append(str(number.value))
    words = [name.value.decode("utf-8", "replace"), f"compute capability {'.'.join(numbers)}"]
    version = driver_version()
    return ", ".join([*words, f"driver {version}"] if version else words)


def driver_version() -> str | None:
    try:
        text = _DRIVER_VERSION.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)", text)
    return found[1] if found else None
