"""A limit to this process's memory while it builds, so that a build ends with words before the system ends it.

Not a limit of the operating system's: CUDA reserves far more address space than it uses. Linux; no limit elsewhere."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from enginebench_worker.errors import BenchError

SHARE_OF_AVAILABLE = 0.9
_MEMORY = Path("/proc/meminfo")
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_GROUP_USE = Path("/sys/fs/cgroup/memory.current")
_OWN_MEMORY = Path("/proc/self/statm")


class MemoryLimit:
    """`limit_bytes` is of resident memory; None where it cannot be known."""

    def __init__(self) -> None:
        self.peak_bytes = resident_bytes() or 0
        available = available_bytes()
        self.limit_bytes = None if available is None else self.peak_bytes + int(available * SHARE_OF_AVAILABLE)

    def check(self) -> None:
        resident = resident_bytes()
        if resident is None or self.limit_bytes is None:
            return
        self.peak_bytes = max(self.peak_bytes, resident)
        if resident > self.limit_bytes:
            raise BenchError(
                "out-of-memory-host",
                "build",
                f"The build needs more than the {self.limit_bytes / 1e9:.1f} GB of memory that it may take.",
                "Close other programs, lower the optimization level, or build on a machine with more memory.",
            )


def resident_bytes() -> int | None:
    try:
        return int(_OWN_MEMORY.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def available_bytes() -> int | None:
    """Of the machine, or of the container where that has less."""
    try:
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit
        found.append(int(_GROUP_LIMIT.read_text(encoding="ascii")) - int(_GROUP_USE.read_text(encoding="ascii")))
    return max(min(found), 0) if found else None
