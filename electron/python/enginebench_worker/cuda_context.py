"""The primary CUDA context of the first GPU, opened by NVIDIA's driver library: the one that every CUDA library shares.

Kept until the process ends. Says nothing of memory or errors, and needs no CUDA package."""

from __future__ import annotations

import ctypes

from enginebench_worker.installed import cuda_device_count, driver_library


def open_primary_context() -> bool:
    """False where there is no GPU, or the driver opens none."""
    driver = driver_library()
    if driver is None or cuda_device_count() == 0:
        return False
    device, context = ctypes.c_int(), ctypes.c_void_p()
    opened: tuple[int, int] = (
        driver.cuDeviceGet(ctypes.byref(device), 0),
        driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device),
    )
    return opened == (0, 0)
