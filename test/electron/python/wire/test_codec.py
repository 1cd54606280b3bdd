from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from enginebench_worker.wire.codec import ShapeMismatch, from_json, to_camel_case, to_json


@dataclass(frozen=True)
class Inner:
    some_count: int


@dataclass(frozen=True)
class Outer:
    kind: Literal["a", "b"]
    parts: tuple[Inner, ...]
    by_name: dict[str, Inner]
    ratio: float | None
    reason: str | None = None


RECORD = {"kind": "a", "parts": [{"someCount": 1}], "byName": {"snake_case_key": {"someCount": 2}}, "ratio": 1}
VALUE = Outer("a", (Inner(1),), {"snake_case_key": Inner(2)}, 1)


def test_fields_change_their_case_and_keys_of_data_do_not() -> None:
    assert (from_json(Outer, RECORD), to_json(VALUE)) == (VALUE, RECORD)


def test_an_unknown_key_is_ignored() -> None:
    assert from_json(Inner, {"someCount": 1, "addedLater": True}) == Inner(1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "c"}, "kind: 'c' is not one of 'a', 'b'"),
        ({"parts": [{"someCount": "1"}]}, "parts[0].someCount: expected int, got str"),
        ({"parts": [{}]}, "parts[0].someCount: missing"),
        ({"parts": {}}, "parts: expected tuple[test_codec.Inner, ...], got dict"),
        ({"byName": {"x": 3}}, "byName.x: expected an object, got int"),
        ({"ratio": float("nan")}, "ratio: expected float, got float"),
        ({"ratio": True}, "ratio: expected float, got bool"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_the_path_to_it(change: dict[str, object], words: str) -> None:
    with pytest.raises(ShapeMismatch) as caught:
        from_json(Outer, {**RECORD, **change})
    assert str(caught.value).split("expected")[0] == words.split("expected")[0]


def test_camel_case_keeps_digits_with_their_word() -> None:
    assert [to_camel_case(name) for name in ("top1_agreement", "sha256", "keep_in_fp32")] == [
        "top1Agreement",
        "sha256",
        "keepInFp32",
    ]
