"""Every shipped architecture with seeded weights, from photographs to outputs, in workers of their own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worker_case import input_array
from worker_client import WorkerClient
from yolo_environment import environment_with_shim

pytestmark = pytest.mark.models

MODELS = Path(__file__).resolve().parents[3] / "models"
PHOTOGRAPHS = sorted(str(file) for file in (MODELS / "samples").glob("*.jpg"))
PATIENCE = 300
YOLO_PYTHON = os.environ.get("ENGINEBENCH_TEST_YOLO_PYTHON")


class Journey:
    """Prepares and exports once, then runs cases in fresh workers."""

    def __init__(self, model_id: str, height: int, width: int, folder: Path, interpreter: str) -> None:
        self.model = json.loads((MODELS / model_id / "model.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.interpreter = interpreter
        self.onnx_file = folder / "model.onnx"
        self.weights = {"origin": "seeded", "folder": None, "seed": 5}
        inputs = folder / "inputs.npy"
        worker = WorkerClient(interpreter)
        try:
            prepared = worker.ask(
                "prepare-inputs",
                model=self.model,
                height=height,
                width=width,
                files=PHOTOGRAPHS,
                limit=3,
                outFile=str(inputs),
            )
            assert prepared["message"] == "inputs-prepared", prepared
            self.exported = worker.ask(
                "export-onnx",
                PATIENCE,
                model=self.model,
                modelFolder=str(MODELS / model_id),
                weights=self.weights,
                opset=self.model["defaultOpset"],
                inputFile=str(inputs),
                outFile=str(self.onnx_file),
                outputsFolder=str(self.folder / "outputs"),
            )
        finally:
            worker.kill()
        self.input = input_array(inputs)

    def run(self, backend: str, precision: str) -> tuple[dict[str, Any], list[np.ndarray]]:
        worker = WorkerClient(self.interpreter)
        try:
            case = {
                "backend": backend,
                "precision": precision,
                "model": self.model,
                "modelFolder": str(MODELS / self.model["id"]),
                "weights": self.weights,
                "onnxFile": str(self.onnx_file),
                "batchSize": 2,
                "input": self.input,
                "device": "cpu",
                "threads": 2,
                "options": {},
            }
            prepared = worker.ask("prepare", PATIENCE, case=case)
            assert prepared["message"] == "prepared", prepared
            block = worker.ask("measure-block", PATIENCE, targetMs=50, minimumSamples=3, capMs=500, floorSamples=3)
            memory = worker.ask("measure-memory", PATIENCE, iterations=1)
            written = worker.ask("write-outputs", PATIENCE, folder=str(self.folder / f"{backend}-{precision}"))
        finally:
            worker.kill()
        assert len(block["latenciesMs"]) >= 3
        assert memory["processPeakBytes"]["value"] > 50e6
        return prepared, [np.load(output["file"], allow_pickle=False) for output in written["outputs"]]


def check_export(journey: Journey) -> None:
    exported = journey.exported
    assert exported["message"] == "exported", exported
    record, wanted = exported["exporter"], journey.model.get("exporter", {"name": "torchscript"})
    assert (exported["opset"], record["name"], record["refused"]) == (journey.model["defaultOpset"], wanted["name"], [])
    assert (record["worstShare"] < 1e-4, len(record["sizes"])) == (True, 2 if journey.model["input"]["dynamicSize"] else 1)
    if record["choiceCount"] > 0:
        return  # Its own choices may be others than PyTorch's where scores are as close as rounding.
    worst = {
        each["batchSize"]: max(
            float(np.abs(np.load(left["file"]) - np.load(right["file"])).max())
            for left, right in zip(each["candidate"], each["reference"], strict=True)
        )
        for each in exported["comparisons"]
    }
    assert sorted(worst) in ([1, 2], [1, 3], [1, 3, 8])
    assert max(worst.values()) < 2e-4


def check_agreement(reference: list[np.ndarray], candidate: list[np.ndarray], tolerance: float) -> None:
    assert [output.shape for output in candidate] == [output.shape for output in reference]
    for left, right in zip(candidate, reference, strict=True):
        assert np.abs(left - right).max() <= tolerance * max(1.0, float(np.abs(right).max()))


@pytest.mark.parametrize(
    ("model_id", "height", "width"),
    [
        ("clip-vit-b32", 224, 224),
        ("detr-resnet-50", 320, 320),
        ("detr-resnet-50", 800, 800),
        ("yolos-tiny", 512, 864),
        ("convnextv2-tiny", 224, 224),
        ("dinov2-small", 224, 224),
        ("siglip2-base", 224, 224),
        ("efficientnet-lite0", 224, 224),
    ],
)
def test_a_model_runs_alike_in_pytorch_and_onnx_runtime(model_id: str, height: int, width: int, tmp_path: Path) -> None:
    journey = Journey(model_id, height, width, tmp_path, sys.executable)
    check_export(journey)
    proof, reference = journey.run("torch-eager", "fp32")
    onnx_proof, candidate = journey.run("onnxruntime", "fp32")
    assert [each["precisionProof"]["label"] for each in (proof, onnx_proof)] == ["fp32", "fp32"]
    assert [len(output) for output in reference] == [3] * len(journey.model["outputs"])
    check_agreement(reference, candidate, 1e-4)


@pytest.mark.parametrize(("model_id", "side"), [("rt-detrv2-r18", 640), ("d-fine-s", 640), ("rf-detr-nano", 384)])
def test_a_detector_that_picks_its_best_places_is_exported_right_and_runs(
    model_id: str, side: int, tmp_path: Path
) -> None:
    journey = Journey(model_id, side, side, tmp_path, sys.executable)
    check_export(journey)
    assert journey.exported["exporter"]["choiceCount"] >= 1
    _, reference = journey.run("torch-eager", "fp32")
    _, candidate = journey.run("onnxruntime", "fp32")
    shapes = [[output.shape for output in outputs] for outputs in (reference, candidate)]
    assert shapes[0] == shapes[1]
    # As sets: the best of each image score alike, wherever they stand.
    for left, right in zip(reference[0], candidate[0], strict=True):
        np.testing.assert_allclose(np.sort(left.max(axis=1))[-20:], np.sort(right.max(axis=1))[-20:], atol=0.05)


def test_bf16_is_proved_and_near_fp32(tmp_path: Path) -> None:
    journey = Journey("clip-vit-b32", 224, 224, tmp_path, sys.executable)
    _, reference = journey.run("torch-eager", "fp32")
    proof, lower = journey.run("torch-eager", "bf16")
    assert proof["precisionProof"]["label"] == "bf16"
    check_agreement(reference, lower, 0.1)


@pytest.mark.yolo
@pytest.mark.skipif(YOLO_PYTHON is None, reason="ENGINEBENCH_TEST_YOLO_PYTHON names no interpreter")
def test_yolo_runs_alike_in_ultralytics_and_onnx_runtime(tmp_path: Path) -> None:
    interpreter = environment_with_shim(str(YOLO_PYTHON), tmp_path / "environment")
    journey = Journey("yolo11n", 320, 320, tmp_path, interpreter)
    check_export(journey)
    proof, reference = journey.run("ultralytics", "fp32")
    onnx_proof, candidate = journey.run("onnxruntime", "fp32")
    assert [each["precisionProof"]["label"] for each in (proof, onnx_proof)] == ["fp32", "fp32"]
    assert reference[0].shape == (3, 84, 2100)
    check_agreement(reference, candidate, 1e-4)
