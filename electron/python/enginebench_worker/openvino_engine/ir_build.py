"""An IR from an ONNX file: converted, quantized where INT8 is asked for, written, opened again and run once.

`model.xml` and `model.bin` appear whole or not at all, the .bin first: an .xml without its weights would be a damaged
engine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from enginebench_worker.build_steps import Steps, carry_out
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import written_whole
from enginebench_worker.openvino_engine.library import DEVICE, in_its_words, open_openvino, tools
from enginebench_worker.openvino_engine.model_types import computed_types, is_quantized, shares_of, stored_bytes
from enginebench_worker.openvino_engine.precision_judgement import judge_file
from enginebench_worker.openvino_engine.quantization import quantize
from enginebench_worker.wire.domain import BuildRequest, Bytes, EngineFacts

_BEGINS = {"Loading OpenVINO": 0.0, "Converting": 0.05, "Calibrating": 0.15, "Writing": 0.85, "Checking": 0.9}
"""Calibrating is most of it."""


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
        raise BenchError("missing-artifact", "build", f"There is no file {file.name}.", "Export the model first.")
    try:
        model = openvino.convert_model(file)
    except Exception as error:  # each frontend of OpenVINO raises classes of its own, without a common base
        message = f"OpenVINO cannot convert {file.name}: {in_its_words(error)}"
        raise BenchError("build-failed", "build", message, "The log has its words.", error) from error
    names = {name for port in (*model.inputs, *model.outputs) for name in port.get_names()}
    missing = [name for name in (request.model.input.name, *request.model.outputs) if name not in names]
    if missing:
        message = f"{file.name} has no input or output named {', '.join(missing)}."
        raise BenchError("input-mismatch", "build", message, "Check the names in the model's manifest.")
    batch, asked = model.input(request.model.input.name).get_partial_shape()[0], request.batch
    if batch.is_static and {asked.min, asked.max} != {len(batch)}:
        message = f"{file.name} takes batches of {len(batch)} alone, but {asked.min} to {asked.max} was asked for."
        raise BenchError("bad-profile", "build", message, "Export it with a dynamic batch, or ask for that one.")
    return model


def _look_into(
    openvino: Any, request: BuildRequest, steps: Steps, draft: Path, settings: dict[str, Any]
) -> EngineFacts:
    """Opened from what was written and run once, as a case would, on an empty image."""
    expected, core = request.model.input, openvino.Core()
    shape = (request.batch.min, expected.channels, expected.height, expected.width)
    model = core.read_model(draft)
    stored = stored_bytes(model)
    model.reshape({expected.name: shape})
    hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": request.threads}
    compiled = core.compile_model(model, DEVICE, hints)
    compiled.create_infer_request().infer({expected.name: np.zeros(shape, np.float32)})
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
