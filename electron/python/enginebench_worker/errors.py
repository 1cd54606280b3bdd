"""An expected failure, in words a user can act on: what failed, at which stage, what to do.

Anything raised that is neither a BenchError nor Cancelled is a bug. The code list is closed and the same as in
shared/domain/bench-error.ts; a contract test compares both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ErrorCode = Literal[
    "bad-usage",
    "unknown-model",
    "unknown-backend",
    "unsupported-precision",
    "batch-outside-profile",
    "no-images",
    "no-readable-images",
    "input-mismatch",
    "bad-model-file",
    "unsafe-model-file",
    "missing-artifact",
    "export-failed",
    "weights-unavailable",
    "backend-unavailable",
    "python-unavailable",
    "python-setup-failed",
    "licence-not-accepted",
    "out-of-memory-host",
    "out-of-memory-gpu",
    "worker-crashed",
    "worker-stalled",
    "protocol-violation",
    "invalid-samples",
    "disk-full",
    "folder-not-empty",
    "not-writable",
    "record-unreadable",
    "newer-schema",
    "inference-failed",
    "interrupted",
    "display-unavailable",
    "unknown-run",
    "unknown-artifact",
    "unknown-conversion",
    "bad-recipe",
    "bad-profile",
    "unsupported-operator",
    "mixed-precision",
    "conversion-failed",
    "build-failed",
    "precision-not-proved",
    "no-calibration-images",
    "untrusted-engine",
    "bad-analyzer",
    "no-videos",
    "unreadable-video",
    "gpu-faulted",
    "gpu-lost",
    "unsynchronized",
    "unexpected",
]

Stage = Literal[
    "setup",
    "plan",
    "inputs",
    "export",
    "simplify",
    "precision",
    "calibrate",
    "build",
    "spawn",
    "load",
    "memory",
    "warmup",
    "measure",
    "cold-start",
    "energy",
    "time-split",
    "layers",
    "serve",
    "limits",
    "parity",
    "summarize",
    "store",
    "report",
]

ERROR_CODES: tuple[str, ...] = get_args(ErrorCode)
STAGES: tuple[str, ...] = get_args(Stage)


@dataclass(frozen=True)
class BenchErrorRecord:
    """What crosses to the supervisor. `cause` is the underlying library's words, for the log."""

    code: ErrorCode
    stage: Stage
    message: str
    remedy: str
    cause: str | None


class BenchError(Exception):
    def __init__(self, code: ErrorCode, stage: Stage, message: str, remedy: str, cause: object = None) -> None:
        super().__init__(message)
        words = None if cause is None else (str(cause) or type(cause).__name__)
        self.record = BenchErrorRecord(code, stage, message, remedy, words)


class Cancelled(Exception):
    """The running command was asked to stop. A state, never an error."""
