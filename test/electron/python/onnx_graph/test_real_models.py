"""Every transformer architecture with seeded weights, in every precision, held against FP32 on photographs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.inputs import prepare_inputs
from enginebench_worker.onnx_graph.check import check_onnx
from enginebench_worker.onnx_graph.convert_precision import convert_precision
from enginebench_worker.onnx_graph.simplify import simplify_onnx
from enginebench_worker.outputs import compare
from enginebench_worker.torch_engine.export import export_onnx
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import CheckOnnx, ConvertPrecision, ExportOnnx, PrepareInputs, SimplifyOnnx
from enginebench_worker.wire.domain import CalibrationArray, ModelManifest, Weights

pytestmark = pytest.mark.models

MODELS = Path(__file__).resolve().parents[4] / "models"
PHOTOGRAPHS = sorted(str(file) for file in (MODELS / "samples").glob("*.jpg"))
SIZES = {"clip-vit-b32": (224, 224), "detr-resnet-50": (320, 320), "yolos-tiny": (512, 864)}
LAYERS = {"clip-vit-b32": (26, 12, 98), "detr-resnet-50": (31, 18, 190), "yolos-tiny": (25, 12, 103)}


class Converted:
    """A model exported at opset 20 and simplified, with images to calibrate on and others to compare on."""

    def __init__(self, model_id: str, folder: Path) -> None:
        self.model_id, self.folder = model_id, folder
        self.model = from_json(ModelManifest, json.loads((MODELS / model_id / "model.json").read_text("utf-8")))
        self.execution = Execution(ProgressCount(), lambda fraction, text: None)
        for name, files in (("evaluation", PHOTOGRAPHS[:2]), ("calibration", PHOTOGRAPHS[-4:])):
            size = SIZES[model_id]
            command = PrepareInputs(1, self.model, *size, tuple(files), 4, str(folder / f"{name}.npy"))
            prepare_inputs(command, self.execution)
        exported, self.simplified = folder / "exported.onnx", folder / "simplified.onnx"
        export_onnx(
            ExportOnnx(
                1,
                self.model,
                str(MODELS / model_id),
                Weights("seeded", None, 5),
                20,
                str(folder / "evaluation.npy"),
                str(exported),
                str(folder / "outputs"),
            ),
            self.execution,
        )
        simplify_onnx(SimplifyOnnx(1, str(exported), str(self.simplified)), self.execution)
        self.reference = self.outputs(exported)

    def outputs(self, file: Path) -> list[np.ndarray]:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        images = np.load(self.folder / "evaluation.npy")
        return session.run(list(self.model.outputs), {self.model.input.name: images})

    def to(self, precision: str, elsewhere: str = "fp32") -> tuple[Any, Path]:
        out = self.folder / f"{precision}-{elsewhere}.onnx"
        calibration = CalibrationArray(str(self.folder / "calibration.npy"), "min-max")
        command = ConvertPrecision(
            1,
            str(self.simplified),
            str(out),
            precision,  # type: ignore[arg-type]
            elsewhere,  # type: ignore[arg-type]
            self.model.keep_in_fp32,
            (),
            calibration,
        )
        return convert_precision(command, self.execution), out


@pytest.fixture(scope="module", params=list(SIZES))
def converted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return Converted(request.param, tmp_path_factory.mktemp(request.param))


def cosine(converted: Converted, file: Path) -> float:
    figures = compare(converted.outputs(file), converted.reference, False)
    return figures.cosine_similarity or 0.0


def kept(told: Any) -> dict[str, int]:
    return {each.operator: each.count for each in told.kept_in_fp32}


def test_simplifying_changes_no_numbers(converted: Converted) -> None:
    checked = check_onnx(CheckOnnx(1, str(converted.simplified)), converted.execution)
    normalizations, softmaxes, _ = LAYERS[converted.model_id]
    assert (checked.opset, checked.operators["LayerNormalization"], checked.operators["Softmax"]) == (
        20,
        normalizations,
        softmaxes,
    )
    assert cosine(converted, converted.simplified) > 0.9999999


def test_fp16_keeps_normalizations_and_softmax(converted: Converted) -> None:
    told, file = converted.to("fp16")
    normalizations, softmaxes, _ = LAYERS[converted.model_id]
    counts = kept(told)
    assert (counts["LayerNormalization"], counts["Softmax"]) == (normalizations, softmaxes)
    assert (told.opset, told.weight_precision["fp16"] > 0.99) == (20, True)
    assert cosine(converted, file) > 0.99999


def test_bf16_keeps_normalizations_and_softmax(converted: Converted) -> None:
    pytest.importorskip("modelopt")
    told, _ = converted.to("bf16")
    normalizations, softmaxes, _ = LAYERS[converted.model_id]
    counts = kept(told)
    assert (counts["LayerNormalization"], counts["Softmax"]) == (normalizations, softmaxes)
    assert (told.opset, told.weight_precision["bf16"] > 0.99) == (22, True)


@pytest.mark.parametrize("elsewhere", ["fp32", "fp16"])
def test_int8_takes_every_product_and_convolution(elsewhere: str, converted: Converted) -> None:
    told, file = converted.to("int8", elsewhere)
    normalizations, softmaxes, products = LAYERS[converted.model_id]
    counts = kept(told)
    assert (counts["LayerNormalization"], counts["Softmax"]) == (normalizations, softmaxes)
    assert (told.quantized_node_count, told.weight_precision["int8"] > 0.95) == (products, True)
    assert cosine(converted, file) > 0.99
