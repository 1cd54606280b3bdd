from __future__ import annotations

import sys

import fake_nvidia_driver
import pytest
from enginebench_worker import installed
from enginebench_worker.backends import BACKENDS, describe_all, find_backend
from enginebench_worker.errors import BenchError
from enginebench_worker.wire.backend_rows import BACKEND_ROWS

_RTX_PROBE = "tensorrt_rtx_engine.provider"


def test_every_backend_that_the_app_knows_is_listed_once() -> None:
    assert sorted(backend.id for backend in BACKENDS) == sorted(BACKEND_ROWS)


def test_a_backend_claims_no_more_than_its_row_says() -> None:
    for status in describe_all():
        row = BACKEND_ROWS[status.id]
        beyond = (set(status.precisions) - set(row.precisions), set(status.devices) - set(row.devices))
        assert beyond == (set(), set()), status.id


def test_a_backend_that_cannot_run_says_why_and_what_helps() -> None:
    for status in describe_all():
        words = (status.reason, status.remedy)
        assert all(words) if not status.available else words == (None, None), status


def test_without_a_driver_nvidias_backends_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_nvidia_driver.install(monkeypatch)
    modules = ("torch_tensorrt", "tensorrt_backend", "torch_cudagraph", "onnxruntime_tensorrt_backend")
    for module in (*(f"backends.{name}" for name in modules), _RTX_PROBE):
        monkeypatch.setattr(f"enginebench_worker.{module}.cuda_device_count", lambda: 0)
    reasons = {status.id: status.reason for status in describe_all()}
    without = "No NVIDIA GPU and driver were found."
    names = ("tensorrt", "tensorrt-rtx", "torch-tensorrt", "torch-cudagraph", "onnxruntime-tensorrt")
    assert {reasons[name] for name in names} == {without}


def test_a_library_that_is_not_installed_makes_its_backend_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    backends = "torch_eager torch_compile torch_cudagraph onnxruntime_backend openvino_backend ultralytics_backend"
    for module in (*(f"backends.{name}" for name in backends.split()), _RTX_PROBE):
        monkeypatch.setattr(f"enginebench_worker.{module}.is_importable", lambda name: False)
    assert [status.available for status in describe_all()] == [False] * len(BACKENDS)


def test_a_broken_package_counts_as_not_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "broken_package", None)
    assert not installed.is_importable("broken_package")


def test_an_unknown_backend_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BenchError) as caught:
        find_backend("abacus")
    assert (caught.value.record.code, "torch-eager" in caught.value.record.remedy) == ("unknown-backend", True)
