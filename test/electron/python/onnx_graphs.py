"""Small ONNX graphs made by hand, and the digits model at another opset, for the tests of graph conversions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]


def model_of(
    nodes: Sequence[onnx.NodeProto],
    weights: dict[str, Array] | None = None,
    opset: int = 17,
    shape: Sequence[int | str] = ("batch", 4),
    input_type: int = TensorProto.FLOAT,
    output: str = "y",
    output_shape: Sequence[int | str] | None = None,
) -> onnx.ModelProto:
    """From the input \"x\" to one output of the same size, if no other is said."""
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info("x", input_type, list(shape))],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, list(output_shape or shape))],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def weights_of(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def product(first: str = "x", second: str = "w", output: str = "y") -> onnx.NodeProto:
    return helper.make_node("MatMul", [first, second], [output], f"{output}_product")


def linear(**changes: Any) -> onnx.ModelProto:
    return model_of([product()], {"w": weights_of(4, 4)}, **changes)


def saved(model: onnx.ModelProto, folder: Path, name: str = "model.onnx") -> Path:
    file = folder / name
    file.write_bytes(model.SerializeToString())
    return file


def with_external_weights(folder: Path, location: str, length: int = 64) -> Path:
    """The linear model, its weights said to be at `location`. Writes the model alone."""
    model = linear()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", str(length))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return saved(model, folder)
