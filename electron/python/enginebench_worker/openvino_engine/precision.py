"""What an OpenVINO model stores, what its compiled form computes in, and the label a case may have because of it.

The compiled form is the plugin's own execution graph: after a query it names, for each layer, the kernel that ran. A
kernel's name ends with its input type. The graph's `runtimePrecision` is not usable: for a layer with FP16 weights it
says f16, though the kernel widens them and computes in f32. Multiplications (products and convolutions) decide the
label; any other layer in a half precision that is not the label's disproves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enginebench_worker.openvino_engine.library import TYPE_NAMES
from enginebench_worker.wire.domain import Precision, PrecisionProof

MULTIPLYING_LAYERS = frozenset(
    (
        "Convolution",
        "Deconvolution",
        "FullyConnected",
        "MatMul",
        "RNNCell",
        "RNNSeq",
        "ScaledDotProductAttention",
        "MHA",
        "QKVProjection",
        "LLMMLP",
        "GatherMatmul",
    )
)
_HOLDING_LAYERS = frozenset(("Input", "Output", "Const"))
_THROUGH = frozenset(("Reshape", "Transpose", "Convert", "Squeeze", "Unsqueeze"))


@dataclass(frozen=True)
class ComputedTypes:
    layers: Counter[tuple[str, str]]
    """By kind of layer and precision, without those that only hold or pass on data."""

    @property
    def multiplications(self) -> Counter[tuple[str, str]]:
        return Counter({key: count for key, count in self.layers.items() if key[0] in MULTIPLYING_LAYERS})

    @property
    def shares(self) -> dict[str, float]:
        return shares_of(Counter(_summed(self.layers)))


def computed_types(compiled: Any) -> ComputedTypes:
    layers: Counter[tuple[str, str]] = Counter()
    for operation in compiled.get_runtime_model().get_ordered_ops():
        information = operation.get_rt_info()
        kind = _text(information, "layerType")
        if kind not in _HOLDING_LAYERS:
            layers[kind, _computed_in(information)] += 1
    return ComputedTypes(layers)


def stored_bytes(model: Any) -> Counter[str]:
    """Bytes of the constants by type: what the file stores."""
    sizes: Counter[str] = Counter()
    for operation in model.get_ops():
        if operation.get_type_name() == "Constant":
            sizes[named(operation.get_element_type().to_string())] += operation.data.nbytes
    return sizes


def shares_of(counts: Mapping[str, int]) -> dict[str, float]:
    whole = sum(counts.values())
    return {name: count / whole for name, count in sorted(counts.items()) if count} if whole else {}


def has_attention(model: Any) -> bool:
    """A softmax whose result is multiplied again, or attention as one operator."""
    return any(
        operation.get_type_name() == "ScaledDotProductAttention"
        or (operation.get_type_name() == "Softmax" and _feeds_product(operation))
        for operation in model.get_ops()
    )


def is_quantized(model: Any) -> bool:
    return any(operation.get_type_name() == "FakeQuantize" for operation in model.get_ops())


def named(openvino_type: str) -> str:
    return TYPE_NAMES.get(openvino_type, openvino_type)


def _computed_in(information: Any) -> str:
    kernel = named(_text(information, "primitiveType").rpartition("_")[2].lower())
    widest = named(_text(information, "runtimePrecision"))
    takes_a_mask = kernel == "int8" and widest not in ("int8", "bool")
    return widest if takes_a_mask or not kernel else kernel


def _feeds_product(operation: Any) -> bool:
    for target in operation.output(0).get_target_inputs():
        consumer = target.get_node()
        kind = consumer.get_type_name()
        if kind == "MatMul" or (kind in _THROUGH and _feeds_product(consumer)):
            return True
    return False


def _summed(layers: Mapping[tuple[str, str], int]) -> Counter[str]:
    by_type: Counter[str] = Counter()
    for (_, name), count in layers.items():
        by_type[name] += count
    return by_type


def _text(information: Any, key: str) -> str:
    if key not in information:
        return ""
    value = information[key]
    return value.astype(str) if hasattr(value, "astype") else str(value)


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
    """For a newly built IR. FP16 claims only what is stored; the label adds what this processor computes in."""
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
