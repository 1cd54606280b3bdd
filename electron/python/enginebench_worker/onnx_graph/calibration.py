"""The range of every tensor that INT8 will round, from real images a few at a time: memory does not grow with their
number, and progress and a stop come between batches.

Images are a float32 .npy [images, channels, height, width], mapped and never read whole; where the manifest lists the
inputs, an array for each, one row a query. Ranges and samples are
computed inside the graph, so an image's activations are never all held at once. Raises `no-calibration-images` if there
are none, `input-mismatch` if they do not fit, and `conversion-failed` if the model gives values that are not finite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from enginebench_worker.errors import BenchError, ErrorCode, Stage
from enginebench_worker.execution import Execution
from enginebench_worker.feeding import load_rows, row_count, stacked
from enginebench_worker.onnx_graph.model_file import library_failures
from enginebench_worker.wire.domain import CalibrationArray, Feed

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from onnxruntime.quantization.calibrate import TensorsData

#: A batch holds at most this many numbers: several small images, one large one.
BATCH_ELEMENTS = 1 << 20
LARGEST_BATCH = 16


class FeedBatches:
    """Of a model whose inputs the manifest lists. A model of a fixed batch gets whole batches."""

    def __init__(self, feeds: tuple[Feed, ...], graph: onnx.GraphProto, limit: int | None = None) -> None:
        self._rows = {feed.name: (load_rows(feed), feed.batch_axis) for feed in feeds}
        count = row_count(feeds)
        self._count = count if limit is None else min(count, limit)
        lead = next((feed for feed in feeds if feed.batch_axis is not None), None)
        value = next((each for each in graph.input if lead is not None and each.name == lead.name), None)
        sizes = () if value is None else value.type.tensor_type.shape.dim
        fixed = sizes[lead.batch_axis].dim_value if lead is not None and lead.batch_axis is not None and sizes else 0
        self._size = max(1, fixed)

    def each(self, doing: str | None, execution: Execution) -> Iterator[dict[str, NDArray[Any]]]:
        for index in range(-(-self._count // self._size)):
            told = (f"{doing}: row {index * self._size + 1} of {self._count}",) if doing is not None else ()
            execution.step(*told)
            yield {name: stacked(rows, axis, index, self._size) for name, (rows, axis) in self._rows.items()}


def batches_of(
    file: str,
    feeds: tuple[Feed, ...] | None,
    graph: onnx.GraphProto,
    when_none: tuple[ErrorCode, Stage],
    limit: int | None = None,
) -> ImageBatches | FeedBatches:
    return ImageBatches(file, graph, *when_none, limit) if feeds is None else FeedBatches(feeds, graph, limit)


class ImageBatches:
    """`limit`: the maximum number of images, from the first; None for all."""

    def __init__(
        self, file: str, graph: onnx.GraphProto, when_none: ErrorCode, stage: Stage, limit: int | None = None
    ) -> None:
        self._images = _open(file, when_none, stage)[:limit]
        value = _only_input(graph, stage)
        self.input_name = value.name
        sizes = [size.dim_value if size.HasField("dim_value") else None for size in value.type.tensor_type.shape.dim]
        shape = self._images.shape
        fits = len(sizes) == len(shape) and all(
            wanted in (None, given) for wanted, given in zip(sizes[1:], shape[1:], strict=True)
        )
        if not fits:
            wanted = [size or "any" for size in sizes]
            message = f"The images are {list(shape)}, but the model takes {wanted}."
            raise BenchError("input-mismatch", stage, message, "Prepare the images for this model again.")
        fixed = sizes[0]
        self._size = fixed or max(1, min(LARGEST_BATCH, BATCH_ELEMENTS // int(np.prod(shape[1:]))))
        self._is_fixed = fixed is not None

    def each(self, doing: str | None, execution: Execution) -> Iterator[dict[str, NDArray[Any]]]:
        """A model of a fixed batch gets whole batches: the last one wraps around to the first images."""
        count = len(self._images)
        for start in range(0, count, self._size):
            told = (f"{doing}: image {start + 1} of {count}", start / count) if doing is not None else ()
            execution.step(*told)
            indices = np.arange(start, start + self._size)
            indices = indices % count if self._is_fixed else indices[indices < count]
            yield {self.input_name: np.ascontiguousarray(self._images[indices], dtype=np.float32)}


def session_of(model: onnx.ModelProto, stage: Stage) -> InferenceSession:
    """With ONNX Runtime's optimizations off, so every tensor of the graph is computed."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.execution_order = onnxruntime.ExecutionOrder.PRIORITY_BASED
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    remedy = "Choose FP16, or export the model at another opset; the log has the details."
    with library_failures(stage, "ONNX Runtime cannot run the graph, which INT8 needs.", remedy):
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _open(file: str, when_none: ErrorCode, stage: Stage) -> NDArray[np.float32]:
    remedy = "Name a folder of images like those the model will see; NVIDIA recommends about 500 for calibration."
    if not Path(file).is_file():
        raise BenchError(when_none, stage, f"The prepared images ({Path(file).name}) were not found.", remedy)
    try:
        images = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        message = "The prepared images cannot be read."
        raise BenchError("input-mismatch", stage, message, "Prepare the images again.", error) from error
    if images.ndim == 0 or len(images) == 0:
        raise BenchError(when_none, stage, f"{Path(file).name} holds no images.", remedy)
    if images.dtype != np.float32:
        message = f"The prepared images are {images.dtype}, not float32."
        raise BenchError("input-mismatch", stage, message, "Prepare the images again.")
    return images


def _only_input(graph: onnx.GraphProto, stage: Stage) -> onnx.ValueInfoProto:
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in stored]
    if len(inputs) != 1 or inputs[0].type.tensor_type.elem_type != onnx.TensorProto.FLOAT:
        message = f"The model has {len(inputs)} inputs; images can be given to a model with one float32 input."
        raise BenchError("input-mismatch", stage, message, "Export the model with its images as the only input.")
    return inputs[0]


#: Of a tensor up to six times as large every value is used; of a larger one about this many to six times as many.
SAMPLE_ELEMENTS = 1 << 16
_PREFIX = "__sample"


def watching(
    model: onnx.ModelProto, nodes: Sequence[tuple[str, onnx.NodeProto]], names: Sequence[str]
) -> onnx.ModelProto:
    """The same graph with more outputs; `nodes` come right after the tensor named with them, so that it is freed early.
    Shares nothing with `model`."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    graph = watched.graph
    del graph.value_info[:]
    readers: dict[str, list[onnx.NodeProto]] = {}
    for name, node in nodes:
        readers.setdefault(name, []).append(node)
    ordered = [each for value in graph.input for each in readers.get(value.name, [])]
    for node in model.graph.node:
        ordered.append(node)
        ordered.extend(each for name in node.output for each in readers.get(name, []))
    del graph.node[:]
    graph.node.extend(ordered)
    given = {value.name for value in graph.output}
    graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in given)
    return watched


def sampling(model: onnx.ModelProto, names: Sequence[str], samples: Sequence[str]) -> onnx.ModelProto:
    """Returns evenly spaced values of each tensor in `names`, as `samples`. The step is one more than a multiple of
    six, so that it does not coincide with the sizes that networks have."""
    constants = {"flat": [-1], "first": [0], "end": [np.iinfo(np.int64).max], "limit": [6 * SAMPLE_ELEMENTS]}
    constants |= {"six": [6], "one": [1]}
    nodes = []
    for name, sample in zip(names, samples, strict=True):
        flat, count, times, six_times, step = (f"{sample}_{part}" for part in ("flat", "count", "times", "six", "step"))
        made = [
            ("Reshape", [name, "flat"], flat),
            ("Shape", [flat], count),
            ("Div", [count, "limit"], times),
            ("Mul", [times, "six"], six_times),
            ("Add", [six_times, "one"], step),
            ("Slice", [flat, "first", "end", "first", step], sample),
        ]
        for kind, inputs, output in made:
            read = [f"{_PREFIX}_{each}" if each in constants else each for each in inputs]
            nodes.append((name, helper.make_node(kind, read, [output], output)))
    watched = watching(model, nodes, samples)
    watched.graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.int64), f"{_PREFIX}_{name}") for name, value in constants.items()
    )
    return watched


PERCENTILE = 99.99
ENTROPY_BINS = 512
PERCENTILE_BINS = 2048
_FLOATS = frozenset((onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16))
_CHECK_IMAGES = "Check the images and the model: in FP32 the outputs must be finite."

Ranges = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]


def measure_ranges(
    model: onnx.ModelProto,
    nodes: Sequence[onnx.NodeProto],
    types: dict[str, int],
    calibration: CalibrationArray,
    execution: Execution,
) -> TensorsData:
    """Smallest and largest value of what `nodes` read and produce, by the requested method."""
    from onnxruntime.quantization.calibrate import CalibrationMethod, TensorData, TensorsData

    when_none: tuple[ErrorCode, Stage] = ("no-calibration-images", "calibrate")
    batches = batches_of(calibration.file, calibration.feeds, model.graph, when_none)
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


def _extremes(
    model: onnx.ModelProto, names: Sequence[str], batches: ImageBatches | FeedBatches, execution: Execution
) -> Ranges:
    """The reductions are part of the graph, so no activation leaves it."""
    reductions = [(kind, name, f"{name}__{kind}") for name in names for kind in ("ReduceMin", "ReduceMax")]
    nodes = [(name, helper.make_node(kind, [name], [output], output, keepdims=0)) for kind, name, output in reductions]
    outputs = [output for _, _, output in reductions]
    session = session_of(watching(model, nodes, outputs), "calibrate")
    lowest, highest = np.full(len(names), np.inf, np.float32), np.full(len(names), -np.inf, np.float32)
    for batch in batches.each("calibrating", execution):
        found = np.array(_run(session, outputs, batch), np.float32).reshape(-1, 2)
        lowest, highest = np.minimum(lowest, found[:, 0]), np.maximum(highest, found[:, 1])
    return {name: (lowest[index], highest[index]) for index, name in enumerate(names)}


def _histogram_ranges(
    model: onnx.ModelProto,
    names: Sequence[str],
    batches: ImageBatches | FeedBatches,
    method: str,
    execution: Execution,
) -> Ranges:
    from onnxruntime.quantization.calibrate import HistogramCollector

    bins = ENTROPY_BINS if method == "entropy" else PERCENTILE_BINS
    collector = HistogramCollector(method, method == "percentile", bins, 128, PERCENTILE, "same")
    collect = collector.collect_value if method == "entropy" else collector.collect_absolute_value
    samples = [f"{name}__sample" for name in names]
    session = session_of(sampling(model, names, samples), "calibrate")
    for batch in batches.each("calibrating", execution):
        activations = _run(session, samples, batch)
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


def _run(session: Any, names: Sequence[str], batch: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
    with library_failures("calibrate", "The model cannot be run on the calibration images.", _CHECK_IMAGES):
        return session.run(list(names), dict(batch))


def _check_finite(name: str, values: NDArray[Any]) -> None:
    if not np.isfinite(values).all():
        message = f'On the calibration images, "{name}" holds values that are not finite.'
        raise BenchError("conversion-failed", "calibrate", message, _CHECK_IMAGES)


def _check_ranges(ranges: Ranges) -> None:
    for name, both in ranges.items():
        _check_finite(name, np.array(both))
