"""A worker that takes videos through a loaded model: parts on disk, stages that add up, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from video_files import moving_photograph
from worker_case import digits_case
from worker_client import WorkerClient


@pytest.fixture
def embedding_case(digits_record: dict[str, Any], digits_folder: Path) -> dict[str, Any]:
    """Digits cannot embed, but their scores are rows of numbers all the same."""
    record = {**digits_record, "postprocessing": "embedding"}
    return digits_case(record, digits_folder, "onnxruntime", "fp32", threads=1)


def opened(worker: WorkerClient, case: dict[str, Any], file: Path, folder: Path, **changes: Any) -> dict[str, Any]:
    assert worker.ask("prepare", case=case)["message"] == "prepared"
    return reopened(worker, file, folder, **changes)


def reopened(worker: WorkerClient, file: Path, folder: Path, **changes: Any) -> dict[str, Any]:
    parameters = {
        "file": str(file),
        "sampling": {"everyFrames": 1, "framesPerSecond": None},
        "scoreThreshold": None,
        "folder": str(folder),
        "hashFrames": True,
    }
    return worker.ask("open-video", **{**parameters, **changes})


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    files = sorted(folder.glob(f"{name}-*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_video_is_analysed_part_by_part_to_its_end(
    worker: WorkerClient, embedding_case: dict[str, Any], tmp_path: Path
) -> None:
    file = moving_photograph(tmp_path / "a.mp4")
    answer = opened(worker, embedding_case, file, tmp_path / "parts")
    assert {key: answer[key] for key in ("message", "width", "height", "codec", "frameRate")} == {
        "message": "video-opened",
        "width": 96,
        "height": 64,
        "codec": "mpeg4",
        "frameRate": 10.0,
    }
    parts = [worker.ask("analyze-video", frames=16, part=part) for part in range(2)]
    assert [(part["frames"], part["results"], len(part["latenciesMs"]), part["isEnd"]) for part in parts] == [
        (16, 16, 2, False),
        (4, 4, 1, True),
    ]
    for part in parts:
        assert sum(part["stageMs"].values()) == pytest.approx(sum(part["latenciesMs"]), rel=1e-6)
        assert part["stageMs"]["infer"] == pytest.approx(sum(part["inferMs"]), rel=1e-6)
        assert sum(part["latenciesMs"]) <= (part["endedAtNs"] - part["startedAtNs"]) / 1e6
        assert min(part["stageMs"].values()) > 0
    assert [row["frame"] for row in rows(tmp_path / "parts", "frames")] == list(range(20))
    results = rows(tmp_path / "parts", "results")
    assert [(row["frame"], len(row["embedding"])) for row in results] == [(index, 10) for index in range(20)]


def test_two_passes_over_a_file_prove_the_same_frames_and_another_file_others(
    worker: WorkerClient, embedding_case: dict[str, Any], tmp_path: Path
) -> None:
    file = moving_photograph(tmp_path / "a.mp4")
    other = moving_photograph(tmp_path / "b.mp4", sample="coffee.jpg")
    opened(worker, embedding_case, file, tmp_path / "1")
    hashes = [worker.ask("analyze-video", frames=8, part=0)["framesSha256"]]
    for name in (file, other):
        reopened(worker, name, tmp_path / "2")
        hashes.append(worker.ask("analyze-video", frames=8, part=0)["framesSha256"])
    assert hashes[0] == hashes[1] != hashes[2]


def test_nothing_is_hashed_unasked(worker: WorkerClient, embedding_case: dict[str, Any], tmp_path: Path) -> None:
    opened(worker, embedding_case, moving_photograph(tmp_path / "a.mp4"), tmp_path / "parts", hashFrames=False)
    assert worker.ask("analyze-video", frames=8, part=0)["framesSha256"] is None


def test_a_file_that_is_no_video_is_refused_and_the_next_is_read(
    worker: WorkerClient, embedding_case: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"nothing of the kind")
    refused = opened(worker, embedding_case, tmp_path / "bad.mp4", tmp_path / "parts")
    assert (refused["message"], refused["error"]["code"], refused["error"]["stage"]) == (
        "failed",
        "unreadable-video",
        "inputs",
    )
    assert refused["error"]["message"].startswith("bad.mp4 cannot be analysed: ")
    assert reopened(worker, moving_photograph(tmp_path / "a.mp4"), tmp_path / "parts")["message"] == "video-opened"


def test_a_model_of_another_task_is_refused(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    case = digits_case(digits_record, digits_folder, "onnxruntime", "fp32")
    refused = opened(worker, case, moving_photograph(tmp_path / "a.mp4"), tmp_path / "parts")
    assert refused["error"]["code"] == "bad-usage"


def test_analysing_before_opening_is_refused(worker: WorkerClient, embedding_case: dict[str, Any]) -> None:
    worker.ask("prepare", case=embedding_case)
    assert worker.ask("analyze-video", frames=8, part=0)["error"]["code"] == "bad-usage"


def test_cancelling_stops_between_batches(worker: WorkerClient, embedding_case: dict[str, Any], tmp_path: Path) -> None:
    opened(worker, embedding_case, moving_photograph(tmp_path / "a.mp4", seconds=20, rate=25), tmp_path / "parts")
    command = worker.send("analyze-video", frames=4096, part=0)
    worker.signal_only("cancel")
    assert worker.answer_to(command)["message"] == "cancelled"
    assert list((tmp_path / "parts").glob("*")) == []
