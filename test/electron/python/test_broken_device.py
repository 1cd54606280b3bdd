"""What a worker does once its GPU has failed: it answers, touches the device no more, and ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from enginebench_worker import supervisor
from enginebench_worker.wire import protocol


class Faulting:
    """Handlers whose every call meets the words that are given."""

    words = ""
    device = "cuda"
    closed = 0

    def handle(self, command: object, execution: object) -> object:
        raise RuntimeError(self.words)

    def close(self) -> None:
        type(self).closed += 1


def answer_to_one_command(
    monkeypatch: pytest.MonkeyPatch, folder: Path, words: str
) -> tuple[int, list[tuple[str, str]], int]:
    """The exit code, what was answered, and how often the case was closed."""
    monkeypatch.setattr(Faulting, "words", words)
    monkeypatch.setattr(Faulting, "closed", 0)
    monkeypatch.setattr(supervisor, "Handlers", Faulting)
    answers = folder / "answers"
    with answers.open("wb") as file:
        worker = supervisor._Worker(protocol.MessageWriter(file.fileno()))
        worker._accept(json.dumps({"command": "measure-memory", "id": 1, "iterations": 1}).encode())
        worker._waiting.put(None)
        exit_code = worker.carry_out_commands()
    told = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    return exit_code, [(each["message"], each["error"]["code"]) for each in told], Faulting.closed


def test_fault_04_a_worker_that_met_a_sticky_error_answers_and_ends_without_touching_the_device_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = "CUDA error: an illegal memory access was encountered"
    assert answer_to_one_command(monkeypatch, tmp_path, words) == (
        supervisor.EXIT_DEVICE_BROKEN,
        [("failed", "gpu-faulted")],
        0,
    )


def test_fault_30_so_does_one_whose_gpu_is_lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answer_to_one_command(monkeypatch, tmp_path, "GPU is lost") == (
        supervisor.EXIT_DEVICE_BROKEN,
        [("failed", "gpu-lost")],
        0,
    )


def test_fault_03_memory_that_ran_out_leaves_the_device_usable_and_the_case_is_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert answer_to_one_command(monkeypatch, tmp_path, "CUDA out of memory") == (
        0,
        [("failed", "out-of-memory-gpu")],
        1,
    )
