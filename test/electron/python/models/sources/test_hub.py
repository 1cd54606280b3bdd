"""A model at the hub, asked for by a real worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from enginebench_worker.models.sources import hugging_face
from hub_server import COMMIT, HubServer
from worker_client import WorkerClient

transformers = pytest.importorskip("transformers")  # after this import, which decides what it sees of torchvision
assert hugging_face.KEYWORD == "pixel_values"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubServer]:
    folder = tmp_path / "repository"
    torch.manual_seed(3)
    config = transformers.ResNetConfig(embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1], num_labels=4)
    transformers.ResNetForImageClassification(config).save_pretrained(folder, max_shard_size="1KB")
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": 32}), encoding="utf-8")
    server = HubServer(folder)
    yield server
    server.close()


@pytest.fixture
def worker(hub: HubServer, tmp_path: Path) -> Iterator[WorkerClient]:
    environment = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_DISABLE_XET": "1"}
    client = WorkerClient(environment=environment)
    yield client
    client.kill()


def source(place: str) -> dict[str, Any]:
    return {"kind": "hub", "place": place, "revision": None, "factory": None}


def inspected(worker: WorkerClient, place: str, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    asked = {"source": source(place), "code": [], "inputSize": None, "outputs": None, "folder": str(folder)}
    return worker.ask("inspect-source", 120, **asked)


def test_a_repository_is_pinned_to_its_commit_and_all_its_files_are_loaded(
    worker: WorkerClient, hub: HubServer, tmp_path: Path, digits_record: dict[str, Any]
) -> None:
    answer = inspected(worker, "example/tiny", tmp_path / "stored")
    assert answer["message"] == "source-inspected", answer
    facts = answer["facts"]
    assert {key: facts[key] for key in ("revision", "weightsFile", "licence", "height")} == {
        "revision": COMMIT,
        "weightsFile": "model.safetensors.index.json",
        "licence": "mit",
        "height": 32,
    }
    assert not any(".safetensors" in asked and "index" not in asked for asked in hub.asked)
    found = {"library": "hugging-face", "repository": "example/tiny", "revision": COMMIT}
    model = {**digits_record, "source": {**found, "weightsFile": facts["weightsFile"]}}
    parameters = {"model": model, "modelFolder": str(tmp_path / "stored"), "folder": None, "seed": 1}
    resolved = worker.ask("resolve-weights", 120, choice="auto", **parameters)
    assert (resolved["message"], resolved["origin"]) == ("weights-resolved", "hub")
    shards = sorted(each.name for each in Path(resolved["folder"]).glob("*.safetensors"))
    assert len(shards) > 1
    hub.asked.clear()
    assert worker.ask("resolve-weights", 120, choice="auto", **parameters)["sha256"] == resolved["sha256"]
    assert hub.asked == []


def test_a_repository_that_is_not_there_says_so(worker: WorkerClient, tmp_path: Path) -> None:
    error = inspected(worker, "example/none", tmp_path / "stored")["error"]
    assert (error["code"], error["stage"]) == ("weights-unavailable", "load")
    assert "there is no such repository, or it is private" in error["message"]
