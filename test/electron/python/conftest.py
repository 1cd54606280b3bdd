"""Gives tests a running worker, a model's manifest, and an execution that nobody cancels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import ModelManifest
from worker_client import WorkerClient

MODELS = Path(__file__).resolve().parents[3] / "models"


@pytest.fixture
def start_worker() -> Iterator[Callable[[], WorkerClient]]:
    started: list[WorkerClient] = []

    def start() -> WorkerClient:
        started.append(WorkerClient())
        return started[-1]

    yield start
    for client in started:
        client.kill()


@pytest.fixture
def worker(start_worker: Callable[[], WorkerClient]) -> WorkerClient:
    return start_worker()


@pytest.fixture
def execution() -> Execution:
    return Execution(ProgressCount(), lambda fraction, text: None)


@pytest.fixture
def digits_record() -> dict[str, Any]:
    return json.loads((MODELS / "digits" / "model.json").read_text(encoding="utf-8"))


@pytest.fixture
def digits(digits_record: dict[str, Any]) -> ModelManifest:
    return from_json(ModelManifest, digits_record)


@pytest.fixture
def digits_folder() -> Path:
    return MODELS / "digits"
