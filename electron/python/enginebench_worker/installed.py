"""What is installed in this environment and what this processor can do, found without importing anything heavy."""

from __future__ import annotations

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


@cache
def has_processor_feature(flag: str) -> bool:
    """`flag` is the kernel's name for it, e.g. `avx512_bf16`. False if unknown: only Linux reports it in a file."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(flag in line.split() for line in lines if line.startswith(("flags", "Features")))
