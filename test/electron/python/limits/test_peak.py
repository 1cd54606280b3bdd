from __future__ import annotations

from collections.abc import Callable

import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.limits import peak
from enginebench_worker.limits.peak import measure_peak


class FakeBench:
    """Advances a clock by what each product and copy would take."""

    def __init__(self, operations_per_second: dict[int, float], bytes_per_second: float) -> None:
        self.versions = {"fake": "1"}
        self._speeds, self._bytes_per_second = operations_per_second, bytes_per_second
        self.now, self.sizes = 0.0, list[int]()

    def product(self, size: int) -> Callable[[], object]:
        self.sizes.append(size)
        return lambda: self._pass(2 * size**3 / self._speeds[size])

    def copy(self, size_bytes: int) -> Callable[[], object]:
        return lambda: self._pass(2 * size_bytes / self._bytes_per_second)

    def perf_counter(self) -> float:
        return self.now

    def _pass(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeBench], FakeBench]:
    def install(bench: FakeBench) -> FakeBench:
        monkeypatch.setattr(peak, "_open_bench", lambda device, precision, threads: bench)
        monkeypatch.setattr(peak, "time", bench)
        return bench

    return install


def test_the_peak_is_that_of_the_best_product_and_a_copy_counts_both_ways(
    use: Callable[[FakeBench], FakeBench],
) -> None:
    use(FakeBench({512: 1e10, 1024: 5e10, 2048: 4e10, 4096: 3e10}, 2e10))
    found, versions = measure_peak("cpu", "fp32", 2)
    assert (round(found.operations_per_second), round(found.bytes_per_second)) == (50_000_000_000, 20_000_000_000)
    assert found.source == (
        "measured: 1024 x 1024 matrix product in fp32 on 2 threads, the best of 512, 1024, 2048; copy of 256 MiB"
    )
    assert versions == {"fake": "1"}


def test_a_product_that_would_take_more_than_a_second_is_not_tried(use: Callable[[FakeBench], FakeBench]) -> None:
    bench = use(FakeBench({512: 2e9, 1024: 1.5e9, 2048: 1e9, 4096: 1e9}, 2e10))
    found, _ = measure_peak("cpu", "fp32", 2)
    assert (bench.sizes, bench.now < 3) == ([512], True)
    assert found.source.endswith("the best of 512; copy of 256 MiB")


@pytest.mark.parametrize("precision", ["fp16", "bf16", "int8", "tf32"])
def test_what_a_processor_would_only_imitate_is_refused(monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    monkeypatch.setattr(peak, "has_processor_feature", lambda name: False)
    with pytest.raises(BenchError) as caught:
        measure_peak("cpu", precision, 2)  # type: ignore[arg-type]
    record = caught.value.record
    assert (record.code, record.stage) == ("unsupported-precision", "limits")
    assert record.message == f"This processor has no instructions for {precision}: engines compute it in FP32."


@pytest.mark.parametrize("has_torch", [True, False])
def test_this_processor_has_a_peak(monkeypatch: pytest.MonkeyPatch, has_torch: bool) -> None:
    monkeypatch.setattr(peak, "is_importable", lambda name: has_torch)
    monkeypatch.setitem(peak._SIZES, "cpu", (128,))
    monkeypatch.setitem(peak._COPY_BYTES, "cpu", 1 << 20)
    found, versions = measure_peak("cpu", "fp32", 1)
    assert (found.operations_per_second > 1e8, found.bytes_per_second > 1e7) == (True, True)
    assert list(versions) == ["torch" if has_torch else "numpy"]
