"""An expected failure, in words a user can act on: what failed, at which stage, what to do.

Anything raised that is neither a BenchError nor Cancelled is a bug."""

from __future__ import annotations

from enginebench_worker.wire.bench_error import BenchErrorRecord, ErrorCode, Stage

__all__ = ["BenchError", "BenchErrorRecord", "Cancelled", "ErrorCode", "Stage"]


class BenchError(Exception):
    def __init__(self, code: ErrorCode, stage: Stage, message: str, remedy: str, cause: object = None) -> None:
        super().__init__(message)
        words = None if cause is None else (str(cause) or type(cause).__name__)
        self.record = BenchErrorRecord(code, stage, message, remedy, words)


class Cancelled(Exception):
    """The running command was asked to stop. A state, never an error."""
