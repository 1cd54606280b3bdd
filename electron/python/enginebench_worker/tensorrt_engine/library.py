"""Which TensorRT is installed: the Python bindings, the library that is really loaded below them, and what its version
can do.

The two may be different products. TensorRT-RTX can be behind TensorRT's bindings; it builds its own kind of engine, so
everything here is named after what is loaded, not after what was imported. Differences between supported versions are
declared once (`Capabilities`); nothing else checks a version, and a test checks the shared names against both official
bindings, so no `hasattr` is needed. A library that cannot be loaded is refused with the name of what is missing."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.installed import version_of

OLDEST_SUPPORTED = (10, 14)
NEWEST_SUPPORTED_MAJOR = 11
SUPPORTED_WORDS = "10.14 or later, or 11"


@dataclass(frozen=True)
class Capabilities:
    major: int
    strong_typing_is_asked_for: bool
    """Version 10 types a network strongly only if a flag says so; 11 always does and ignores the flag."""


_BY_MAJOR = {
    10: Capabilities(10, strong_typing_is_asked_for=True),
    11: Capabilities(11, strong_typing_is_asked_for=False),
}


def capabilities_of(version: str) -> Capabilities | None:
    """None if the version is not supported or not a version."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_SUPPORTED:
        return None
    return _BY_MAJOR.get(int(found[1]))


_MISSING = re.compile(
    r"((?:lib)?[\w.+-]+\.(?:so(?:\.\d+)*|dll)):? (?:cannot open shared object file|not found)|'([\w.-]+\.dll)'"
)
_BINDINGS = ("tensorrt-cu13-bindings", "tensorrt-cu12-bindings", "tensorrt-cu13", "tensorrt-cu12", "tensorrt")


def load_refusal(error: BaseException) -> tuple[str, str]:
    """Returns the reason and the remedy."""
    found = _MISSING.search(str(error))
    name = next(filter(None, found.groups()), None) if found else None
    if name is None:
        return (
            "TensorRT is installed but cannot be loaded.",
            "Repair the TensorRT environment; the log has the details.",
        )
    if name.startswith(("libcuda.", "nvcuda")):
        return (
            f"TensorRT needs {name}, which comes with the NVIDIA driver; the driver is not installed.",
            "Install the NVIDIA driver.",
        )
    bindings = next(filter(None, map(_version_with_name, _BINDINGS)), None)
    reason = f"TensorRT needs {name}, which was not found."
    if "nvinfer" not in name and "nvonnxparser" not in name:
        return (
            reason,
            f"Install the CUDA libraries of TensorRT's own CUDA version, or put the folder of {name} on the path.",
        )
    if bindings is None:
        return reason, "Install TensorRT's libraries in the version of its Python bindings."
    distribution, version = bindings
    libraries = distribution.removesuffix("-bindings") + "-libs"
    others = version_of(libraries)
    beside = (
        f" {libraries} {others} is installed with {distribution} {version}." if others not in (None, version) else ""
    )
    return f"{reason}{beside}", f"In this environment: pip install {libraries}=={version}"


def cuda_major_of_bindings() -> int | None:
    found = next(filter(None, (re.search(r"-cu(\d+)", name) for name in _BINDINGS if version_of(name))), None)
    return int(found[1]) if found else None


def _version_with_name(distribution: str) -> tuple[str, str] | None:
    version = version_of(distribution)
    return None if version is None else (distribution, version)


EngineKind = Literal["tensorrt-engine", "tensorrt-rtx-engine"]

_MAPPED_LIBRARIES = Path("/proc/self/maps")
_RTX_LIBRARY = re.compile(r"/libtensorrt_rtx\.so\.(\d+(?:\.\d+)*)")


@dataclass(frozen=True)
class Library:
    module: Any
    """`tensorrt`, imported."""
    version: str
    """Version of the bindings."""
    kind: EngineKind
    label: str
    tools: dict[str, str]
    capabilities: Capabilities


def open_library(stage: Stage) -> Library:
    """Imports TensorRT. BenchError if it is missing, cannot be loaded, or has an unsupported version."""
    try:
        module = importlib.import_module("tensorrt")
        version = str(module.__version__)
    except ModuleNotFoundError as error:
        raise _unavailable(stage, "TensorRT is not installed in this environment.", error) from error
    except Exception as error:  # loading shared libraries fails in as many classes as there are causes
        raise BenchError("backend-unavailable", stage, *load_refusal(error), error) from error
    capabilities = capabilities_of(version)
    if capabilities is None:
        raise _unavailable(stage, f"TensorRT {version} is installed; {SUPPORTED_WORDS} is needed.", None)
    rtx_version = loaded_rtx_version()
    if rtx_version is None:
        tools = {"tensorrt": version}
        return Library(module, version, "tensorrt-engine", f"TensorRT {version}", tools, capabilities)
    words = f"{rtx_version}, test builder"
    tools = {"TensorRT-RTX": words, "tensorrt bindings": version}
    return Library(module, version, "tensorrt-rtx-engine", f"TensorRT-RTX {words}", tools, capabilities)


def loaded_rtx_version() -> str | None:
    """Version of TensorRT-RTX if this process has it mapped; None if not, or if unknown."""
    try:
        mapped = _MAPPED_LIBRARIES.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = _RTX_LIBRARY.search(mapped)
    return found[1] if found else None


def _unavailable(stage: Stage, message: str, error: Exception | None) -> BenchError:
    return BenchError("backend-unavailable", stage, message, "Set up the TensorRT environment.", error)
