"""The CUDA libraries that ONNX Runtime's CUDA provider is linked to, loaded into this process before it.

The provider names them but no folder, so that somebody must have loaded them: ONNX Runtime itself from NVIDIA's
packages beside it, or this from those anywhere in the environment and from PyTorch's own, which is imported only where
all else fails. What is absent even then is named; nothing falls back to the CPU."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable
from enginebench_worker.nvidia_driver import driver_refusal

GPU_PACKAGE = "onnxruntime-gpu[cuda,cudnn]==1.31.1"
_OF_ONE_VERSION = ("libcurand.so.10", "libcudnn.so.9")
_OF_THE_MAJOR = ("libcudart.so", "libcublasLt.so", "libcublas.so")
_WANTED_BY_CUDNN = "libnvrtc.so"
"""Not by the provider: where it is absent, some convolutions have fewer kernels to choose from."""


def load_cuda_libraries(onnxruntime: Any) -> None:
    """BenchError `backend-unavailable` that names each library which is not there. Linux alone: elsewhere nothing."""
    if not sys.platform.startswith("linux"):
        return
    major = str(onnxruntime.cuda_version).partition(".")[0]
    too_old = driver_refusal(int(major), "this onnxruntime-gpu")
    if too_old is not None:
        raise BenchError("backend-unavailable", "load", *too_old)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it lacks, which is told below
        onnxruntime.preload_dlls(cuda=True, cudnn=True)
    for name in [*missing_libraries(major), f"{_WANTED_BY_CUDNN}.{major}"]:
        any(_loads(str(folder / name)) for folder in library_folders() if (folder / name).is_file())
    if missing_libraries(major) and is_importable("torch"):
        importlib.import_module("torch")
    missing = missing_libraries(major)
    if missing:
        message = f"ONNX Runtime's CUDA provider needs {', '.join(missing)} of CUDA {major}, which cannot be loaded."
        remedy = f"In this environment: pip install {GPU_PACKAGE}, or PyTorch for CUDA {major}."
        raise BenchError("backend-unavailable", "load", message, remedy)


def missing_libraries(major: str) -> list[str]:
    """Those that neither this process has loaded nor the system finds, in the order in which they need each other."""
    names = (*(f"{name}.{major}" for name in _OF_THE_MAJOR), *_OF_ONE_VERSION)
    return [name for name in names if not _loads(name)]


def library_folders() -> Iterator[Path]:
    """Where this environment's packages of NVIDIA keep libraries, and where PyTorch keeps its own."""
    for location in _locations("nvidia"):
        yield from sorted(location.glob("*/lib"))
    for location in _locations("torch"):
        yield location / "lib"


def _locations(package: str) -> list[Path]:
    spec = importlib.util.find_spec(package) if is_importable(package) else None
    return [Path(each) for each in (spec.submodule_search_locations or ())] if spec is not None else []


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name, ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True
