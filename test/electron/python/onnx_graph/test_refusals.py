from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.onnx_graph.convert_precision import convert_precision
from enginebench_worker.wire.commands import ConvertPrecision
from enginebench_worker.wire.domain import CalibrationArray
from onnx import helper
from onnx_graphs import model_of, product, saved, weights_of
from precision_case import asked, on_digits


def refusal(command: ConvertPrecision, execution: Execution) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        convert_precision(command, execution)
    assert not Path(command.out_file).exists()
    return caught.value.record.code, caught.value.record.stage, caught.value.record.message


def test_int8_without_images_is_refused(simplified: Path, tmp_path: Path, execution: Execution) -> None:
    refused = refusal(asked(simplified, tmp_path / "x.onnx", "int8"), execution)
    assert refused == ("no-calibration-images", "calibrate", "INT8 needs calibration images, and none were given.")


@pytest.mark.parametrize(
    ("images", "code"),
    [
        (np.zeros((0, 1, 8, 8), np.float32), "no-calibration-images"),
        (np.zeros((3, 1, 8, 16), np.float32), "input-mismatch"),
        (np.zeros((3, 1, 8, 8), np.float64), "input-mismatch"),
    ],
)
def test_images_that_do_not_fit_are_refused(
    images: np.ndarray, code: str, simplified: Path, tmp_path: Path, execution: Execution
) -> None:
    np.save(tmp_path / "images.npy", images)
    calibration = CalibrationArray(str(tmp_path / "images.npy"), "min-max")
    refused = refusal(asked(simplified, tmp_path / "x.onnx", "int8", calibration=calibration), execution)
    assert refused[:2] == (code, "calibrate")


def test_images_on_which_the_model_overflows_are_refused(
    simplified: Path, tmp_path: Path, execution: Execution
) -> None:
    np.save(tmp_path / "images.npy", np.full((2, 1, 8, 8), np.inf, np.float32))
    calibration = CalibrationArray(str(tmp_path / "images.npy"), "min-max")
    code, stage, message = refusal(asked(simplified, tmp_path / "x.onnx", "int8", calibration=calibration), execution)
    assert (code, stage) == ("conversion-failed", "calibrate")
    assert message.endswith("holds values that are not finite.")


def test_int8_with_fp16_elsewhere_needs_opset_19(digits_folder: Path, tmp_path: Path, execution: Execution) -> None:
    command = asked(
        digits_folder / "fp32.onnx",
        tmp_path / "x.onnx",
        "int8",
        elsewhere="fp16",
        calibration=on_digits(digits_folder),
    )
    message = "INT8 with FP16 elsewhere needs opset 19 or later, but the graph has opset 17."
    assert refusal(command, execution) == ("bad-recipe", "precision", message)


def test_a_model_with_nothing_to_quantize_is_refused(digits_folder: Path, tmp_path: Path, execution: Execution) -> None:
    source = saved(model_of([helper.make_node("Relu", ["x"], ["y"], "only")], shape=("batch", 1, 8, 8)), tmp_path)
    command = asked(source, tmp_path / "x.onnx", "int8", calibration=on_digits(digits_folder))
    message = "The model has no MatMul, Conv or Gemm to quantize to INT8."
    assert refusal(command, execution) == ("conversion-failed", "precision", message)


def test_weights_of_only_the_first_layer_in_seven_bits_are_refused(
    simplified: Path, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    calibration = replace(on_digits(digits_folder), overflow_fix="first-layer")
    refused = refusal(asked(simplified, tmp_path / "x.onnx", "int8", calibration=calibration), execution)
    message = "Only OpenVINO keeps the weights of just the first layer to 7 bits."
    assert refused == ("bad-recipe", "precision", message)


@pytest.mark.parametrize("method", ["min-max", "entropy"])
def test_a_stop_between_images_leaves_nothing(
    method: str, simplified: Path, digits_folder: Path, tmp_path: Path
) -> None:
    said: Counter[str] = Counter()

    def stop_at_the_second_batch(_fraction: float | None, text: str) -> None:
        said["calibrating"] += text.startswith("calibrating: image")
        if said["calibrating"] == 2:
            execution.cancel()

    execution = Execution(ProgressCount(), stop_at_the_second_batch)
    out = tmp_path / "out" / "int8.onnx"
    with pytest.raises(Cancelled):
        convert_precision(asked(simplified, out, "int8", calibration=on_digits(digits_folder, method)), execution)
    assert (said["calibrating"], out.parent.exists()) == (2, False)


def test_a_fixed_batch_is_filled_from_the_first_images(tmp_path: Path, execution: Execution) -> None:
    source = saved(model_of([product()], {"w": weights_of(4, 4)}, shape=(2, 1, 4, 4)), tmp_path)
    np.save(tmp_path / "images.npy", weights_of(3, 1, 4, 4))
    calibration = CalibrationArray(str(tmp_path / "images.npy"), "min-max")
    told = convert_precision(asked(source, tmp_path / "x.onnx", "int8", calibration=calibration), execution)
    assert told.quantized_node_count == 1
