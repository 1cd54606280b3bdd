"""Why TensorRT is installed but cannot be loaded: the exact name of what is missing, and the line that brings it."""

from __future__ import annotations

import re

from enginebench_worker.installed import version_of

_MISSING = re.compile(
    r"((?:lib)?[\w.+-]+\.(?:so(?:\.\d+)*|dll)):? (?:cannot open shared object file|not found)|'([\w.-]+\.dll)'"
)
_BINDINGS = ("tensorrt-cu13-bindings", "tensorrt-cu12-bindings", "tensorrt-cu13", "tensorrt-cu12", "tensorrt")


def load_refusal(error: BaseException) -> tuple[str, str]:
    """@returns the reason and the remedy."""
    found = _MISSING.search(str(error))
    name = next(filter(None, found.groups()), None) if found else None
    if name is None:
        return "TensorRT is installed but cannot be loaded.", "Repair the TensorRT environment; the log has its words."
    if name.startswith(("libcuda.", "nvcuda")):
        return (
            f"TensorRT needs {name}, which the NVIDIA driver brings, and there is none.",
            "Install the NVIDIA driver.",
        )
    bindings = next(filter(None, map(_version_with_name, _BINDINGS)), None)
    reason = f"TensorRT needs {name}, which cannot be found."
    if "nvinfer" not in name and "nvonnxparser" not in name:
        return (
            reason,
            f"Install the CUDA libraries of TensorRT's own CUDA version, or put the folder of {name} on the path.",
        )
    if bindings is None:
        return reason, "Install TensorRT's libraries of the version of its Python bindings."
    distribution, version = bindings
    libraries = distribution.removesuffix("-bindings") + "-libs"
    others = version_of(libraries)
    beside = (
        f" {libraries} {others} is installed beside {distribution} {version}." if others not in (None, version) else ""
    )
    return f"{reason}{beside}", f"In this environment: pip install {libraries}=={version}"


def cuda_major_of_bindings() -> int | None:
    found = next(filter(None, (re.search(r"-cu(\d+)", name) for name in _BINDINGS if version_of(name))), None)
    return int(found[1]) if found else None


def _version_with_name(distribution: str) -> tuple[str, str] | None:
    version = version_of(distribution)
    return None if version is None else (distribution, version)
