"""The CUDA libraries that ONNX Runtime's CUDA provider is linked to, loaded into this process before it.

The provider names them but no folder, so that somebody must have loaded them: ONNX Runtime from NVIDIA's packages, or
PyTorch from those that it came with. What is absent even then is named; nothing falls back to the CPU."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import sys
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable
from enginebench_worker.nvidia_driver import driver_refusal

_WITHOUT_MAJOR = ("libcurand.so.10", "libcudnn.so.9")
_WITH_MAJOR = ("libcudart.so", "libcublasLt.so", "libcublas.so")


def load_cuda_libraries(onnxruntime: Any) -> None:
    """BenchError `backend-unavailable` that names each library which is not there. Linux alone: elsewhere nothing."""
    if not sys.platform.startswith("linux"):
        return
    major = str(onnxruntime.cuda_version).partition(".")[0]
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it lacks, which is told below
        onnxruntime.preload_dlls(cuda=True, cudnn=True)
    missing = missing_libraries(major)
    if missing and is_importable("torch"):
        importlib.import_module("torch")
        missing = missing_libraries(major)
    too_old = driver_refusal(int(major), "this onnxruntime-gpu")
    if too_old is not None:
        raise BenchError("backend-unavailable", "load", *too_old)
    if missing:
        message = f"ONNX Runtime's CUDA provider needs {', '.join(missing)} of CUDA {major}, which cannot be loaded."
        raise BenchError("backend-unavailable", "load", message, remedy_for(major))


def missing_libraries(major: str) -> list[str]:
    """Those that neither this process has loaded nor the system finds."""
    names = (*(f"{name}.{major}" for name in _WITH_MAJOR), *_WITHOUT_MAJOR)
    return [name for name in names if not _loads(name)]


def remedy_for(major: str) -> str:
    suffix = "" if int(major) >= 13 else f"-cu{major}"
    packages = [f"nvidia-{name}{suffix}" for name in ("cuda-runtime", "cublas", "curand")]
    return (
        f"Install PyTorch for CUDA {major} into this environment, or run: "
        f"pip install {' '.join(packages)} nvidia-cudnn-cu{major}"
    )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
