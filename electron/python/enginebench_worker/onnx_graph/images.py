"""Prepared images (.npy, float32, n x channels x height x width) given to an ONNX graph a few at a time, and the ONNX
Runtime session that takes them. Mapped, never read whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError, ErrorCode, Stage
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.model_file import library_failures

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

#: A batch holds at most this many numbers: several small images, one large one.
BATCH_ELEMENTS = 1 << 20
LARGEST_BATCH = 16


class ImageBatches:
    """`limit`: how many images are used at most, from the first on; all where it is None."""

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
            message = f"The images are {list(shape)}, and the model takes {wanted}."
            raise BenchError("input-mismatch", stage, message, "Prepare the images for this model again.")
        fixed = sizes[0]
        self._size = fixed or max(1, min(LARGEST_BATCH, BATCH_ELEMENTS // int(np.prod(shape[1:]))))
        self._is_fixed = fixed is not None

    def each(self, doing: str | None, execution: Execution) -> Iterator[NDArray[np.float32]]:
        """A model of a fixed batch gets whole batches: the last one wraps around to the first images."""
        count = len(self._images)
        for start in range(0, count, self._size):
            told = (f"{doing}: image {start + 1} of {count}", start / count) if doing is not None else ()
            execution.step(*told)
            indices = np.arange(start, start + self._size)
            indices = indices % count if self._is_fixed else indices[indices < count]
            yield np.ascontiguousarray(self._images[indices], dtype=np.float32)


def session_of(model: onnx.ModelProto, stage: Stage) -> InferenceSession:
    """With ONNX Runtime's optimizations off, so that every tensor of the graph is computed as it stands."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.execution_order = onnxruntime.ExecutionOrder.PRIORITY_BASED
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    remedy = "Choose FP16, or export the model at another opset; the log has the words."
    with library_failures(stage, "ONNX Runtime cannot run the graph, which INT8 needs.", remedy):
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _open(file: str, when_none: ErrorCode, stage: Stage) -> NDArray[np.float32]:
    remedy = "Name a folder of images like those that the model will see; NVIDIA advises about 500 to calibrate on."
    if not Path(file).is_file():
        raise BenchError(when_none, stage, f"There are no prepared images ({Path(file).name}).", remedy)
    try:
        images = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        message = "The prepared images cannot be read."
        raise BenchError("input-mismatch", stage, message, "Prepare the images again.", error) from error
    if images.ndim == 0 or len(images) == 0:
        raise BenchError(when_none, stage, f"There are no images in {Path(file).name}.", remedy)
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
