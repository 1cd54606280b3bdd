"""The worker's own CUDA code on a real GPU: it needs cuda-bindings and no TensorRT. Skipped without either."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import breaks_the_device
from enginebench_worker.installed import is_importable
from enginebench_worker.nvidia_driver import cuda_device_count
from enginebench_worker.tensorrt_engine.cuda_stream import CudaError, CudaStream

pytestmark = pytest.mark.skipif(
    cuda_device_count() == 0 or not is_importable("cuda.bindings"), reason="no GPU, or no cuda-bindings"
)
PACKAGE = str(Path(__file__).resolve().parents[4] / "electron" / "python")


@pytest.fixture
def stream() -> Iterator[CudaStream]:
    made = CudaStream(importlib.import_module("cuda.bindings.runtime"))
    yield made
    made.close()


@pytest.mark.parametrize("dtype", ["float32", "float16", "uint16", "int8", "uint8", "int32", "int64", "bool"])
@pytest.mark.parametrize("shape", [(3, 5), (0, 4), ()])
def test_what_is_copied_in_comes_out(stream: CudaStream, dtype: str, shape: tuple[int, ...]) -> None:
    buffer = stream.pair(shape, np.dtype(dtype))
    given = (np.arange(max(buffer.host.size, 1))[: buffer.host.size] % 2).reshape(shape).astype(dtype)
    buffer.host[...] = given
    stream.copy_in(buffer)
    stream.synchronize()
    buffer.host[...] = 0
    stream.copy_out(buffer)
    stream.synchronize()
    np.testing.assert_array_equal(buffer.host, given)


def test_free_and_whole_memory_are_told(stream: CudaStream) -> None:
    free, whole = stream.memory_bytes()
    assert 0 < free <= whole and whole > 1 << 30


def test_a_recorded_copy_runs_again_at_each_launch(stream: CudaStream) -> None:
    buffer = stream.pair((4,), np.dtype(np.float32))

    def copies() -> None:
        stream.copy_in(buffer)
        stream.copy_out(buffer)

    launch = stream.capture(copies)
    for value in (1, 2):
        buffer.host[:] = value
        launch()
        stream.synchronize()
        assert buffer.host.tolist() == [value] * 4


def test_tensorrt_fault_15_a_capture_that_waits_tells_that_as_its_cause_and_leaves_a_stream_that_works(
    stream: CudaStream,
) -> None:
    with pytest.raises(CudaError, match="cudaErrorStreamCaptureUnsupported"):
        stream.capture(stream.synchronize)
    stream.synchronize()
    buffer = stream.pair((4,), np.dtype(np.float32))
    launch = stream.capture(lambda: stream.copy_in(buffer))
    launch()
    stream.synchronize()


def test_tensorrt_fault_15_a_capture_whose_work_fails_otherwise_raises_that_error(stream: CudaStream) -> None:
    def work() -> None:
        raise ValueError("not of CUDA")

    with pytest.raises(ValueError, match="not of CUDA"):
        stream.capture(work)
    stream.synchronize()


def test_time_between_two_marks_is_told_by_the_device(stream: CudaStream) -> None:
    begin, end = stream.event(), stream.event()
    buffer = stream.pair((1 << 20,), np.dtype(np.float32))
    stream.mark(begin)
    stream.copy_in(buffer)
    stream.mark(end)
    stream.synchronize()
    assert 0 < stream.milliseconds_between(begin, end) < 1000


BREAKING = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
import torch
from enginebench_worker.errors import breaks_the_device
from enginebench_worker.tensorrt_engine.cuda_stream import CudaError, CudaStream
stream = CudaStream(importlib.import_module("cuda.bindings.runtime"))
torch.zeros(4, device="cuda")[torch.tensor([9], device="cuda")]
try:
    stream.raise_if_faulted()
except CudaError as error:
    print(error, breaks_the_device(error))
"""


@pytest.mark.skipif(not is_importable("torch"), reason="no PyTorch, which breaks the device here")
def test_tensorrt_fault_06_a_fault_that_another_library_caused_is_seen_by_waiting() -> None:
    command = [sys.executable, "-c", BREAKING, PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip().endswith("cudaErrorAssert True"), done.stdout + done.stderr[-2000:]


def test_tensorrt_fault_06_a_failed_capture_does_not_make_the_device_faulted(stream: CudaStream) -> None:
    with pytest.raises(CudaError) as caught:
        stream.capture(stream.synchronize)
    assert "Capture" in str(caught.value)
    stream.raise_if_faulted()
    assert not breaks_the_device(CudaError("TensorRT did not run the engine"))
