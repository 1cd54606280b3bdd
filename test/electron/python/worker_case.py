"""The `case` of a `prepare` command, as the supervisor sends it, for the shipped digits model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from enginebench_worker.files import sha256_of


def input_array(file: Path) -> dict[str, Any]:
    shape = list(np.load(file, mmap_mode="r", allow_pickle=False).shape)
    return {"file": str(file), "sha256": sha256_of(file), "shape": shape}


def digits_case(record: dict[str, Any], folder: Path, backend: str, precision: str, **changes: Any) -> dict[str, Any]:
    return {
        "backend": backend,
        "precision": precision,
        "model": record,
        "modelFolder": str(folder),
        "weights": {"origin": "own", "folder": str(folder), "seed": 1},
        "onnxFile": str(folder / f"{precision}.onnx"),
        "batchSize": 8,
        "input": input_array(folder / "test-inputs.npy"),
        "device": "cpu",
        "threads": 2,
        "options": {},
        **changes,
    }
