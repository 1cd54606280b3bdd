"""The GPU that an engine is bound to, in words: name, compute capability, driver. Asks NVIDIA's driver library."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

from enginebench_worker.installed import driver_library

_DRIVER_VERSION = Path("/proc/driver/nvidia/version")
_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76


def gpu_identity(index: int = 0) -> str | None:
    """`NVIDIA H200, compute capability 9.0, driver 580.65.06`; None where no GPU answers."""
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
