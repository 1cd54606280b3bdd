"""The numbers that a model stores: as many as its sizes say, and finite.

An infinity is let pass only where it is a mask or a bound: negative, or alone in its tensor, and used by nothing that
multiplies. Throws `bad-model-file` with the tensor's name."""

from __future__ import annotations

import math
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.tensors import every_node, stored_tensors
from enginebench_worker.onnx_graph.value_types import check_sizes

_FLOATS = {
    onnx.TensorProto.FLOAT: np.dtype(np.float32),
    onnx.TensorProto.DOUBLE: np.dtype(np.float64),
    onnx.TensorProto.FLOAT16: np.dtype(np.float16),
    onnx.TensorProto.BFLOAT16: np.dtype(ml_dtypes.bfloat16),
}
_MASKING = frozenset(("Add", "Clip", "Concat", "Expand", "Max", "Min", "Pad", "Reshape", "Sub", "Unsqueeze", "Where"))
_CHUNK = 1 << 22
_TRAIN_AGAIN = "The weights were broken before they were exported: export them again from a sound checkpoint."
_SAVE_AGAIN = "Save the model again."


def check_weights(model: onnx.ModelProto, folder: Path, execution: Execution) -> int:
    """@returns how many numbers the initializers of the graph hold."""
    users: dict[str, set[str]] = {}
    for node in every_node(model):
        for name in node.input:
            users.setdefault(name, set()).add(node.op_type)
    for where, tensor in stored_tensors(model):
        execution.step()
        what = f"The stored tensor {where}"
        check_sizes(what, list(tensor.dims))
        if tensor.data_type in _FLOATS:
            _check_finite(what, _values(what, tensor, folder), users.get(tensor.name, set()))
    return sum(math.prod(tensor.dims) for tensor in model.graph.initializer)


def _values(what: str, tensor: onnx.TensorProto, folder: Path) -> NDArray[np.generic]:
    """A view of the bytes, mapped where they are in a file of their own."""
    dtype, count = _FLOATS[tensor.data_type], math.prod(tensor.dims)
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        entries = {entry.key: entry.value for entry in tensor.external_data}
        offset, file = int(entries.get("offset", 0)), folder / entries["location"]
        if offset + count * dtype.itemsize > file.stat().st_size:
            raise BenchError("bad-model-file", "load", f"{what} is longer than «{file.name}».", _SAVE_AGAIN)
        return np.memmap(file, dtype, "r", offset, (count,)) if count else np.zeros(0, dtype)
    values = np.frombuffer(tensor.raw_data, dtype) if tensor.HasField("raw_data") else _listed(what, tensor)
    if values.size != count:
        message = f"{what} should hold {count:,} numbers and holds {values.size:,}."
        raise BenchError("bad-model-file", "load", message, _SAVE_AGAIN)
    return values


def _listed(what: str, tensor: onnx.TensorProto) -> NDArray[np.generic]:
    try:
        return numpy_helper.to_array(tensor).reshape(-1)
    except (ValueError, TypeError) as error:
        message = f"{what} does not hold what its sizes say."
        raise BenchError("bad-model-file", "load", message, _SAVE_AGAIN, error) from error


def _check_finite(what: str, values: NDArray[np.generic], users: set[str]) -> None:
    masks = users <= _MASKING
    for start in range(0, values.size, _CHUNK):
        part = values[start : start + _CHUNK]
        if np.isfinite(part).all():
            continue
        if np.isnan(part).any():
            raise BenchError("bad-model-file", "load", f"{what} holds values that are not numbers.", _TRAIN_AGAIN)
        if not masks or (np.isposinf(part).any() and values.size > 1):
            raise BenchError("bad-model-file", "load", f"{what} holds infinite values.", _TRAIN_AGAIN)
