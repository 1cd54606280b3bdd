"""Which TensorRT there is: the Python bindings, and the library that is really loaded below them.

The two need not be the same product. TensorRT-RTX can stand behind TensorRT's bindings; what it builds is its own
kind of engine, and everything here is named after what is loaded, not after what was imported."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.tensorrt.capabilities import SUPPORTED_WORDS, Capabilities, capabilities_of
from enginebench_worker.tensorrt.load_refusal import load_refusal

EngineKind = Literal["tensorrt-engine", "tensorrt-rtx-engine"]

_MAPPED_LIBRARIES = Path("/proc/self/maps")
_RTX_LIBRARY = re.compile(r"/libtensorrt_rtx\.so\.(\d+(?:\.\d+)*)")


@dataclass(frozen=True)
class Library:
    module: Any
    """`tensorrt`, imported."""
    version: str
    """Of the bindings."""
    kind: EngineKind
    label: str
    tools: dict[str, str]
    capabilities: Capabilities


def open_library(stage: Stage) -> Library:
    """Imports TensorRT. BenchError where it is absent, cannot be loaded, or is of a version that is not supported."""
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
    """Version of TensorRT-RTX where this process has it mapped; None where it has not, or cannot be seen."""
    try:
        mapped = _MAPPED_LIBRARIES.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = _RTX_LIBRARY.search(mapped)
    return found[1] if found else None


def _unavailable(stage: Stage, message: str, error: Exception | None) -> BenchError:
    return BenchError("backend-unavailable", stage, message, "Set up the TensorRT environment.", error)
