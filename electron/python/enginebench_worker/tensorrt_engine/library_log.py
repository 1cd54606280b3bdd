"""What TensorRT logs while an engine is opened or runs: the only place where it says why a call failed.

TensorRT calls the logger from its own threads, and a logger that raises ends the process, so nothing here raises. Lines
are also printed to standard error, which the supervisor keeps. Only the last lines are kept."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from typing import Any

from enginebench_worker.building.log import without_driver_noise

_KEPT = 50
_OTHER_MODEL = "plan file across different models of devices"


class LibraryLog:
    """`logger` must outlive every object that the library makes with it."""

    def __init__(self, trt: Any) -> None:
        self._errors: deque[str] = deque(maxlen=_KEPT)
        self._warnings: deque[str] = deque(maxlen=_KEPT)
        severity = trt.ILogger.Severity
        kept = {
            severity.INTERNAL_ERROR: self._errors,
            severity.ERROR: self._errors,
            severity.WARNING: self._warnings,
        }

        class KeepingLogger(trt.ILogger):
            def __init__(self) -> None:
                trt.ILogger.__init__(self)

            def log(self, severity: Any, msg: str) -> None:
                lines = kept.get(severity)
                if lines is not None:
                    lines.append(msg.strip())
                    with contextlib.suppress(OSError, ValueError):
                        print(f"TensorRT: {msg}", file=sys.stderr, flush=True)

        self.logger = KeepingLogger()

    @property
    def errors(self) -> list[str]:
        """What was logged at level error since it was last taken."""
        return without_driver_noise(self._errors)

    def take_errors(self) -> list[str]:
        """What was logged at level error since the last call, oldest first."""
        taken = list(self._errors)
        self._errors.clear()
        return without_driver_noise(taken) or taken

    def notes(self) -> tuple[str, ...]:
        """What a reader of the measurement must know; each sentence once."""
        found = any(_OTHER_MODEL in line for line in self._warnings)
        return (BUILT_FOR_OTHER_MODEL,) if found else ()


BUILT_FOR_OTHER_MODEL = (
    "TensorRT says that this engine was built on another model of GPU, so it may run slower here, or wrongly. "
    "Convert the model again on this machine for an engine of this GPU."
)
