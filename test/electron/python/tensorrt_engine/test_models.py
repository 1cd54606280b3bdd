"""Every shipped architecture from PyTorch to engines in each precision by a real builder, with seeded weights.
Minutes, not seconds.

The builder is TensorRT-RTX behind TensorRT's bindings, in the environment that ENGINEBENCH_TEST_TENSORRT_PYTHON
names; the ONNX steps are the product's own."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import MODELS
from tensorrt_request import build_parameters
from worker_client import Message, WorkerClient

INTERPRETER = os.environ.get("ENGINEBENCH_TEST_TENSORRT_PYTHON", "")
PATIENCE = 600
PHOTOGRAPHS = sorted(str(file) for file in (MODELS / "samples").glob("*.jpg"))
pytestmark = [
    pytest.mark.models,
    pytest.mark.conversions,
    pytest.mark.skipif(not INTERPRETER, reason="ENGINEBENCH_TEST_TENSORRT_PYTHON names no environment with a builder"),
]


def answered(client: WorkerClient, command: str, **parameters: Any) -> Message:
    answer = client.ask(command, PATIENCE, **parameters)
    assert answer["message"] != "failed", answer
    return answer


def record_of(model_id: str) -> dict[str, Any]:
    return json.loads((MODELS / model_id / "model.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def graph_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Each graph is made once."""

    @cache
    def plain(model_id: str) -> tuple[Path, Path]:
        folder, record = tmp_path_factory.mktemp(model_id), record_of(model_id)
        images, exported, simple = folder / "images.npy", folder / "exported.onnx", folder / "fp32.onnx"
        size = {"height": record["input"]["height"], "width": record["input"]["width"]}
        client = WorkerClient()
        try:
            answered(client, "prepare-inputs", model=record, **size, files=PHOTOGRAPHS, limit=4, outFile=str(images))
            answered(
                client,
                "export-onnx",
                model=record,
                modelFolder=str(MODELS / model_id),
                weights={"origin": "seeded", "folder": None, "seed": 5},
                opset=20,
                inputFile=str(images),
                outFile=str(exported),
                outputsFolder=str(exported.parent / f"{exported.stem}-outputs"),
            )
            answered(client, "simplify-onnx", inFile=str(exported), outFile=str(simple))
        finally:
            client.kill()
        return simple, images

    @cache
    def graph(model_id: str, precision: str) -> Path:
        simple, images = plain(model_id)
        if precision == "fp32":
            return simple
        target = simple.with_name(f"{precision}.onnx")
        client = WorkerClient()
        try:
            answered(
                client,
                "convert-precision",
                inFile=str(simple),
                outFile=str(target),
                precision=precision,
                elsewhere="fp16" if precision == "fp8" else "fp32",
                keepOperators=record_of(model_id)["keepInFp32"],
                keepNodes=[],
                calibration={"file": str(images), "method": "min-max"} if precision in ("int8", "fp8") else None,
            )
        finally:
            client.kill()
        return target

    return graph


NARROW = ("fp32", "fp16", "int8", "fp8", "int4-weights")
USUAL = ("fp32", "fp16", "int8")
BUILT = [
    *((model_id, precision) for model_id in ("clip-vit-b32", "detr-resnet-50", "yolos-tiny") for precision in NARROW),
    *((model_id, precision) for model_id in ("efficientnet-lite0", "convnextv2-tiny") for precision in USUAL),
    *((model_id, precision) for model_id in ("dinov2-small", "siglip2-base") for precision in USUAL),
    *((model_id, precision) for model_id in ("rt-detrv2-r18", "d-fine-s", "rf-detr-nano") for precision in USUAL),
]


@pytest.mark.parametrize(("model_id", "precision"), BUILT)
def test_an_architecture_becomes_an_engine_whose_precision_is_proved(
    graph_of: Any, tmp_path: Path, model_id: str, precision: str
) -> None:
    onnx_file, record = graph_of(model_id, precision), record_of(model_id)
    profile = record["optimizationProfile"]
    client = WorkerClient(INTERPRETER)
    try:
        built = answered(
            client, "build-engine", **build_parameters(record, onnx_file, tmp_path, precision, batch=profile)
        )
    finally:
        client.kill()
    assert (built["kind"], built["precisionProof"]["holds"]) == ("tensorrt-rtx-engine", True), built
    stored, least = ("int4", 0.75) if precision == "int4-weights" else (precision, 0.9)
    assert built["weightPrecision"][stored] > least, built["weightPrecision"]
    assert built["options"]["peakMemoryBytes"] <= 3 * onnx_file.stat().st_size + 650_000_000
    kept = [line for line in built["precisionProof"]["evidence"] if line.startswith(("NORMALIZATION", "SOFTMAX"))]
    assert bool(kept) == bool(record["keepInFp32"]) and all(line.endswith("fp32") for line in kept), kept
