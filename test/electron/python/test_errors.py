from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from enginebench_worker.errors import BenchError, breaks_the_device, describe_failure
from enginebench_worker.wire.commands import (
    ColdStart,
    DescribeBackends,
    ExportOnnx,
    MeasureBlock,
    Prepare,
    PrepareInputs,
    Serve,
)
from enginebench_worker.wire.domain import Device

BLOCK = MeasureBlock(1, 250, 20, 2000, 3)
PREPARE, EXPORT, INPUTS = (object.__new__(shape) for shape in (Prepare, ExportOnnx, PrepareInputs))


class OutOfMemoryError(RuntimeError):
    """Named as PyTorch names its own."""


@pytest.mark.parametrize(
    ("command", "error", "code", "stage"),
    [
        (BLOCK, OutOfMemoryError("CUDA out of memory"), "out-of-memory-gpu", "measure"),
        (BLOCK, MemoryError(), "out-of-memory-host", "measure"),
        (BLOCK, RuntimeError("DefaultCPUAllocator: can't allocate memory"), "out-of-memory-host", "measure"),
        (BLOCK, RuntimeError("CUDA error: invalid argument"), "inference-failed", "measure"),
        (BLOCK, RuntimeError("shape '[2]' is invalid"), "inference-failed", "measure"),
        (INPUTS, OSError(errno.ENOSPC, "No space left on device"), "disk-full", "inputs"),
        (INPUTS, PermissionError(errno.EACCES, "Permission denied", "inputs.npy"), "not-writable", "inputs"),
        (INPUTS, ModuleNotFoundError("No module named 'numpy'", name="numpy"), "python-unavailable", "inputs"),
        (PREPARE, ModuleNotFoundError("No module named 'x.y'", name="x.y"), "python-unavailable", "load"),
        (EXPORT, RuntimeError("unsupported operator"), "export-failed", "export"),
        (PREPARE, KeyError("bug"), "unexpected", "load"),
        (DescribeBackends(1), ZeroDivisionError(), "unexpected", "setup"),
    ],
)
def test_what_a_library_raised_is_told_by_code_and_stage(
    command: object, error: Exception, code: str, stage: str
) -> None:
    record = describe_failure(command, error)
    assert (record.code, record.stage, record.cause) == (code, stage, f"{type(error).__name__}: {error}")


def test_a_missing_package_is_named() -> None:
    record = describe_failure(INPUTS, ModuleNotFoundError("No module named 'numpy'", name="numpy"))
    assert (record.message, record.remedy) == (
        "The Python package numpy is not installed in this environment.",
        "Set up or repair the Python environment.",
    )


def caused(code: str, cause: Exception) -> BenchError:
    error = BenchError(code, "load", "ONNX Runtime cannot load it.", "Check the file.", cause)
    error.__cause__ = cause
    return error


def test_fault_13_a_full_disk_is_named_whatever_a_library_made_of_it() -> None:
    record = describe_failure(PREPARE, caused("bad-model-file", RuntimeError("write: No space left on device")))
    assert (record.code, record.stage, record.message) == ("disk-full", "load", "The disk is full.")
    named = describe_failure(INPUTS, OSError(errno.ENOSPC, "No space left on device", "/data/inputs.npy"))
    assert (named.code, named.message) == ("disk-full", "The disk is full: cannot write /data/inputs.npy.")
    other = caused("bad-model-file", RuntimeError("unknown operator"))
    assert describe_failure(PREPARE, other) == other.record


def test_fault_13_a_full_temporary_folder_is_named_where_a_library_gives_no_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGINEBENCH_TEMPORARY", str(tmp_path))
    silent = caused("bad-model-file", RuntimeError("could not be saved"))
    assert describe_failure(PREPARE, silent) == silent.record
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=4096))
    full = ("disk-full", f"The disk is full: nothing fits into {tmp_path}.")
    record = describe_failure(PREPARE, silent)
    assert (record.code, record.message) == full
    python = describe_failure(PREPARE, FileNotFoundError(2, "No usable temporary directory found in ['/tmp']"))
    assert (python.code, python.message) == full
    refused = BenchError("input-mismatch", "load", "It takes another shape.", "Use that shape.")
    assert describe_failure(PREPARE, refused) == refused.record


def test_an_expected_failure_passes_unchanged() -> None:
    error = BenchError("no-images", "inputs", "None.", "Add some.")
    assert describe_failure(BLOCK, error) == error.record


@pytest.mark.parametrize(
    ("words", "broken"),
    [("CUDA error: device-side assert triggered", True), ("CUDA out of memory", False), ("bad shape", False)],
)
def test_only_an_error_of_the_device_itself_makes_the_process_useless(words: str, broken: bool) -> None:
    assert breaks_the_device(RuntimeError(words)) is broken


SERVE, COLD = Serve(1, (0.0,)), object.__new__(ColdStart)


@pytest.mark.parametrize(
    "error",
    [
        OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("cudaMalloc failed: cudaErrorMemoryAllocation"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
@pytest.mark.parametrize(("command", "stage"), [(BLOCK, "measure"), (SERVE, "serve"), (COLD, "cold-start")])
def test_fault_03_a_gpu_whose_memory_ran_out_is_told_and_a_smaller_batch_is_offered(
    command: object, stage: str, error: Exception
) -> None:
    record = describe_failure(command, error)
    assert (record.code, record.stage, record.remedy) == (
        "out-of-memory-gpu",
        stage,
        "Use a smaller batch or input size.",
    )


@pytest.mark.parametrize(("device", "code"), [("cuda", "out-of-memory-gpu"), ("cpu", "out-of-memory-host")])
def test_fault_03_words_that_fit_both_memories_are_those_of_the_cases_device(device: Device, code: str) -> None:
    error = RuntimeError("BFCArena: Failed to allocate memory for requested buffer of size 4294967296")
    assert describe_failure(BLOCK, error, device).code == code


@pytest.mark.parametrize(
    "words",
    [
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: device-side assert triggered",
        "CUDA error: unspecified launch failure",
        "CUDA error: misaligned address",
        "enqueue: cudaErrorIllegalAddress",
        "CUDA error: uncorrectable ECC error encountered",
    ],
)
def test_fault_04_a_sticky_cuda_error_ends_the_process_that_met_it(words: str) -> None:
    error = RuntimeError(words)
    assert (describe_failure(BLOCK, error).code, breaks_the_device(error)) == ("gpu-faulted", True)


def test_fault_04_it_is_seen_under_an_engines_own_words_too() -> None:
    cause = RuntimeError("CUDA error: an illegal memory access was encountered")
    error = BenchError("inference-failed", "measure", "The engine failed.", "Build it again.", cause)
    error.__cause__ = cause
    assert breaks_the_device(error)
    assert breaks_the_device(BenchError("gpu-faulted", "measure", "The GPU failed.", "Start again."))


@pytest.mark.parametrize(
    "words",
    [
        "Unable to determine the device handle: GPU is lost. Reboot the system to recover this GPU",
        "CUDA error: CUDA-capable device(s) is/are busy or unavailable",
        "NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.",
        "CUDA error: device unavailable",
    ],
)
def test_fault_30_a_gpu_that_is_gone_is_told_apart_from_one_that_failed(words: str) -> None:
    error = RuntimeError(words)
    record = describe_failure(BLOCK, error)
    assert (record.code, record.message, breaks_the_device(error)) == (
        "gpu-lost",
        "The GPU can no longer be reached.",
        True,
    )


@pytest.mark.parametrize("words", ["bad shape", "CUDA out of memory", "the model has no Xidium layer"])
def test_other_errors_leave_the_device_usable(words: str) -> None:
    assert not breaks_the_device(RuntimeError(words))
