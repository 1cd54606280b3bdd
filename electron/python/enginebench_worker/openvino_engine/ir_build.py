"""An IR from an ONNX file: converted, quantized if INT8 is requested, written, opened again and run once.

`model.xml` and `model.bin` appear whole or not at all, the .bin first: an .xml without its weights would be a damaged
engine. INT8 is NNCF's post-training quantization: symmetric, on the given images, one at a time. NNCF offers two of the
app's calibration methods: `min-max`, and `percentile`, which takes the mean over the images of the 0.01 % and 99.99 %
quantiles. It has no entropy method, and none is substituted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.building.steps import Steps, carry_out
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.feeding import load_rows, stacked
from enginebench_worker.files import written_whole
from enginebench_worker.openvino_engine.library import DEVICE, in_its_words, open_nncf, open_openvino, tools
from enginebench_worker.openvino_engine.precision import (
    computed_types,
    has_attention,
    is_quantized,
    judge_file,
    shares_of,
    stored_bytes,
)
from enginebench_worker.wire.domain import BuildRequest, Bytes, CalibrationArray, EngineFacts

OUTLIER_PROBABILITY = 1e-4
_CALIBRATED_BY = ("min-max", "percentile")

TellCount = Callable[[int, int], None]


def quantize(model: Any, request: BuildRequest, tell: TellCount) -> tuple[Any, dict[str, Any]]:
    """The quantized model, and the settings that made it. `tell` is called for every image and may raise to stop."""
    calibration = _calibration(request)
    images = _images(calibration, model, request)
    rows = {feed.name: (load_rows(feed), feed.batch_axis) for feed in calibration.feeds or ()}
    nncf = open_nncf()
    taken = 0

    def feed(index: int) -> dict[str, NDArray[Any]]:
        nonlocal taken
        taken += 1
        tell(min(taken, len(images)), len(images))
        if rows:
            return {name: stacked(values, axis, index, 1) for name, (values, axis) in rows.items()}
        return {request.model.input.name: images[index : index + 1]}

    attention = has_attention(model)
    asymmetric = calibration.scheme == "asymmetric"
    quantized = nncf.quantize(
        model,
        nncf.Dataset(range(len(images)), feed),
        preset=nncf.QuantizationPreset.MIXED if asymmetric else nncf.QuantizationPreset.PERFORMANCE,
        model_type=nncf.ModelType.TRANSFORMER if attention else None,
        subset_size=len(images),
        advanced_parameters=_advanced(calibration),
    )
    return quantized, {
        "preset": "mixed" if asymmetric else "performance",
        "modelType": "transformer" if attention else None,
        "calibrationMethod": calibration.method,
        "calibrationImages": len(images),
        **({"overflowFix": calibration.overflow_fix} if calibration.overflow_fix else {}),
    }


def _calibration(request: BuildRequest) -> CalibrationArray:
    calibration = request.calibration
    if calibration is None:
        message = "INT8 needs calibration images, and none were given."
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
    if calibration.feeds is not None:
        return images
    wanted = model.input(request.model.input.name).get_partial_shape()
    fits = images.dtype == np.float32 and images.ndim == len(wanted)
    if not fits or not all(d.is_dynamic or len(d) == s for d, s in zip(wanted, (1, *images.shape[1:]), strict=True)):
        message = f"The calibration images are {images.dtype} {list(images.shape)}, but the model takes {wanted}."
        raise BenchError("input-mismatch", "calibrate", message, "Prepare them for this model.")
    return images


def _advanced(calibration: CalibrationArray) -> Any:
    from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, OverflowFix
    from nncf.quantization.range_estimator import (
        AggregatorType,
        RangeEstimatorParameters,
        RangeEstimatorParametersSet,
        StatisticsCollectorParameters,
        StatisticsType,
    )

    fixes = {"disable": OverflowFix.DISABLE, "first-layer": OverflowFix.FIRST_LAYER, "enable": OverflowFix.ENABLE}
    overflow_fix = fixes.get(calibration.overflow_fix or "")
    if calibration.method == "min-max":
        return AdvancedQuantizationParameters(
            overflow_fix=overflow_fix, activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX
        )
    quantile = StatisticsCollectorParameters(StatisticsType.QUANTILE, AggregatorType.MEAN, None, OUTLIER_PROBABILITY)
    return AdvancedQuantizationParameters(
        overflow_fix=overflow_fix,
        activations_range_estimator_params=RangeEstimatorParameters(min=quantile, max=quantile),
    )


_BEGINS = {"Loading OpenVINO": 0.0, "Converting": 0.05, "Calibrating": 0.15, "Writing": 0.85, "Checking": 0.9}
"""Calibrating takes most of the time."""


def build_ir(request: BuildRequest, execution: Execution) -> EngineFacts:
    target = Path(request.out_file)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = tempfile.TemporaryDirectory(prefix=".draft-", dir=target.parent, ignore_cleanup_errors=True)
    with beside as folder:
        draft = Path(folder) / target.name
        facts = carry_out(request, execution, _BEGINS, lambda steps: _make(request, steps, draft))
        for file in (draft.with_suffix(".bin"), draft):
            with written_whole(target.with_name(file.name)) as temporary:
                file.replace(temporary)
    return facts


def _make(request: BuildRequest, steps: Steps, draft: Path) -> EngineFacts:
    steps.begin("Loading OpenVINO")
    openvino = open_openvino()
    steps.begin("Converting")
    model = _convert(openvino, request)
    quantizing = request.precision == "int8" and not is_quantized(model)
    settings: dict[str, Any] = {"quantizedHere": quantizing}
    if quantizing:
        steps.begin("Calibrating")
        model, chosen = quantize(model, request, steps.count)
        settings |= chosen
    steps.begin("Writing")
    openvino.save_model(model, draft, compress_to_fp16=request.precision == "fp16")
    del model
    steps.begin("Checking")
    return _look_into(openvino, request, steps, draft, settings)


def _convert(openvino: Any, request: BuildRequest) -> Any:
    file = Path(request.onnx_file)
    if not file.is_file():
        raise BenchError("missing-artifact", "build", f"{file.name} was not found.", "Export the model first.")
    try:
        model = openvino.convert_model(file)
    except Exception as error:  # each frontend of OpenVINO raises its own classes, without a common base
        message = f"OpenVINO cannot convert {file.name}: {in_its_words(error)}"
        raise BenchError("build-failed", "build", message, "The log has the details.", error) from error
    names = {name for port in (*model.inputs, *model.outputs) for name in port.get_names()}
    fed = [request.model.input.name] if request.inputs is None else [each.name for each in request.inputs]
    missing = [name for name in (*fed, *request.model.outputs) if name not in names]
    if missing:
        message = f"{file.name} has no input or output named {', '.join(missing)}."
        raise BenchError("input-mismatch", "build", message, "Check the names in the model's manifest.")
    if request.inputs is not None:
        return model
    batch, asked = model.input(request.model.input.name).get_partial_shape()[0], request.batch
    if batch.is_static and {asked.min, asked.max} != {len(batch)}:
        message = f"{file.name} accepts only batches of {len(batch)}, but {asked.min} to {asked.max} was requested."
        raise BenchError("bad-profile", "build", message, "Export it with a dynamic batch, or request that batch size.")
    return model


def _look_into(
    openvino: Any, request: BuildRequest, steps: Steps, draft: Path, settings: dict[str, Any]
) -> EngineFacts:
    """Opened from the written file and run once, like a case, on empty inputs."""
    expected, core = request.model.input, openvino.Core()
    shapes: dict[str, tuple[int, ...]] = {
        expected.name: (request.batch.min, expected.channels or 1, expected.height or 1, expected.width or 1)
    }
    if request.inputs is not None:
        shapes = {each.name: each.min for each in request.inputs}
    model = core.read_model(draft)
    stored = stored_bytes(model)
    model.reshape(shapes)
    hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": request.threads}
    compiled = core.compile_model(model, DEVICE, hints)
    types = {name: compiled.input(name).get_element_type() for name in shapes}
    empty = {name: openvino.Tensor(types[name], openvino.Shape(shape)) for name, shape in shapes.items()}
    for tensor in empty.values():
        np.asarray(tensor.data)[...] = 0
    compiled.create_infer_request().infer(empty)
    computed = computed_types(compiled)
    return EngineFacts(
        kind="openvino-ir",
        precision_proof=judge_file(request.precision, computed, stored),
        layer_precision=computed.shares,
        weight_precision=shares_of(stored),
        activation_bytes=Bytes(None, "OpenVINO allocates as it runs"),
        weight_bytes=Bytes(draft.with_suffix(".bin").stat().st_size),
        options={**settings, "threads": request.threads, "peakMemoryBytes": steps.peak_bytes},
        tools=tools(quantized=bool(settings["quantizedHere"])),
        machine=None,
    )
