"""The peak of this device, measured in a few seconds: the fastest of several matrix products, and a large copy.

A peak is a ceiling to compare with, so the best of a few medians counts, unlike in a measurement. A copy counts the
bytes it reads and the bytes it writes. Precisions that a processor only emulates are refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Protocol

from enginebench_worker.errors import BenchError
from enginebench_worker.installed import has_processor_feature, is_importable
from enginebench_worker.wire.domain import Device, DevicePeak, Precision

_FEWEST_RUNS = 3
_SECONDS_A_SIZE = 0.3
_TOO_SLOW_SECONDS = 1.0
"""A product that takes longer runs once; a larger one expected to take longer is not tried."""
_SIZES: dict[Device, tuple[int, ...]] = {"cpu": (512, 1024, 2048, 4096), "cuda": (2048, 4096, 8192)}
_NEEDED_ON_A_CPU: dict[Precision, tuple[str, ...]] = {
    "tf32": (),
    "fp16": ("avx512_fp16", "amx_fp16"),
    "bf16": ("avx512_bf16", "amx_bf16"),
    "int8": ("avx512_vnni", "avx_vnni", "amx_int8"),
}
_WITHOUT_A_PEAK: dict[Precision, str] = {
    "fp8": "PyTorch has no plain product in FP8 to measure",
    "int4-weights": "they are multiplied in a wider type, whose peak counts",
}
_COPY_BYTES: dict[Device, int] = {"cpu": 256 << 20, "cuda": 1 << 30}


class Bench(Protocol):
    """A library that multiplies and copies. The given operation runs once and has finished when the call returns."""

    versions: dict[str, str]

    def product(self, size: int) -> Callable[[], object]: ...

    def copy(self, size_bytes: int) -> Callable[[], object]: ...


@dataclass(frozen=True)
class _Product:
    seconds: float
    """Seconds per operation."""
    size: int


def measure_peak(device: Device, precision: Precision, threads: int) -> tuple[DevicePeak, dict[str, str]]:
    """The peak, and the versions of what measured it."""
    bench = _open_bench(device, precision, threads)
    tried = _products(bench, _SIZES[device])
    best = min(tried, key=lambda each: each.seconds)
    size_bytes = _COPY_BYTES[device]
    copied = 2.0 * size_bytes / _seconds(bench.copy(size_bytes))
    on = f"{threads} threads" if device == "cpu" else "the GPU"
    source = (
        f"measured: {best.size} x {best.size} matrix product in {precision} on {on}, "
        f"the best of {', '.join(str(each.size) for each in tried)}; copy of {size_bytes >> 20} MiB"
    )
    return DevicePeak(precision, 1.0 / best.seconds, copied, source), bench.versions


def _products(bench: Bench, sizes: Sequence[int]) -> list[_Product]:
    tried: list[_Product] = []
    for size in sizes:
        if tried and tried[-1].seconds * 2.0 * size**3 > _TOO_SLOW_SECONDS:
            break
        seconds = _seconds(bench.product(size))
        tried.append(_Product(seconds / (2.0 * size**3), size))
    return tried


def _open_bench(device: Device, precision: Precision, threads: int) -> Bench:
    if precision in _WITHOUT_A_PEAK:
        message = f"There is no peak of {precision}: {_WITHOUT_A_PEAK[precision]}."
        raise BenchError("unsupported-precision", "limits", message, "Compare the same case in FP16.")
    _refuse_what_is_imitated(device, precision)
    if is_importable("torch"):
        from enginebench_worker.limits.torch_bench import TorchBench

        return TorchBench(device, precision, threads)
    if device == "cpu" and precision == "fp32":
        return NumpyBench()
    message = f"The peak of {precision} on {device} cannot be measured without PyTorch in this environment."
    raise BenchError("backend-unavailable", "limits", message, "Set up the Python environment with PyTorch.")


def _refuse_what_is_imitated(device: Device, precision: Precision) -> None:
    """Every engine computes a product that the processor lacks in FP32, so FP32 is the ceiling."""
    features = _NEEDED_ON_A_CPU.get(precision)
    if device == "cpu" and features is not None and not any(map(has_processor_feature, features)):
        message = f"This processor has no instructions for {precision}: engines compute it in FP32."
        raise BenchError("unsupported-precision", "limits", message, "Use the fp32 peak instead.")


def _seconds(run: Callable[[], object]) -> float:
    """Median of the faster half: clocks rise during the first runs, and other programs only ever slow them."""
    started = time.perf_counter()
    run()
    first = time.perf_counter() - started
    if first > _TOO_SLOW_SECONDS:
        return first
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < _FEWEST_RUNS or time.perf_counter() - began < _SECONDS_A_SIZE:
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return max(median(sorted(times)[: (len(times) + 1) // 2]), 1e-9)


class NumpyBench:
    """Uses NumPy's own threads, which the process was started with."""

    def __init__(self) -> None:
        import numpy

        self._numpy: Any = numpy
        self.versions = {"numpy": numpy.__version__}

    def product(self, size: int) -> Callable[[], object]:
        numpy = self._numpy
        left, right = numpy.ones((size, size), numpy.float32), numpy.ones((size, size), numpy.float32)
        result = numpy.empty((size, size), numpy.float32)
        return lambda: numpy.matmul(left, right, out=result)

    def copy(self, size_bytes: int) -> Callable[[], object]:
        source = self._numpy.ones(size_bytes, self._numpy.uint8)
        target = self._numpy.empty_like(source)
        return lambda: self._numpy.copyto(target, source)
