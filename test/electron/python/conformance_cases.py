"""The case that each backend is tried with: the shipped digits, but for Ultralytics, which runs its own models only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from worker_case import digits_case, input_array

MODELS = Path(__file__).resolve().parents[3] / "models"
ON_A_GPU_ALONE = {"torch-cudagraph", "torch-tensorrt", "tensorrt", "tensorrt-rtx", "onnxruntime-tensorrt"}


def case_of(backend_id: str, folder: Path) -> dict[str, Any]:
    device = "cuda" if backend_id in ON_A_GPU_ALONE else "cpu"
    model = "yolo11n" if backend_id == "ultralytics" else "digits"
    record = json.loads((MODELS / model / "model.json").read_text(encoding="utf-8"))
    if model == "digits":
        return digits_case(record, MODELS / model, backend_id, "fp32", device=device, threads=1)
    images = folder / "noise.npy"
    if not images.exists():
        np.save(images, np.random.default_rng(7).random((2, 3, 96, 96), np.float32))
    weights = {"origin": "seeded", "folder": None, "seed": 1}
    changes = {"weights": weights, "onnxFile": None, "batchSize": 1, "threads": 1, "input": input_array(images)}
    return {**digits_case(record, MODELS / "digits", backend_id, "fp32"), "modelFolder": str(MODELS / model), **changes}
