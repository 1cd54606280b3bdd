"""What a case may be called: judged by the layers that the processor ran, never by the file or the hint.

Multiplications (products and convolutions) decide; any other layer in a half precision not the label's unmakes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from enginebench_worker.openvino_engine.model_types import ComputedTypes
from enginebench_worker.wire.domain import Precision, PrecisionProof

_HALF = frozenset(("fp16", "bf16"))
_FLOATS = frozenset(("fp64", "fp32", "fp16", "bf16"))


def judge_layers(
    precision: Precision, computed: ComputedTypes, stored: Counter[str], settings: Sequence[str]
) -> PrecisionProof:
    multiplications = _by_type(computed.multiplications)
    everywhere = set(_by_type(computed.layers))
    holds = _holds(precision, multiplications, everywhere)
    return PrecisionProof(
        holds=holds,
        label=precision if holds else _in_words(precision, multiplications, stored, everywhere),
        method="layers of OpenVINO's execution graph after one query, types stored in the file",
        evidence=(*_layer_lines(computed), *_stored_lines(stored), *settings),
    )


def judge_file(precision: Precision, computed: ComputedTypes, stored: Counter[str]) -> PrecisionProof:
    """For an IR just built. FP16 claims what it stores; what is computed differs by processor, and is said."""
    if precision != "fp16":
        return judge_layers(precision, computed, stored, ())
    floats = sum(size for name, size in stored.items() if name in _FLOATS)
    return PrecisionProof(
        holds=stored["fp16"] * 2 > floats,
        label=f"{_in_words(precision, _by_type(computed.multiplications), stored, set())} on this processor",
        method="types stored in the file, layers of OpenVINO's execution graph after one query",
        evidence=(*_stored_lines(stored), *_layer_lines(computed)),
    )


def _holds(precision: Precision, multiplications: Counter[str], everywhere: set[str]) -> bool:
    if precision == "int8":
        return multiplications["int8"] * 2 > sum(multiplications.values()) and not everywhere & _HALF
    return set(multiplications) == {precision} and everywhere & _HALF <= {precision}


def _in_words(precision: Precision, multiplications: Counter[str], stored: Counter[str], everywhere: set[str]) -> str:
    computed = " and ".join(sorted(multiplications)) or "nothing"
    beside = sorted((everywhere & _HALF) - {precision} - set(multiplications))
    words = f"{computed} computed{' beside ' + ' and '.join(beside) if beside else ''}"
    return f"{precision} stored, {words}" if stored[precision] else words


def _by_type(layers: Counter[tuple[str, str]]) -> Counter[str]:
    by_type: Counter[str] = Counter()
    for (_, name), count in layers.items():
        by_type[name] += count
    return by_type


def _layer_lines(computed: ComputedTypes) -> tuple[str, ...]:
    return tuple(f"{kind}: {count} {name}" for (kind, name), count in sorted(computed.layers.items()))


def _stored_lines(stored: Counter[str]) -> tuple[str, ...]:
    return tuple(f"stored: {size} bytes {name}" for name, size in sorted(stored.items()))
