from __future__ import annotations

import errno

import pytest
from enginebench_worker.errors import BenchError, breaks_the_device, describe_failure
from enginebench_worker.wire.commands import DescribeBackends, ExportOnnx, MeasureBlock, Prepare, PrepareInputs

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


def test_an_expected_failure_passes_unchanged() -> None:
    error = BenchError("no-images", "inputs", "None.", "Add some.")
    assert describe_failure(BLOCK, error) == error.record


@pytest.mark.parametrize(
    ("words", "broken"),
    [("CUDA error: device-side assert triggered", True), ("CUDA out of memory", False), ("bad shape", False)],
)
def test_only_an_error_of_the_device_itself_makes_the_process_useless(words: str, broken: bool) -> None:
    assert breaks_the_device(RuntimeError(words)) is broken
