"""Gives tests of graphs the digits model, exported and simplified once for all of them. Nobody writes to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import ModelManifest
from precision_case import simplified_digits

DIGITS = Path(__file__).resolve().parents[4] / "models" / "digits"


@pytest.fixture(scope="session")
def simplified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    digits = from_json(ModelManifest, json.loads((DIGITS / "model.json").read_text(encoding="utf-8")))
    execution = Execution(ProgressCount(), lambda fraction, text: None)
    file = simplified_digits(digits, DIGITS, tmp_path_factory.mktemp("simplified"), execution)
    file.chmod(0o444)
    return file
