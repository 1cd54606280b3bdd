"""Expected failures a user can act on, and how any other exception becomes one.

A BenchError says what failed, at which stage, and what to do. Anything raised that is neither a BenchError nor
Cancelled is a bug or a library's own exception: `describe_failure` judges it by its type, then by its text. The list of
codes is closed: it is made from shared/domain/bench-error.ts."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from enginebench_worker.wire.bench_error import BenchErrorRecord, ErrorCode, Stage
from enginebench_worker.wire.domain import Device

__all__ = [
    "BenchError",
    "BenchErrorRecord",
    "Cancelled",
    "ErrorCode",
    "QueryFailure",
    "Stage",
    "breaks_the_device",
    "describe_failure",
    "disk_full",
    "gpu_failure_of",
]


class BenchError(Exception):
    def __init__(self, code: ErrorCode, stage: Stage, message: str, remedy: str, cause: object = None) -> None:
        super().__init__(message)
        words = None if cause is None else (str(cause) or type(cause).__name__)
        self.record = BenchErrorRecord(code, stage, message, remedy, words)


class QueryFailure(BenchError):
    """A query failed. Its stage is that of the command that ran the query, which `describe_failure` fills in."""


class Cancelled(Exception):
    """The running command was asked to stop. A state, not an error."""


GpuFailure = Literal["out-of-memory-gpu", "gpu-faulted", "gpu-lost"]

_LOST = re.compile(
    r"GPU is lost|fallen off the bus|\bXid\b|busy or unavailable|device (?:is )?unavailable|cudaErrorDevicesUnavailable"
    r"|cudaErrorDeviceUnavailable|GPU requires reset|driver was reset",
    re.IGNORECASE,
)
_MEMORY = re.compile(
    r"CUDA(?: error)?: out of memory|CUDA out of memory|cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY"
    r"|CU(?:DNN|BLAS|SOLVER)_STATUS_ALLOC_FAILED|CUDA failure 2\b",
)
_FAULTED = re.compile(
    r"illegal memory access|device-side assert|unspecified launch failure|misaligned address|an illegal instruction"
    r"|uncorrectable ECC|hardware stack error|invalid program counter|launch timed out"
    r"|cudaError(?:IllegalAddress|Assert|LaunchFailure|MisalignedAddress|IllegalInstruction|ECCUncorrectable"
    r"|HardwareStackError|InvalidPc|LaunchTimeout)"
)


def gpu_failure_of(error: BaseException) -> GpuFailure | None:
    words = str(error)
    if _LOST.search(words):
        return "gpu-lost"
    if type(error).__name__ == "OutOfMemoryError" or _MEMORY.search(words):
        return "out-of-memory-gpu"
    return "gpu-faulted" if _FAULTED.search(words) else None


STAGE_OF_COMMAND: Mapping[str, Stage] = {
    "DescribeBackends": "setup",
    "InspectModel": "load",
    "InspectSource": "load",
    "PrepareInputs": "inputs",
    "ResolveWeights": "load",
    "ExportOnnx": "export",
    "CheckOnnx": "load",
    "SimplifyOnnx": "simplify",
    "ConvertPrecision": "precision",
    "MeasureSensitivity": "calibrate",
    "BuildEngine": "build",
    "Prepare": "load",
    "Warmup": "warmup",
    "MeasureBlock": "measure",
    "MeasureMemory": "memory",
    "ColdStart": "cold-start",
    "Sustain": "measure",
    "Serve": "serve",
    "SplitTime": "time-split",
    "ProfileLayers": "layers",
    "CountWork": "limits",
    "MeasurePeak": "limits",
    "WriteOutputs": "parity",
}

_INFERENCE_STAGES = frozenset({"warmup", "measure", "memory", "parity", "serve", "time-split", "layers"})
_ARENA_IS_FULL = "Failed to allocate memory for requested buffer"
"""ONNX Runtime's message, on the host and on a GPU alike."""
_GPU_FAILURES: Mapping[GpuFailure, tuple[str, str]] = {
    "out-of-memory-gpu": ("The GPU ran out of memory.", "Use a smaller batch or input size."),
    "gpu-faulted": (
        "The GPU reported an error, and this process can no longer use it.",
        "The next case starts in a fresh process. If it happens again, leave this backend out and check the driver.",
    ),
    "gpu-lost": (
        "The GPU can no longer be reached.",
        "Restart the machine or reset the GPU, then start the run again; everything measured so far is kept.",
    ),
}


def describe_failure(command: object, error: BaseException, device: Device | None = None) -> BenchErrorRecord:
    """`device`: of the current case, for library messages that are the same for both kinds of memory."""
    stage = STAGE_OF_COMMAND.get(type(command).__name__, "load")
    full = disk_full(error, stage)
    if full is not None:
        return full
    if isinstance(error, QueryFailure):
        return replace(error.record, stage=stage)
    if isinstance(error, BenchError):
        return error.record
    code, message, remedy = _judge(stage, error, device)
    return BenchErrorRecord(code, stage, message, remedy, f"{type(error).__name__}: {error}")


_FULL_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_NO_TEMPORARY_FOLDER = "No usable temporary directory found"
"""Python's own words for a full temporary folder: it tries to write there first."""
_NO_ROOM_BYTES = 256 * 1024


def disk_full(error: BaseException, stage: Stage) -> BenchErrorRecord | None:
    """A full disk is the reason, whatever a library made of it. None if nothing says so.

    Libraries that cannot write their temporary files often give no reason, so a failure of theirs is also held against
    the room in the temporary folder."""
    record = error.record if isinstance(error, BenchError) else None
    if record is not None and (record.code == "disk-full" or error.__cause__ is None):
        return None
    reason = error.__cause__ if record is not None and error.__cause__ is not None else error
    words = f"{type(reason).__name__}: {reason}"
    is_full = isinstance(reason, OSError) and reason.errno in _FULL_CODES
    remedy = "Free some space and start again. Files already written are kept."
    if is_full or _FULL_WORDS.search(words):
        name = getattr(reason, "filename", None)
        message = f"The disk is full: cannot write {name}." if name else "The disk is full."
        return BenchErrorRecord("disk-full", stage, message, remedy, words)
    folder = _full_temporary_folder()
    if folder is None or not (record is not None or _NO_TEMPORARY_FOLDER in words):
        return None
    return BenchErrorRecord("disk-full", stage, f"The disk is full: nothing fits into {folder}.", remedy, words)


def _full_temporary_folder() -> str | None:
    for folder in (os.environ.get("ENGINEBENCH_TEMPORARY"), os.environ.get("TMPDIR", "/tmp")):
        if folder and Path(folder).is_dir() and shutil.disk_usage(folder).free < _NO_ROOM_BYTES:
            return folder
    return None


def breaks_the_device(error: BaseException) -> bool:
    """True if a GPU error makes every later call of this process untrustworthy."""
    if isinstance(error, BenchError):
        cause = error.__cause__
        return error.record.code in ("gpu-faulted", "gpu-lost") or (cause is not None and breaks_the_device(cause))
    failure = gpu_failure_of(error)
    return failure in ("gpu-faulted", "gpu-lost") or (failure is None and "CUDA error" in str(error))


_FAILED_NODE = re.compile(r"while running (\w+) node\. Name:'([^']*)'")
"""ONNX Runtime names the node that failed, also where a case is tried while it is loaded."""
_BAKED_BATCH = (
    "If only larger batches fail, the graph holds the batch of its export: measure batch 1, or export it again. "
    "The log has the cause."
)


def _failed_at(words: str) -> str:
    node = _FAILED_NODE.search(words)
    return "while it ran" if node is None else f'at {node[1]} "{node[2]}" while it ran'


def _judge(stage: Stage, error: BaseException, device: Device | None) -> tuple[ErrorCode, str, str]:
    words = str(error)
    arena_is_full = _ARENA_IS_FULL in words
    failure = "out-of-memory-gpu" if arena_is_full and device == "cuda" else gpu_failure_of(error)
    if failure is not None:
        return failure, *_GPU_FAILURES[failure]
    if isinstance(error, MemoryError) or "DefaultCPUAllocator" in words or "bad allocation" in words or arena_is_full:
        return "out-of-memory-host", "This machine ran out of memory.", "Use a smaller batch or fewer images."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return "not-writable", f"{error.filename or 'A file'} cannot be opened.", "Check the permissions of its folder."
    if isinstance(error, ModuleNotFoundError) and error.name:
        message = f"The Python package {error.name.split('.')[0]} is not installed in this environment."
        return "python-unavailable", message, "Set up or repair the Python environment."
    if breaks_the_device(error):
        return (
            "inference-failed",
            "The GPU reported an error.",
            "Start the run again. If the error comes back, check the driver.",
        )
    if stage == "export":
        return "export-failed", "The export to ONNX failed.", "Try another opset; the log has the exporter's output."
    if stage in _INFERENCE_STAGES or _FAILED_NODE.search(words):
        return "inference-failed", f"The model failed {_failed_at(words)}.", _BAKED_BATCH
    return "unexpected", "The worker hit an unexpected error.", "Please report it; the log has the cause."
