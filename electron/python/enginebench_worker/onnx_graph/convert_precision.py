"""The `convert-precision` command: each lower precision as a transformation of the graph, one path for every engine."""

from __future__ import annotations

import time
from pathlib import Path

import onnx

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph import half_precision, narrow_precision
from enginebench_worker.onnx_graph.calibration import measure_ranges
from enginebench_worker.onnx_graph.converted import Conversion, check_node_names, count_asked, count_kept, finish
from enginebench_worker.onnx_graph.model_file import load_model
from enginebench_worker.onnx_graph.quantization import check_opset, quantizable_nodes, quantize
from enginebench_worker.onnx_graph.tensors import element_types
from enginebench_worker.wire.commands import ConvertPrecision
from enginebench_worker.wire.domain import CalibrationArray
from enginebench_worker.wire.messages import OnnxConverted


def convert_precision(command: ConvertPrecision, execution: Execution) -> OnnxConverted:
    started_ns = time.perf_counter_ns()
    execution.step("reading the graph", 0.02)
    model = load_model(Path(command.in_file), "precision")
    check_node_names(model.graph, command.keep_nodes)
    tools: tuple[str, ...]
    if command.precision == "fp16":
        execution.step("converting to FP16", 0.1)
        model, tools = _half(command, model), half_precision.HALF_TOOLS
    elif command.precision == "bf16":
        execution.step("converting to BF16", 0.1)
        model, tools = _brain(command, model), half_precision.BRAIN_FLOAT_TOOLS
    elif command.precision == "int4-weights":
        execution.step("converting to FP16", 0.1)
        model = _half(command, model)
        execution.step("storing weights in INT4", 0.5)
        model = narrow_precision.to_int4_weights(model, command.keep_operators, command.keep_nodes)
        tools = narrow_precision.TOOLS
    else:
        model = _quantized(command, model, execution)
        tools = narrow_precision.TOOLS if command.precision == "fp8" else half_precision.HALF_TOOLS
    execution.step()
    if command.precision in ("int8", "fp8") and command.elsewhere == "fp32":
        kept = count_asked(model.graph, command.keep_operators, command.keep_nodes)
    else:
        kept = count_kept(model, element_types(model), command.keep_operators, command.keep_nodes)
    conversion = Conversion(model, "precision", kept, tools, command.precision != "bf16", started_ns)
    return finish(command.id, conversion, Path(command.out_file), execution)


def _half(command: ConvertPrecision, model: onnx.ModelProto) -> onnx.ModelProto:
    return half_precision.to_half(model, command.keep_operators, command.keep_nodes)


def _brain(command: ConvertPrecision, model: onnx.ModelProto) -> onnx.ModelProto:
    folder = Path(command.out_file).parent
    folder.mkdir(parents=True, exist_ok=True)
    return half_precision.to_brain_float(model, folder, command.keep_operators, command.keep_nodes)


def _quantized(command: ConvertPrecision, model: onnx.ModelProto, execution: Execution) -> onnx.ModelProto:
    calibration = _calibration(command)
    check_opset(model, command.precision, command.elsewhere)
    if command.elsewhere == "fp16":
        execution.step("converting the rest to FP16", 0.05)
        model = _half(command, model)
    types = element_types(model)
    is_fp8 = command.precision == "fp8"
    unfit = narrow_precision.fp8_unfit_convolutions(model) if is_fp8 else []
    kept = (*command.keep_nodes, *unfit)
    nodes = quantizable_nodes(model, types, command.keep_operators, kept, command.precision)
    ranges = measure_ranges(model, nodes, types, calibration, execution)
    execution.step("quantizing", 0.85)
    names = [node.name for node in nodes]
    quantized = quantize(model, names, ranges, calibration, keeps_wide_weights=is_fp8)
    return narrow_precision.to_fp8(quantized) if is_fp8 else quantized


def _calibration(command: ConvertPrecision) -> CalibrationArray:
    if command.calibration is None:
        message = f"{command.precision.upper()} needs calibration images, and none were given."
        remedy = "Name a folder of images like those the model will see; NVIDIA recommends about 500."
        raise BenchError("no-calibration-images", "calibrate", message, remedy)
    if command.precision == "fp8" and (command.calibration.method != "min-max" or command.calibration.scheme):
        message = "FP8 takes its scales from the largest values (min-max)."
        raise BenchError("bad-recipe", "calibrate", message, "Choose min-max and symmetric scales.")
    return command.calibration
