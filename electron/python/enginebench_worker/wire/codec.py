"""Dataclasses to and from JSON objects: snake_case fields here, camelCase keys there.

Invariants: a value of the wrong type is refused with the path to it; unknown keys are ignored, so that the other side
may add some; keys of `dict` fields are data and never renamed. A field whose default is None is left out of the object
when it is None. Not a library, so that a worker can answer before anything is installed."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")


class ShapeMismatch(ValueError):
    """The JSON value does not fit; the message names the path."""


def to_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def to_json(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            to_camel_case(field.name): to_json(getattr(value, field.name))
            for field in fields(value)
            if not (field.default is None and getattr(value, field.name) is None)
        }
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def from_json(shape: type[Shape], value: object, path: str = "") -> Shape:
    if not isinstance(value, Mapping):
        raise ShapeMismatch(f"{path or 'message'}: expected an object, got {_kind(value)}")
    arguments: dict[str, Any] = {}
    for field, annotation in _fields_of(shape):
        key = to_camel_case(field.name)
        here = f"{path}.{key}" if path else key
        if key in value:
            arguments[field.name] = _convert(annotation, value[key], here)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ShapeMismatch(f"{here}: missing")
    return shape(**arguments)


@cache
def _fields_of(shape: type) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(shape)
    return tuple((field, hints[field.name]) for field in fields(shape))


def _convert(annotation: Any, value: Any, path: str) -> Any:
    if annotation is object:
        return value
    if is_dataclass(annotation):
        return from_json(annotation, value, path)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        if value in arguments:
            return value
        raise ShapeMismatch(f"{path}: {value!r} is not one of {', '.join(map(repr, arguments))}")
    if origin in (Union, types.UnionType):
        return _convert_union(arguments, value, path)
    if origin is tuple and isinstance(value, list):
        return tuple(_convert(arguments[0], item, f"{path}[{index}]") for index, item in enumerate(value))
    if origin is dict and isinstance(value, Mapping):
        return {str(key): _convert(arguments[1], item, f"{path}.{key}") for key, item in value.items()}
    if annotation is float and isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value):
        return value
    if annotation in (int, str, bool, type(None)) and type(value) is annotation:
        return value
    raise ShapeMismatch(f"{path}: expected {getattr(annotation, '__name__', annotation)}, got {_kind(value)}")


def _convert_union(alternatives: tuple[Any, ...], value: Any, path: str) -> Any:
    if value is None and type(None) in alternatives:
        return None
    mismatch: ShapeMismatch | None = None
    for alternative in alternatives:
        if alternative is type(None):
            continue
        try:
            return _convert(alternative, value, path)
        except ShapeMismatch as error:
            mismatch = error
    raise mismatch or ShapeMismatch(f"{path}: {_kind(value)} does not fit")


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
