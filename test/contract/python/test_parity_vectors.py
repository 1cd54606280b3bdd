"""Differences of outputs are computed by both languages: here to put layers in order, in TypeScript to judge. One list
of vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.outputs import compare
from enginebench_worker.wire.codec import to_json

VECTORS = json.loads((Path(__file__).resolve().parents[1] / "vectors" / "parity.json").read_text(encoding="utf-8"))


def arrays(outputs: list[dict[str, Any]]) -> list[np.ndarray]:
    return [np.array([float(value) for value in each["values"]], np.float32).reshape(each["shape"]) for each in outputs]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_parity_of_both_languages_is_the_same(vector: dict[str, Any]) -> None:
    found = to_json(compare(arrays(vector["candidate"]), arrays(vector["reference"]), vector["classifies"]))
    wanted = {
        key: None if value is None else pytest.approx(value, rel=1e-12, abs=1e-12)
        for key, value in vector["figures"].items()
    }
    assert found == wanted
