"""An engine file opened on the GPU it was built for, or refused with the reason.

An engine is code: only files that the app made, and whose hash it has checked, are opened here. Host code that an
engine may carry stays forbidden, which is the library's own default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from enginebench_worker.building.log import without_driver_noise
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.library import Library

_BUILD_AGAIN = "Convert the model again on this machine."
_CAUSES = (
    (
        r"[Vv]ersion tag|magicTag|incompatible serialization|different version|older plan|not compatible with this",
        "was built by another version of TensorRT",
    ),
    (
        r"compute capability|incompatible device|different device|Target GPU|Platform .* mismatch",
        "was built for another GPU",
    ),
    (r"blobSize|header\.size|truncat", "is cut short"),
    (r"driver version is insufficient", "needs a newer NVIDIA driver"),
    (r"out of memory|OutOfMemory", "does not fit into the GPU's memory"),
)


class ErrorLines:
    """What the library logged at level error while it opened the engine."""

    def __init__(self, trt: Any) -> None:
        self.lines: list[str] = []
        lines, severity = self.lines, trt.ILogger.Severity

        class ErrorLogger(trt.ILogger):
            def __init__(self) -> None:
                trt.ILogger.__init__(self)

            def log(self, severity_of_line: Any, msg: str) -> None:
                if severity_of_line in (severity.INTERNAL_ERROR, severity.ERROR):
                    lines.append(msg)

        self.logger = ErrorLogger()


def open_engine(library: Library, file: Path) -> tuple[Any, Any]:
    """Returns the runtime and the engine; the runtime must outlive the engine."""
    if library.kind != "tensorrt-engine":
        message = f"{library.label} can build here but cannot run."
        raise BenchError("backend-unavailable", "load", message, "Set up the TensorRT environment with TensorRT.")
    said = ErrorLines(library.module)
    runtime = library.module.Runtime(said.logger)
    engine = runtime.deserialize_cuda_engine(file.read_bytes())
    if engine is None:
        raise engine_refusal(said.lines, library.label, file.name)
    return (runtime, said.logger), engine


def engine_refusal(lines: list[str], library: str, file: str) -> BenchError:
    words = "\n".join(without_driver_noise(lines))
    for pattern, says in _CAUSES:
        if re.search(pattern, words):
            return BenchError("bad-model-file", "load", f"The engine {file} {says}.", _BUILD_AGAIN, words)
    return BenchError(
        "bad-model-file", "load", f"{library} cannot open the engine {file}.", _BUILD_AGAIN, words or None
    )
