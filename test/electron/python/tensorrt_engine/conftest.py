"""Gives tests of engines a stand-in for TensorRT and CUDA, an engine's file, and a case that uses it."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import WorkerCase
from fake_cuda import FakeCuda, Status
from fake_tensorrt import VERSIONS, Script, fake_tensorrt
from worker_case import digits_case


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def engine_file(tmp_path: Path) -> Path:
    file = tmp_path / "engine.plan"
    file.write_bytes(b"plan")
    return file


@pytest.fixture
def case_of(digits_record: dict[str, Any], digits_folder: Path, engine_file: Path) -> Callable[..., WorkerCase]:
    def make(precision: str = "fp16", **changes: Any) -> WorkerCase:
        record = digits_case(
            digits_record, digits_folder, "tensorrt", precision, device="cuda", engineFile=str(engine_file), **changes
        )
        return from_json(WorkerCase, record)

    return make


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, script: Script) -> Callable[..., FakeCuda]:
    def install(version: str, fails: dict[str, Status] | None = None) -> FakeCuda:
        cuda = FakeCuda(fails)
        monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt(version, script))
        monkeypatch.setitem(sys.modules, "cuda", types.ModuleType("cuda"))
        monkeypatch.setitem(sys.modules, "cuda.bindings", types.ModuleType("cuda.bindings"))
        monkeypatch.setitem(sys.modules, "cuda.bindings.runtime", cuda)
        return cuda

    return install
