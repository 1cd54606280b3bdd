"""Turns whatever a command raised into a record a user can act on. Expected failures arrive as BenchErrors and pass
unchanged; the rest is judged by its type, then by its library's words."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from enginebench_worker.errors import BenchError, BenchErrorRecord, ErrorCode, Stage
from enginebench_worker.gpu_failures import GpuFailure, gpu_failure_of
from enginebench_worker.wire.domain import Device

STAGE_OF_COMMAND: Mapping[str, Stage] = {
    "DescribeBackends": "setup",
    "InspectModel": "load",
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
"""ONNX Runtime's words, on the host and on a GPU alike."""
_GPU_FAILURES: Mapping[GpuFailure, tuple[str, str]] = {
    "out-of-memory-gpu": ("The GPU's memory ran out.", "Use a smaller batch or input size."),
    "gpu-faulted": (
        "The GPU reported an error after which this process can no longer use it.",
        "The next case starts in a fresh process. If it comes back, leave this backend out and check the driver.",
    ),
    "gpu-lost": (
        "The GPU can no longer be reached.",
        "Restart the machine or reset the GPU, then start the run again; what was measured before is kept.",
    ),
}


def describe_failure(command: object, error: BaseException, device: Device | None = None) -> BenchErrorRecord:
    """`device`: of the case at hand, for the words of a library that are the same for both kinds of memory."""
    if isinstance(error, BenchError):
        return error.record
    stage = STAGE_OF_COMMAND.get(type(command).__name__, "load")
    code, message, remedy = _judge(stage, error, device)
    return BenchErrorRecord(code, stage, message, remedy, f"{type(error).__name__}: {error}")


def breaks_the_device(error: BaseException) -> bool:
    """True where a GPU error makes every later call of this process untrustworthy."""
    if isinstance(error, BenchError):
        cause = error.__cause__
        return error.record.code in ("gpu-faulted", "gpu-lost") or (cause is not None and breaks_the_device(cause))
    failure = gpu_failure_of(error)
    return failure in ("gpu-faulted", "gpu-lost") or (failure is None and "CUDA error" in str(error))


def _judge(stage: Stage, error: BaseException, device: Device | None) -> tuple[ErrorCode, str, str]:
    words = str(error)
    arena_is_full = _ARENA_IS_FULL in words
    failure = "out-of-memory-gpu" if arena_is_full and device == "cuda" else gpu_failure_of(error)
    if failure is not None:
        return failure, *_GPU_FAILURES[failure]
    if isinstance(error, MemoryError) or "DefaultCPUAllocator" in words or "bad allocation" in words or arena_is_full:
        return "out-of-memory-host", "This machine's memory ran out.", "Use a smaller batch or fewer images."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk-full", "The disk is full.", "Free some space and start again."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return "not-writable", f"{error.filename or 'A file'} cannot be opened.", "Check the permissions of its folder."
    if isinstance(error, ModuleNotFoundError) and error.name:
        message = f"The Python package {error.name.split('.')[0]} is not installed in this environment."
        return "python-unavailable", message, "Set up or repair the Python environment."
    if breaks_the_device(error):
        return "inference-failed", "The GPU reported an error.", "Start the run again; if it stays, check the driver."
    if stage == "export":
        return "export-failed", "The export to ONNX failed.", "Try another opset; the log has the exporter's words."
    if stage in _INFERENCE_STAGES:
        return "inference-failed", "The model failed while it ran.", "Try a smaller batch; the log has the cause."
    return "unexpected", "The worker met an error it does not know.", "The log has the cause; please report it."
