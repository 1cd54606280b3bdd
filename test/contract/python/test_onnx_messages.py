"""Which messages of an ONNX file can hold a graph or a tensor, and how their fields are laid out: the table by which the
Node worker walks bytes, held against the descriptors of the installed library."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
from google.protobuf.descriptor import Descriptor, FieldDescriptor

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "onnx-messages.json"
_NUMBERS = (
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_ENUM,
)
_KINDS = {
    **dict.fromkeys(_NUMBERS, "number"),
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_DOUBLE: "double",
}


def reachable(message: Descriptor, found: dict[str, Descriptor]) -> dict[str, Descriptor]:
    if message.name not in found:
        found[message.name] = message
        for field in message.fields:
            if field.message_type is not None:
                reachable(field.message_type, found)
    return found


def kind_of(field: FieldDescriptor, walked: set[str]) -> str:
    many = "[]" if field.is_repeated else ""
    if field.message_type is not None:
        return field.message_type.name + many if field.message_type.name in walked else "bytes"
    return _KINDS[field.type] + many if field.type in _KINDS else "bytes"


def test_every_field_that_can_hold_a_graph_or_a_tensor_is_walked() -> None:
    messages = reachable(onnx.ModelProto.DESCRIPTOR, {})
    holding = {name for name, message in messages.items() if "TensorProto" in reachable(message, {})}
    walked = holding | {"StringStringEntryProto"}
    fields = {
        name: {str(field.number): kind_of(field, walked) for field in messages[name].fields} for name in sorted(walked)
    }
    assert fields == json.loads(VECTORS.read_text(encoding="utf-8"))
