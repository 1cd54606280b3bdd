"""What conversions make of digits is taken by NVIDIA's parser and proved, where a builder's environment is named. The
worker is spoken to as the app does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorrt_request import build_parameters
from worker_client import WorkerClient

INTERPRETER = os.environ.get("ENGINEBENCH_TEST_TENSORRT_PYTHON", "")


def converted(
    worker: WorkerClient, source: Path, out: Path, precision: str, elsewhere: str, digits_folder: Path
) -> dict[str, Any]:
    return worker.ask(
        "convert-precision",
        inFile=str(source),
        outFile=str(out),
        precision=precision,
        elsewhere=elsewhere,
        keepOperators=[],
        keepNodes=[],
        calibration={"file": str(digits_folder / "calibration-inputs.npy"), "method": "min-max"},
    )


def test_the_worker_answers_with_what_it_made(
    worker: WorkerClient, simplified: Path, digits_folder: Path, tmp_path: Path
) -> None:
    told = converted(worker, simplified, tmp_path / "int8.onnx", "int8", "fp32", digits_folder)
    assert (told["message"], told["quantizedNodeCount"], told["keptInFp32"]) == ("onnx-converted", 4, [])
    checked = worker.ask("check-onnx", file=str(tmp_path / "int8.onnx"))
    assert (checked["message"], checked["operators"]["QuantizeLinear"]) == ("onnx-checked", 8)


def test_a_refusal_reaches_the_app_in_words(worker: WorkerClient, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    failed = worker.ask("check-onnx", file=str(tmp_path / "model.onnx"))
    assert (failed["message"], failed["error"]["code"], failed["error"]["message"]) == (
        "failed",
        "bad-model-file",
        '"model.onnx" is empty.',
    )


@pytest.mark.conversions
@pytest.mark.skipif(not INTERPRETER, reason="ENGINEBENCH_TEST_TENSORRT_PYTHON names no environment with a builder")
@pytest.mark.parametrize(
    ("precision", "elsewhere"),
    [("fp32", "fp32"), ("fp16", "fp32"), ("bf16", "fp32"), ("int8", "fp32"), ("int8", "fp16")],
)
def test_an_engine_is_built_from_every_precision_and_proved(
    precision: str,
    elsewhere: str,
    start_worker: Callable[[], WorkerClient],
    digits_record: dict[str, Any],
    simplified: Path,
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    onnx_file = simplified
    if precision != "fp32":
        if precision == "bf16":
            pytest.importorskip("modelopt")
        onnx_file = tmp_path / "converted.onnx"
        told = converted(start_worker(), simplified, onnx_file, precision, elsewhere, digits_folder)
        assert told["message"] == "onnx-converted", told
    builder = WorkerClient(INTERPRETER)
    try:
        built = builder.ask("build-engine", 120, **build_parameters(digits_record, onnx_file, tmp_path, precision))
    finally:
        builder.kill()
    assert (built["message"], built["precisionProof"]["holds"]) == ("engine-built", True), built
