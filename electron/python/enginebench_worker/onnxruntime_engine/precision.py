"""What an ONNX model computes in, from ONNX Runtime's profile of a query.

Multiplications (matrix products and convolutions) decide the label: they take the time and do the rounding."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enginebench_worker.onnxruntime_engine.placement import Placement
from enginebench_worker.wire.domain import Precision, PrecisionProof
from enginebench_worker.wire.facts import FLOAT_MATRIX_OPERATORS, INTEGER_MATRIX_OPERATORS, NOTHING_MULTIPLIED

FLOAT_OPERATORS = frozenset(FLOAT_MATRIX_OPERATORS)
INTEGER_OPERATORS = frozenset(INTEGER_MATRIX_OPERATORS)
_TYPE_NAMES = {"float": "float32", "double": "float64"}
SHORT_NAMES = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp64", "uint8": "int8"}
_EXPECTED = {"fp32": "float32", "tf32": "float32", "fp16": "float16", "bf16": "bfloat16"}


@dataclass(frozen=True)
class ExecutedOperator:
    kind: str
    provider: str
    input_type: str


def read_profile(file: Path) -> tuple[ExecutedOperator, ...]:
    """Removes the file."""
    try:
        events = json.loads(file.read_text(encoding="utf-8"))
    finally:
        file.unlink(missing_ok=True)
    nodes = (event["args"] for event in events if event.get("cat") == "Node" and "op_name" in event.get("args", {}))
    return tuple(
        ExecutedOperator(args["op_name"], args.get("provider", ""), _first_type(args.get("input_type_shape", [])))
        for args in nodes
    )


def placement_in(operators: Sequence[ExecutedOperator]) -> Placement:
    """Which provider ran each of them."""
    ran: dict[str, Counter[str]] = {}
    for operator in operators:
        ran.setdefault(operator.provider, Counter())[operator.kind] += 1
    return Placement(ran)


def judge_operators(
    precision: Precision,
    operators: Sequence[ExecutedOperator],
    stored: Counter[str],
    settings: Sequence[str],
    uses_tf32: bool,
) -> PrecisionProof:
    floats = Counter((each.kind, each.input_type) for each in operators if each.kind in FLOAT_OPERATORS)
    integers = Counter(each.kind for each in operators if each.kind in INTEGER_OPERATORS)
    computed = {name for _, name in floats} | ({"int8"} if integers else set())
    stored_floats = {name for name in stored if "float" in name}
    if precision == "int8":
        holds = computes_in_int8(integers.total(), floats.total())
        label = "int8" if holds else _mismatch_of_int8(stored, {name for _, name in floats}, bool(integers))
    else:
        holds = computed == {_EXPECTED[precision]} and uses_tf32 == (precision == "tf32")
        label = precision if holds else _mismatch(stored_floats, computed)
    return PrecisionProof(
        holds=holds,
        label=label,
        method="operators executed in one profiled query, types stored in the file",
        evidence=(
            *(f"{kind}: {count} {name}" for (kind, name), count in sorted(floats.items())),
            *(f"{kind}: {count} integer" for kind, count in sorted(integers.items())),
            *(f"stored: {count} {name}" for name, count in sorted(stored.items())),
            *settings,
        ),
    )


def computes_in_int8(integer_operators: int, float_operators: int) -> bool:
    """At least as many matrix operators in INT8 as in floating point: one quantized layer makes no INT8 model."""
    return integer_operators > 0 and integer_operators >= float_operators


def _mismatch_of_int8(stored: Counter[str], floats: set[str], has_integers: bool) -> str:
    done = " and ".join((["int8"] if has_integers else []) + sorted(SHORT_NAMES.get(name, name) for name in floats))
    return f"int8 stored, {done} computed" if stored["int8"] + stored["uint8"] else done


def _mismatch(stored: set[str], computed: set[str]) -> str:
    held, done = (" and ".join(sorted(SHORT_NAMES.get(name, name) for name in names)) for names in (stored, computed))
    if not computed:
        return NOTHING_MULTIPLIED
    return f"{held} stored, {done} computed" if held and held != done else done


def _first_type(inputs: Sequence[dict[str, object]]) -> str:
    name = next(iter(inputs[0])) if inputs and inputs[0] else "unknown"
    return _TYPE_NAMES.get(name, name)
