"""The nodes of an ONNX graph with the types and shapes that can be inferred: what engines are compared with by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnx

from enginebench_worker.installed import version_of
from enginebench_worker.onnx_graph.model_file import check_external_data, parse_model
from enginebench_worker.onnx_graph.tensors import inferred_values, node_in_words, rounded_types
from enginebench_worker.wire.facts import FLOAT_MATRIX_OPERATORS, INTEGER_MATRIX_OPERATORS
from enginebench_worker.wire.inspection import InspectedEnd, Inspection, LayerInspection

_NAMES: Mapping[int, str] = {
    onnx.TensorProto.FLOAT: "fp32",
    onnx.TensorProto.FLOAT16: "fp16",
    onnx.TensorProto.BFLOAT16: "bf16",
    onnx.TensorProto.FLOAT8E4M3FN: "fp8",
}
"""Others are called as ONNX calls them, in lower case: `int64`, `bool`."""


def inspect_graph(file: Path) -> Inspection:
    model = parse_model(file, "load")
    check_external_data(model, file.parent, "load")
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    known = {value.name: value for value in (*inferred_values(model), *graph.input, *graph.output)}
    words = {name: _in_words(value) for name, value in known.items()}
    words |= {name: _words(tensor.dims, tensor.data_type) for name, tensor in weights.items()}
    types = {name: tensor.data_type for name, tensor in weights.items()}
    types |= {name: value.type.tensor_type.elem_type for name, value in known.items()}
    rounded = rounded_types(model, types)
    ends = [("input", each) for each in graph.input if each.name not in weights]
    ends += [("output", each) for each in graph.output]
    return Inspection(
        of="graph",
        shapes=None,
        tensors=tuple(
            InspectedEnd(end.name, mode, _type(end.type.tensor_type.elem_type), _sizes(end), None, None)
            for mode, end in ends
        ),
        profiles=(),
        layers=tuple(_layer(node, known, words, rounded) for node in graph.node),
        tools={"onnx": version_of("onnx") or "unknown"},
    )


def _layer(
    node: onnx.NodeProto, known: Mapping[str, onnx.ValueInfoProto], words: Mapping[str, str], rounded: Mapping[str, str]
) -> LayerInspection:
    given = next((known[name] for name in node.output if name in known), None)
    type_given = None if given is None else _type(given.type.tensor_type.elem_type)
    name = node.name or node_in_words(node)
    return LayerInspection(
        name=name,
        kind=node.op_type,
        type=next((rounded[name] for name in node.output if name in rounded), type_given),
        evidence=None if type_given is None else "types of the graph",
        multiplies=node.op_type in (*FLOAT_MATRIX_OPERATORS, *INTEGER_MATRIX_OPERATORS),
        tactic=None,
        inputs=tuple(words.get(each, each) for each in node.input if each),
        outputs=tuple(words.get(each, each) for each in node.output if each),
        onnx_nodes=(name,),
        operations=None,
    )


def _type(number: int) -> str | None:
    if number == onnx.TensorProto.UNDEFINED:
        return None
    return _NAMES.get(number) or onnx.TensorProto.DataType.Name(number).lower()


def _sizes(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    sizes = value.type.tensor_type.shape.dim
    return tuple(size.dim_value if size.HasField("dim_value") else -1 for size in sizes)


def _in_words(value: onnx.ValueInfoProto) -> str:
    sizes = value.type.tensor_type.shape.dim
    named = [size.dim_param or str(size.dim_value if size.HasField("dim_value") else "?") for size in sizes]
    return f"{'x'.join(named)} {_type(value.type.tensor_type.elem_type) or ''}".strip()


def _words(sizes: object, number: int) -> str:
    return f"{'x'.join(map(str, sizes))} {_type(number) or ''}".strip()  # type: ignore[call-overload]
