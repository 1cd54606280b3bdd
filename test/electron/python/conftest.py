"""Makes the worker package importable and gives tests a running worker."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "electron" / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from worker_client import WorkerClient  # noqa: E402 - the path must be set first


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
