"""What a builder wrongly accepts, or refuses without a useful reason: checked before anything is converted.

Checked are operators, inputs and outputs, sizes, and stored numbers, which are read one tensor at a time. An infinity
is accepted only if it is a mask or a bound: negative, or the only value of its tensor, and used by nothing that
multiplies. Does not predict what an engine's own parser will refuse. Raises `bad-model-file`, `unsafe-model-file`
(compiled code) and `unsupported-operator`, each naming the tensor or node."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.model_file import check_external_data, opset_of, parse_model
from enginebench_worker.onnx_graph.plugin_operators import (
    STANDARD_DOMAINS,
    check_plugin_operators,
    left_to_plugins,
)
from enginebench_worker.onnx_graph.refused_nodes import refuse_nodes
from enginebench_worker.onnx_graph.tensors import (
    every_node,
    every_node_in,
    every_node_of,
    node_in_words,
    stored_tensors,
    training_nodes,
)
from enginebench_worker.wire.commands import CheckOnnx
from enginebench_worker.wire.facts import DEEPEST_FUNCTIONS, MOST_INLINED_NODES
from enginebench_worker.wire.messages import OnnxChecked
from enginebench_worker.wire.plugin_operators import PluginOperator, RegisteredOperator

OLDEST_OPSET = 7
_EXPORT_AGAIN = "Export the model again, at an opset from 14 to 23."


def check_onnx(command: CheckOnnx, execution: Execution) -> OnnxChecked:
    file = Path(command.file)
    execution.step("reading the file", 0.1)
    model = parse_model(file, "load")
    opset = _check_versions(model)
    check_external_data(model, file.parent, "load")
    check_inputs_and_outputs(model)
    check_functions(model)
    with_custom = command.custom_operators is True
    left = check_operators(model, opset, with_custom, command.registered)
    execution.step("checking the graph", 0.3)
    _check_graph(file, with_custom)
    execution.step("reading the weights", 0.5)
    parameter_count = check_weights(model, file.parent, execution)
    operators = Counter(node.op_type for node in every_node(model))
    return OnnxChecked(
        command.id,
        opset,
        sum(operators.values()),
        dict(sorted(operators.items())),
        parameter_count,
        left if with_custom else None,
    )


def _check_versions(model: onnx.ModelProto) -> int:
    opset = opset_of(model)
    newest = onnx.defs.onnx_opset_version()
    if opset is None:
        raise BenchError("bad-model-file", "load", "The model does not state its opset.", _EXPORT_AGAIN)
    if not OLDEST_OPSET <= opset <= newest:
        message = f"The model has opset {opset}; opsets {OLDEST_OPSET} to {newest} are supported."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN)
    if model.ir_version > onnx.IR_VERSION:
        message = f"The file has ONNX format {model.ir_version}; formats up to {onnx.IR_VERSION} are supported."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN)
    return opset


def _check_graph(file: Path, with_custom: bool) -> None:
    try:
        onnx.checker.check_model(str(file))
    except (onnx.checker.ValidationError, RuntimeError, ValueError) as error:
        if with_custom and "No Op registered for" in str(error):
            return  # the checker ends at the first operator of a plugin
        reason = str(error).strip().splitlines()[0][:200]
        message = f"The graph is not valid ONNX: {reason.rstrip('.')}."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN, error) from error


_COMPILED = frozenset(("EPContext", "TRT_PluginV2", "TRTEngineOp", "ATen", "PythonOp"))
_DYNAMICALLY_QUANTIZED = frozenset(
    ("DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul")
)
_QUANTIZERS = frozenset(("QuantizeLinear", "DequantizeLinear"))


def check_operators(
    model: onnx.ModelProto,
    opset: int,
    with_custom: bool = False,
    registered: Sequence[RegisteredOperator] | None = None,
) -> tuple[PluginOperator, ...]:
    """`with_custom`: a plugin library of the user's computes operators that ONNX does not have; `registered`: what
    TensorRT's registry has with it. Returns what is left to plugins."""
    local = {(function.domain, function.name) for function in model.functions}
    foreign: list[onnx.NodeProto] = []
    unknown: list[onnx.NodeProto] = []
    sequences: list[onnx.NodeProto] = []
    quantized: list[onnx.NodeProto] = []
    for node in chain(every_node(model), training_nodes(model)):
        if node.op_type in _COMPILED:
            message = f"The model holds compiled code: {node.op_type} {node_in_words(node)}."
            raise BenchError("unsafe-model-file", "load", message, "Export it without compiled parts.")
    for node in every_node(model):
        if (node.domain, node.op_type) in local:
            continue
        if node.domain not in STANDARD_DOMAINS:
            foreign.append(node)
        elif not onnx.defs.has(node.op_type, opset, ""):
            unknown.append(node)
        elif "Sequence" in node.op_type:
            sequences.append(node)
        elif node.op_type in _DYNAMICALLY_QUANTIZED:
            quantized.append(node)
    if with_custom:
        check_plugin_operators(foreign, unknown, opset, registered)
    else:
        remedy = "Export it with standard operators, or convert it to TensorRT with the plugin library that has them."
        refuse_nodes(foreign, "operators that are not part of ONNX", remedy)
        refuse_nodes(unknown, f"operators that opset {opset} does not have", "Export it at an opset that has them.")
    refuse_nodes(
        sequences, "sequences, which engines do not support", "Rewrite the model with tensors instead of sequences."
    )
    float_model = "Convert the FP32 model and choose INT8 here: it is then quantized in the form that engines support."
    refuse_nodes(quantized, "quantization in a form that engines do not support", float_model)
    refuse_nodes(_asymmetric(model), "quantization with a zero point other than 0, which engines refuse", float_model)
    return left_to_plugins([*foreign, *unknown], registered)


_Function = tuple[str, str, str]


def check_functions(model: onnx.ModelProto) -> None:
    """A library writes every call of a local function out, so functions that each call the one before twice fill any
    memory, and no progress is seen meanwhile."""
    bodies = {(each.domain, each.name, each.overload): each for each in model.functions}
    known: dict[_Function, tuple[int, int]] = {}
    too_deep = f"functions call one another more than {DEEPEST_FUNCTIONS} deep"
    too_many = f"functions grow to more than {MOST_INLINED_NODES:,} nodes when their calls are written out"

    def written_out(key: _Function, callers: frozenset[_Function]) -> tuple[int, int]:
        """Nodes, and how deep functions call one another."""
        if key in known:
            return known[key]
        if key in callers:
            raise _unbounded(f'function "{key[1]}" calls itself')
        if len(callers) >= DEEPEST_FUNCTIONS:
            raise _unbounded(too_deep)
        nodes, depth = 0, 0
        for node in every_node_in(bodies[key]):
            callee = (node.domain, node.op_type, node.overload)
            inner = written_out(callee, callers | {key}) if callee in bodies else (1, 0)
            nodes, depth = nodes + inner[0], max(depth, inner[1])
        if depth >= DEEPEST_FUNCTIONS:
            raise _unbounded(too_deep)
        if nodes > MOST_INLINED_NODES:
            raise _unbounded(too_many)
        known[key] = nodes, depth + 1
        return known[key]

    sizes = {key: written_out(key, frozenset())[0] for key in bodies}
    called = ((node.domain, node.op_type, node.overload) for node in every_node_of(model.graph))
    if sum(sizes.get(key, 0) for key in called) > MOST_INLINED_NODES:
        raise _unbounded(too_many)


def _unbounded(what: str) -> BenchError:
    message = f"The model is refused for safety: {what}."
    return BenchError("unsafe-model-file", "load", message, "Export it without local functions.")


def _asymmetric(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Only zero points that the file itself holds; a computed one cannot be known here."""
    named = {node.input[2] for node in model.graph.node if node.op_type in _QUANTIZERS and len(node.input) > 2}
    held = {tensor.name: tensor for tensor in model.graph.initializer if tensor.name in named}
    held |= {
        node.output[0]: attribute.t
        for node in model.graph.node
        if node.op_type == "Constant" and node.output[0] in named
        for attribute in node.attribute
        if attribute.name == "value"
    }
    plain = {name: tensor for name, tensor in held.items() if tensor.data_location != onnx.TensorProto.EXTERNAL}
    nonzero = {name for name, tensor in plain.items() if np.any(numpy_helper.to_array(tensor).astype(np.float32))}
    return [
        node
        for node in model.graph.node
        if node.op_type in _QUANTIZERS and len(node.input) > 2 and node.input[2] in nonzero
    ]


LARGEST_DIMENSION = (1 << 31) - 1
LARGEST_ELEMENT_COUNT = (1 << 31) - 1
_EXPORT_FROM_EXAMPLE = "Export the model again from an example of the size you want to run."


def check_inputs_and_outputs(model: onnx.ModelProto) -> None:
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    for kind, values in (("input", inputs), ("output", model.graph.output)):
        for value in values:
            _check(kind, value)


def check_sizes(what: str, sizes: list[int]) -> None:
    negative = [size for size in sizes if size < 0]
    if negative:
        raise BenchError("bad-model-file", "load", f"{what} has a size of {negative[0]}.", _EXPORT_FROM_EXAMPLE)
    if any(size > LARGEST_DIMENSION for size in sizes) or math.prod(sizes) > LARGEST_ELEMENT_COUNT:
        shape = " x ".join(map(str, sizes))
        message = f"{what} is {shape} large: more than {LARGEST_ELEMENT_COUNT:,} elements."
        raise BenchError("bad-model-file", "load", message, _EXPORT_FROM_EXAMPLE)


def _check(kind: str, value: onnx.ValueInfoProto) -> None:
    what = f'The {kind} "{value.name}"'
    held = value.type.WhichOneof("value")
    if held != "tensor_type":
        words = (held or "unknown_type").removesuffix("_type").replace("_", " ")
        message = f"{what} is a {words}, not a tensor."
        raise BenchError("unsupported-operator", "load", message, "Export it with tensors only.")
    tensor = value.type.tensor_type
    if tensor.elem_type == onnx.TensorProto.STRING:
        message = f"{what} holds strings, which engines do not support."
        raise BenchError("unsupported-operator", "load", message, "Leave the text processing out of the export.")
    if tensor.elem_type == onnx.TensorProto.UNDEFINED:
        raise BenchError("bad-model-file", "load", f"{what} has no type.", _EXPORT_FROM_EXAMPLE)
    sizes = [size.dim_value for size in tensor.shape.dim if size.HasField("dim_value")]
    if 0 in sizes:
        raise BenchError("bad-model-file", "load", f"{what} has a size of 0, so it is empty.", _EXPORT_FROM_EXAMPLE)
    check_sizes(what, sizes)


_FLOATS = {
    onnx.TensorProto.FLOAT: np.dtype(np.float32),
    onnx.TensorProto.DOUBLE: np.dtype(np.float64),
    onnx.TensorProto.FLOAT16: np.dtype(np.float16),
    onnx.TensorProto.BFLOAT16: np.dtype(ml_dtypes.bfloat16),
}
_MASKING = frozenset(("Add", "Clip", "Concat", "Expand", "Max", "Min", "Pad", "Reshape", "Sub", "Unsqueeze", "Where"))
_CHUNK = 1 << 22
_TRAIN_AGAIN = "The weights were damaged before the export: export again from an intact checkpoint."
_SAVE_AGAIN = "Save the model again."


def check_weights(model: onnx.ModelProto, folder: Path, execution: Execution) -> int:
    """Returns how many numbers the initializers of the graph hold."""
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
    """A view of the bytes, mapped if they are in a separate file."""
    dtype, count = _FLOATS[tensor.data_type], math.prod(tensor.dims)
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        entries = {entry.key: entry.value for entry in tensor.external_data}
        offset, file = int(entries.get("offset", 0)), folder / entries["location"]
        if offset + count * dtype.itemsize > file.stat().st_size:
            raise BenchError("bad-model-file", "load", f'{what} is longer than "{file.name}".', _SAVE_AGAIN)
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
        message = f"{what} does not match its declared sizes."
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
