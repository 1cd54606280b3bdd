"""INT8 by NNCF's post-training quantization: symmetric, on the images given, one at a time.

Two of the app's methods exist there: `min-max`, and `percentile`, which takes the mean over the images of the 0.01 %
and 99.99 % quantiles. NNCF has no entropy method, and none is put in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.openvino_engine.library import open_nncf
from enginebench_worker.openvino_engine.model_types import has_attention
from enginebench_worker.wire.domain import BuildRequest, CalibrationArray

OUTLIER_PROBABILITY = 1e-4
_CALIBRATED_BY = ("min-max", "percentile")

TellCount = Callable[[int, int], None]


def quantize(model: Any, request: BuildRequest, tell: TellCount) -> tuple[Any, dict[str, Any]]:
    """The quantized model, and the settings that made it. `tell` hears of every image taken, and may raise to stop."""
    calibration = _calibration(request)
    images = _images(calibration, model, request)
    nncf = open_nncf()
    taken = 0

    def feed(index: int) -> dict[str, NDArray[np.float32]]:
        nonlocal taken
        taken += 1
        tell(min(taken, len(images)), len(images))
        return {request.model.input.name: images[index : index + 1]}

    attention = has_attention(model)
    quantized = nncf.quantize(
        model,
        nncf.Dataset(range(len(images)), feed),
        preset=nncf.QuantizationPreset.PERFORMANCE,
        model_type=nncf.ModelType.TRANSFORMER if attention else None,
        subset_size=len(images),
        advanced_parameters=_advanced(calibration.method),
    )
    return quantized, {
        "preset": "performance",
        "modelType": "transformer" if attention else None,
        "calibrationMethod": calibration.method,
        "calibrationImages": len(images),
    }


def _calibration(request: BuildRequest) -> CalibrationArray:
    calibration = request.calibration
    if calibration is None:
        message = "INT8 is calibrated on images, and there are none."
        raise BenchError("no-calibration-images", "calibrate", message, "Name a folder of calibration images.")
    if calibration.method not in _CALIBRATED_BY:
        message = f"NNCF does not calibrate by {calibration.method}."
        raise BenchError("bad-usage", "calibrate", message, f"Use {' or '.join(_CALIBRATED_BY)} for OpenVINO.")
    return calibration


def _images(calibration: CalibrationArray, model: Any, request: BuildRequest) -> NDArray[np.float32]:
    file = Path(calibration.file)
    try:
        images = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        message = f"The calibration images in {file.name} cannot be read."
        raise BenchError("no-calibration-images", "calibrate", message, "Prepare them again.", error) from error
    if images.ndim == 0 or len(images) == 0:
        message = f"{file.name} holds no images."
        raise BenchError("no-calibration-images", "calibrate", message, "Name a folder of calibration images.")
    wanted = model.input(request.model.input.name).get_partial_shape()
    fits = images.dtype == np.float32 and images.ndim == len(wanted)
    if not fits or not all(d.is_dynamic or len(d) == s for d, s in zip(wanted, (1, *images.shape[1:]), strict=True)):
        message = f"The calibration images are {images.dtype} {list(images.shape)}, but the model takes {wanted}."
        raise BenchError("input-mismatch", "calibrate", message, "Prepare them for this model.")
    return images


def _advanced(method: str) -> Any:
    from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters
    from nncf.quantization.range_estimator import (
        AggregatorType,
        RangeEstimatorParameters,
        RangeEstimatorParametersSet,
        StatisticsCollectorParameters,
        StatisticsType,
    )

    if method == "min-max":
        return AdvancedQuantizationParameters(activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX)
    quantile = StatisticsCollectorParameters(StatisticsType.QUANTILE, AggregatorType.MEAN, None, OUTLIER_PROBABILITY)
    return AdvancedQuantizationParameters(
        activations_range_estimator_params=RangeEstimatorParameters(min=quantile, max=quantile)
    )
