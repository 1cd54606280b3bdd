"""The inputs and outputs of a model: tensors of numbers, of sizes that make sense.

Throws `unsupported-operator` for strings, sequences and maps, `bad-model-file` for sizes."""

from __future__ import annotations

import math

import onnx

from enginebench_worker.errors import BenchError

LARGEST_DIMENSION = (1 << 31) - 1
LARGEST_ELEMENT_COUNT = (1 << 31) - 1
_EXPORT_AGAIN = "Export the model again from an example of the size that you mean to run."


def check_inputs_and_outputs(model: onnx.ModelProto) -> None:
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    for kind, values in (("input", inputs), ("output", model.graph.output)):
        for value in values:
            _check(kind, value)


def check_sizes(what: str, sizes: list[int]) -> None:
    negative = [size for size in sizes if size < 0]
    if negative:
        raise BenchError("bad-model-file", "load", f"{what} has a size of {negative[0]}.", _EXPORT_AGAIN)
    if any(size > LARGEST_DIMENSION for size in sizes) or math.prod(sizes) > LARGEST_ELEMENT_COUNT:
        shape = " x ".join(map(str, sizes))
        message = f"{what} is {shape} large: more than {LARGEST_ELEMENT_COUNT:,} elements."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN)


def _check(kind: str, value: onnx.ValueInfoProto) -> None:
    what = f"The {kind} «{value.name}»"
    held = value.type.WhichOneof("value")
    if held != "tensor_type":
        words = (held or "unknown_type").removesuffix("_type").replace("_", " ")
        message = f"{what} is of kind {words}, not a tensor."
        raise BenchError("unsupported-operator", "load", message, "Export it with tensors only.")
    tensor = value.type.tensor_type
    if tensor.elem_type == onnx.TensorProto.STRING:
        message = f"{what} holds strings, which engines do not take."
        raise BenchError("unsupported-operator", "load", message, "Leave the text processing out of the export.")
    if tensor.elem_type == onnx.TensorProto.UNDEFINED:
        raise BenchError("bad-model-file", "load", f"{what} has no type.", _EXPORT_AGAIN)
    sizes = [size.dim_value for size in tensor.shape.dim if size.HasField("dim_value")]
    if 0 in sizes:
        raise BenchError("bad-model-file", "load", f"{what} has a size of 0, so it holds nothing.", _EXPORT_AGAIN)
    check_sizes(what, sizes)
