"""ONNX Runtime's CUDA provider: the libraries it is linked to, and why it did not start or refused a file.

The provider names its CUDA libraries but no folder, so something must load them first: ONNX Runtime from NVIDIA's
packages, or this module from anywhere in the environment, or PyTorch, imported only if all else fails. Libraries that
are still missing are named; nothing falls back to the CPU. To find out why a file was refused, it is loaded once more
with fallback allowed; nothing is run."""

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
from enginebench_worker.nvidia_driver import cuda_refusal
from enginebench_worker.onnxruntime_engine.placement import (
    NO_FALLBACK,
    RECORD_PLACEMENT,
    mixed_refusal,
    placement_of,
    unlisted_refusal,
)

GPU_PACKAGE = "onnxruntime-gpu[cuda,cudnn]==1.31.1"
CUDA_OF_GPU_PACKAGE = 13
_OF_ONE_VERSION = ("libcurand.so.10", "libcudnn.so.9")
_OF_THE_MAJOR = ("libcudart.so", "libcublasLt.so", "libcublas.so")
_WANTED_BY_CUDNN = "libnvrtc.so"
"""The provider does not need it: without it, some convolutions have fewer kernels to choose from."""


def load_cuda_libraries(onnxruntime: Any) -> None:
    """BenchError `backend-unavailable` names each missing library. Only on Linux: elsewhere it does nothing."""
    if not sys.platform.startswith("linux"):
        return
    major = str(onnxruntime.cuda_version).partition(".")[0]
    unfit = cuda_refusal(int(major), "this onnxruntime-gpu")
    if unfit is not None:
        raise BenchError("backend-unavailable", "load", *unfit)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it lacks, which is reported below
        onnxruntime.preload_dlls(cuda=True, cudnn=True)
    for name in [*missing_libraries(major), f"{_WANTED_BY_CUDNN}.{major}"]:
        any(loads(str(folder / name)) for folder in library_folders() if (folder / name).is_file())
    if missing_libraries(major) and is_importable("torch"):
        importlib.import_module("torch")
    missing = missing_libraries(major)
    if missing:
        message = f"ONNX Runtime's CUDA provider needs {', '.join(missing)} of CUDA {major}, which cannot be loaded."
        remedy = f"In this environment: pip install {GPU_PACKAGE}, or PyTorch for CUDA {major}."
        raise BenchError("backend-unavailable", "load", message, remedy)


def missing_libraries(major: str) -> list[str]:
    """Libraries that neither this process has loaded nor the system finds, in dependency order."""
    names = (*(f"{name}.{major}" for name in _OF_THE_MAJOR), *_OF_ONE_VERSION)
    return [name for name in names if not loads(name)]


def library_folders() -> Iterator[Path]:
    """Where this environment's NVIDIA packages store libraries, and where PyTorch stores its own."""
    for location in package_folders("nvidia"):
        yield from sorted(location.glob("*/lib"))
    for location in package_folders("torch"):
        yield location / "lib"


def package_folders(package: str) -> list[Path]:
    spec = importlib.util.find_spec(package) if is_importable(package) else None
    return [Path(each) for each in (spec.submodule_search_locations or ())] if spec is not None else []


def loads(name: str) -> bool:
    try:
        ctypes.CDLL(name, ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


MIXED_REMEDY = (
    "Export the model without these operators, or measure it on the CPU: a mixed run does not measure the GPU."
)


def explain_refusal(
    onnxruntime: Any, file: Path, options: Any, provider: tuple[str, dict[str, str]], cause: BaseException
) -> BenchError:
    """BenchError `fallback`. `options` are those of the refused session; they cannot be used afterwards."""
    options.enable_profiling = False
    options.add_session_config_entry(NO_FALLBACK, "0")
    options.add_session_config_entry(RECORD_PLACEMENT, "1")
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=[provider], enable_fallback=0)
    except Exception:  # why it was refused is known; this only asks for names
        return unlisted_refusal(provider[0], file.name, MIXED_REMEDY, cause)
    if provider[0] not in session.get_providers():
        return did_not_start(provider[0], session.get_providers()[0], cause)
    listed = mixed_refusal(provider[0], placement_of(session), file.name, MIXED_REMEDY, cause)
    return listed or unlisted_refusal(provider[0], file.name, MIXED_REMEDY, cause)


def did_not_start(provider: str, instead: str, cause: object = None) -> BenchError:
    message = f"ONNX Runtime did not start {provider} and fell back to {instead}."
    remedy = (
        "Check that the GPU driver is up to date and cuDNN 9 is installed, or use the CPU; the log has the details."
    )
    return BenchError("backend-unavailable", "load", message, remedy, cause)
