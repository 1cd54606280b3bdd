"""The range of every tensor that INT8 will round, from real images: a few at a time, so that memory does not grow with
their number, with progress and a stop between.

Throws `no-calibration-images` where there are none, `input-mismatch` where they do not fit, `conversion-failed` where
the model gives what is no number on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.images import ImageBatches, session_of
from enginebench_worker.onnx_graph.model_file import library_failures
from enginebench_worker.onnx_graph.watching import sampling, watching
from enginebench_worker.wire.domain import CalibrationArray

if TYPE_CHECKING:
    from onnxruntime.quantization.calibrate import TensorsData

PERCENTILE = 99.99
ENTROPY_BINS = 512
PERCENTILE_BINS = 2048
_FLOATS = frozenset((onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16))
_CHECK_IMAGES = "Check the images and the model: in FP32 they must give numbers only."

Ranges = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]


def measure_ranges(
    model: onnx.ModelProto,
    nodes: Sequence[onnx.NodeProto],
    types: dict[str, int],
    calibration: CalibrationArray,
    execution: Execution,
) -> TensorsData:
    """Smallest and largest value that `nodes` read and give, by the method asked for. Does not keep `model` changed."""
    from onnxruntime.quantization.calibrate import CalibrationMethod, TensorData, TensorsData

    batches = ImageBatches(calibration.file, model.graph, "no-calibration-images", "calibrate")
    names = _watched(model.graph, nodes, types)
    if calibration.method == "min-max":
        ranges = _extremes(model, names, batches, execution)
    else:
        ranges = _histogram_ranges(model, names, batches, calibration.method, execution)
    _check_ranges(ranges)
    in_graph_type = {name: helper.tensor_dtype_to_np_dtype(types[name]) for name in names}
    held = {
        name: TensorData(lowest=low.astype(in_graph_type[name]), highest=high.astype(in_graph_type[name]))
        for name, (low, high) in ranges.items()
    }
    return TensorsData(CalibrationMethod.MinMax, held)


def _watched(graph: onnx.GraphProto, nodes: Sequence[onnx.NodeProto], types: dict[str, int]) -> list[str]:
    stored = {tensor.name for tensor in graph.initializer}
    names = [name for node in nodes for name in (*node.input[:2], *node.output)]
    return [name for name in dict.fromkeys(names) if name not in stored and types.get(name) in _FLOATS]


def _extremes(model: onnx.ModelProto, names: Sequence[str], batches: ImageBatches, execution: Execution) -> Ranges:
    """The reductions are part of the graph, so that no activation leaves it."""
    reductions = [(kind, name, f"{name}__{kind}") for name in names for kind in ("ReduceMin", "ReduceMax")]
    nodes = [(name, helper.make_node(kind, [name], [output], output, keepdims=0)) for kind, name, output in reductions]
    outputs = [output for _, _, output in reductions]
    session = session_of(watching(model, nodes, outputs), "calibrate")
    lowest, highest = np.full(len(names), np.inf, np.float32), np.full(len(names), -np.inf, np.float32)
    for batch in batches.each("calibrating", execution):
        found = np.array(_run(session, outputs, batches.input_name, batch), np.float32).reshape(-1, 2)
        lowest, highest = np.minimum(lowest, found[:, 0]), np.maximum(highest, found[:, 1])
    return {name: (lowest[index], highest[index]) for index, name in enumerate(names)}


def _histogram_ranges(
    model: onnx.ModelProto, names: Sequence[str], batches: ImageBatches, method: str, execution: Execution
) -> Ranges:
    from onnxruntime.quantization.calibrate import HistogramCollector

    bins = ENTROPY_BINS if method == "entropy" else PERCENTILE_BINS
    collector = HistogramCollector(method, method == "percentile", bins, 128, PERCENTILE, "same")
    collect = collector.collect_value if method == "entropy" else collector.collect_absolute_value
    samples = [f"{name}__sample" for name in names]
    session = session_of(sampling(model, names, samples), "calibrate")
    for batch in batches.each("calibrating", execution):
        activations = _run(session, samples, batches.input_name, batch)
        for name, values in zip(names, activations, strict=True):
            execution.step()
            _check_finite(name, values)
            collect({name: [np.asarray(values, np.float32)]})
    if method == "percentile":
        found = collector.compute_percentile()
        return {name: (np.float32(-found[name][1]), np.float32(found[name][1])) for name in names}
    ranges = {}
    for index, name in enumerate(names):
        execution.step(f"choosing ranges, {index + 1} of {len(names)}", None)
        low, high = collector.get_entropy_threshold(collector.histogram_dict[name], 128)[:2]
        ranges[name] = (np.float32(low), np.float32(high))
    return ranges


def _run(session: Any, names: Sequence[str], input_name: str, batch: NDArray[np.float32]) -> list[NDArray[Any]]:
    with library_failures("calibrate", "The model cannot be run on the calibration images.", _CHECK_IMAGES):
        return session.run(list(names), {input_name: batch})


def _check_finite(name: str, values: NDArray[Any]) -> None:
    if not np.isfinite(values).all():
        message = f"On the calibration images «{name}» holds values that are not finite."
        raise BenchError("conversion-failed", "calibrate", message, _CHECK_IMAGES)


def _check_ranges(ranges: Ranges) -> None:
    for name, both in ranges.items():
        _check_finite(name, np.array(both))
