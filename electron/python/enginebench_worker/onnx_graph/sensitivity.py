"""Which layers cost parity: one layer at a time in INT8, the rest in FP32, on the evaluation images. Calibrates once.

Worst first. A layer whose outputs are not finite has no figures and comes first. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.calibration import FeedBatches, ImageBatches, batches_of, measure_ranges, session_of
from enginebench_worker.onnx_graph.converted import check_node_names
from enginebench_worker.onnx_graph.model_file import load_model
from enginebench_worker.onnx_graph.quantization import check_opset, quantizable_nodes, quantize
from enginebench_worker.onnx_graph.tensors import element_types, inferred_values
from enginebench_worker.outputs import compare
from enginebench_worker.wire.commands import MeasureSensitivity
from enginebench_worker.wire.domain import LayerSensitivity
from enginebench_worker.wire.messages import SensitivityMeasured

#: Every layer runs the whole model on each image: more would take long and change the order little.
LARGEST_IMAGE_COUNT = 8


def measure_sensitivity(command: MeasureSensitivity, execution: Execution) -> SensitivityMeasured:
    execution.step("reading the graph", 0.0)
    model = load_model(Path(command.in_file), "precision")
    check_node_names(model.graph, command.keep_nodes)
    check_opset(model, "int8", "fp32")
    _check_outputs(model, command.outputs)
    types = element_types(model)
    nodes = quantizable_nodes(model, types, command.keep_operators, command.keep_nodes)
    kinds = {node.name: node.op_type for node in nodes}
    images = batches_of(command.input_file, command.feeds, model.graph, ("no-images", "parity"), LARGEST_IMAGE_COUNT)
    ranges = measure_ranges(model, nodes, types, command.calibration, execution)
    execution.step("running in FP32", None)
    reference = _run(model, images, command.outputs, execution)
    values = inferred_values(model)
    layers = []
    for index, (name, operator) in enumerate(kinds.items()):
        execution.step(f"{operator} {index + 1} of {len(kinds)}: {name}", index / len(kinds))
        alone = onnx.ModelProto()
        alone.CopyFrom(model)
        quantized = quantize(alone, [name], ranges, command.calibration, values)
        outputs = _run(quantized, images, command.outputs, execution)
        figures = compare(outputs, reference, False)
        layers.append(LayerSensitivity(name, operator, figures.cosine_similarity, figures.max_abs_error))
    return SensitivityMeasured(command.id, tuple(sorted(layers, key=_worst_first)))


def _worst_first(layer: LayerSensitivity) -> tuple[float, float]:
    unknown = layer.cosine_similarity is None or layer.max_abs_error is None
    return (-2.0, 0.0) if unknown else (layer.cosine_similarity, -layer.max_abs_error)


def _run(
    model: onnx.ModelProto, images: ImageBatches | FeedBatches, outputs: Sequence[str], execution: Execution
) -> list[NDArray[np.float32]]:
    session = session_of(model, "parity")
    parts = [session.run(list(outputs), dict(batch)) for batch in images.each(None, execution)]
    return [np.concatenate([np.asarray(part[index], np.float32) for part in parts]) for index in range(len(outputs))]


def _check_outputs(model: onnx.ModelProto, outputs: Sequence[str]) -> None:
    given = [value.name for value in model.graph.output]
    missing = [name for name in outputs if name not in given]
    if missing or not outputs:
        message = f"The graph has outputs {given}, not {list(outputs)}."
        raise BenchError("input-mismatch", "parity", message, "Name the outputs as the model's manifest does.")
