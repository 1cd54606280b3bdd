"""Whether a network, or an engine, computes in the precision of its label. Pure.

A label of 16 or 8 bits is true if most of what is multiplied is multiplied in it, and nothing in another narrow type;
the rest is listed with it. The same holds for `tf32`, beside FP32. `fp32` is true if everything is multiplied in FP32:
if TF32 cannot be excluded, the label is `fp32 or tf32`. `int4-weights` is true if most products read weights stored in
INT4, and says what they are multiplied in, which is never INT4.

An opened engine is judged by its layers that multiply, each weighed by its work if all shapes are told: by the types of
their tensors, else those of their weights, else the names of their tactics, else by what the build recorded about the
same file. Only if all four are silent is the precision `not told`. Layers that multiply nothing prove nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from enginebench_worker.tensorrt_engine.inspected_layer import FP32_OR_TF32, InspectedLayer
from enginebench_worker.tensorrt_engine.inspector import InspectedEngine
from enginebench_worker.tensorrt_engine.network import NetworkTypes
from enginebench_worker.wire.domain import BuildRecord, Precision, PrecisionProof
from enginebench_worker.wire.facts import NOTHING_MULTIPLIED

_WATCHED_KINDS = ("NORMALIZATION", "SOFTMAX", "ATTENTION_INPUT", "QUANTIZE")
_SHARE_SHOWN = 0.0005
_NOT_TOLD = "not told"
_WIDE = ("fp32", "tf32", FP32_OR_TF32, _NOT_TOLD)
_HALF = (*_WIDE, "fp16", "bf16")
_BESIDE: Mapping[str, tuple[str, ...]] = {"fp32": (), "int8": _HALF, "fp8": _HALF, "int4-weights": _HALF}
"""What a smaller part may be multiplied in; `_WIDE` for labels that are not listed."""
_BY_THE_BUILD = "record of the build"

Weighed = Sequence[tuple[InspectedLayer, float]]


def judge_network(precision: Precision, types: NetworkTypes, tf32: bool) -> PrecisionProof:
    evidence = [f"multiplications: {count} {name}" for name, count in sorted(types.multiplications.items())]
    evidence += [f"{kind}: {count} {name}" for (kind, name), count in sorted(types.multiplying.items())]
    evidence += [
        f"{kind}: {count} {name}" for (kind, name), count in sorted(types.layers.items()) if kind in _WATCHED_KINDS
    ]
    evidence += [f"weights in int4, multiplied in {name}: {count}" for name, count in sorted(types.widened.items())]
    evidence += [f"weights: {share:.1%} {name}" for name, share in types.weight_shares.items() if share >= _SHARE_SHOWN]
    evidence.append(f"TF32 = {str(tf32).lower()}")
    holds, label = judge_types(precision, types.multiplications, tf32)
    if holds and types.widened:
        label = label.replace(precision, f"int4 weights multiplied in {' and '.join(sorted(types.widened))}", 1)
    return PrecisionProof(holds, label, "layer types of the network", tuple(evidence))


def judge_types(precision: Precision, multiplications: Mapping[str, int], tf32: bool) -> tuple[bool, str]:
    """Returns whether the label is true, and a label that is."""
    found: Counter[str] = Counter()
    for name, count in multiplications.items():
        found["tf32" if name == "fp32" and tf32 else name] += count
    whole = sum(found.values())
    if whole == 0:
        return False, NOTHING_MULTIPLIED
    if not _is_true(precision, found):
        return False, _in_words(found)
    others = (f"{count} of {whole} multiplications in {name}" for name, count in sorted(found.items()))
    return True, ", ".join([precision, *(each for each in others if not each.endswith(f" in {precision}"))])


def _is_true(precision: Precision, amounts: Mapping[str, float]) -> bool:
    allowed = {precision, *_BESIDE.get(precision, _WIDE)}
    return set(amounts) <= allowed and amounts.get(precision, 0) * 2 > sum(amounts.values())


def _contradicts(precision: Precision, told: Mapping[str, float]) -> bool:
    """Of weights in INT4 an engine may tell only what they are multiplied in."""
    if precision == "int4-weights":
        return not set(told) <= {"int4", *_HALF}
    return not _is_true(precision, told)


def _in_words(found: Mapping[str, float]) -> str:
    if set(found) == {FP32_OR_TF32}:
        return FP32_OR_TF32
    names = ("a wider type than int4 weights" if name == "int4-weights" else name for name in sorted(found))
    return f"computed in {' and '.join(names)}"


def judge_opened_engine(precision: Precision, engine: InspectedEngine, record: BuildRecord | None) -> PrecisionProof:
    """`record` is what the build recorded about this very file, which the caller has checked by its hash."""
    found = _computed_types(engine, None if record is None else record.tf32)
    if found.told and _contradicts(precision, found.told):
        return PrecisionProof(False, _in_words(found.told), found.method, found.evidence)
    if precision == "int4-weights":
        return _judge_stored_weights(engine, found, record)
    if found.told and _is_true(precision, found.all):
        return PrecisionProof(True, _beside(precision, found.all), found.method, found.evidence)
    silent = "not told by the engine" if not found.told else f"not told for {found.untold:.0%} of the work"
    return _by_the_record(found, silent, record)


def _judge_stored_weights(engine: InspectedEngine, found: _Computed, record: BuildRecord | None) -> PrecisionProof:
    weighed = _weighed([layer for layer in engine.layers if layer.multiplies])
    whole = sum(weight for _, weight in weighed)
    narrow = sum(weight for layer, weight in weighed if layer.stores("int4")) / whole if whole else 0.0
    told = f"weights in int4: {narrow:.1%} of the multiplications"
    if narrow * 2 > 1:
        wide = " and ".join(sorted(set(found.told) - {"int4"})) or "a type that the engine does not tell"
        label = f"int4 weights multiplied in {wide}"
        return PrecisionProof(True, label, "engine inspector: types of weights", (*found.evidence, told))
    return _by_the_record(found, told, record)


def _by_the_record(found: _Computed, silent: str, record: BuildRecord | None) -> PrecisionProof:
    built = None if record is None else record.precision_proof
    if built is None:
        return PrecisionProof(False, silent, found.method, found.evidence)
    evidence = (*found.evidence, f"the build: {built.label}, by {built.method}", *built.evidence)
    return PrecisionProof(built.holds, built.label, f"{_BY_THE_BUILD}: {silent}", evidence)


def judge_built_engine(
    proof: PrecisionProof, precision: Precision, engine: InspectedEngine, tf32: bool
) -> PrecisionProof:
    """The network's proof, with what the engine built from it reports. An engine that contradicts the network
    disproves it; one that reports nothing leaves it as it is."""
    found = _computed_types(engine, tf32)
    evidence = (*proof.evidence, *(f"engine: {line}" for line in found.evidence))
    with_engine = replace(proof, evidence=evidence, method=f"{proof.method}, {found.method}")
    if not found.told or not _contradicts(precision, found.told):
        return with_engine
    label = f"{proof.label} in the network, but the engine computes in {' and '.join(sorted(found.told))}"
    return replace(with_engine, holds=False, label=label)


@dataclass(frozen=True)
class _Computed:
    told: Mapping[str, float]
    """Type -> share of the work of all layers that multiply, 0..1."""
    untold: float
    """The remaining share."""
    method: str
    evidence: tuple[str, ...]

    @property
    def all(self) -> Mapping[str, float]:
        return {**self.told, _NOT_TOLD: self.untold} if self.untold else self.told


def _computed_types(engine: InspectedEngine, tf32: bool | None) -> _Computed:
    weighed = _weighed([layer for layer in engine.layers if layer.multiplies])
    whole = sum(weight for _, weight in weighed)
    told: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for layer, weight in weighed:
        computing = layer.computing()
        if computing is not None:
            name, source = computing
            told[_by_the_switch(name, tf32)] += weight / whole
            sources[source] += weight / whole
    untold = max(0.0, 1.0 - sum(told.values())) if whole else 0.0
    used = [name for name, _ in sources.most_common()]
    at = f" at {engine.shapes}" if engine.shapes is not None and "types of tensors" in used else ""
    return _Computed(
        dict(told),
        untold if untold > _SHARE_SHOWN else 0.0,
        f"engine inspector: {', '.join(used)}{at}" if used else "engine inspector",
        _evidence(len(engine.layers), weighed, told, sources, tf32)
        if used
        else ("the engine inspector tells no types",),
    )


def _weighed(layers: Sequence[InspectedLayer]) -> Weighed:
    """Each layer with its work, if all tell it; otherwise each counts once."""
    is_told = all(layer.work for layer in layers)
    return [(layer, (layer.work or 0.0) if is_told else 1.0) for layer in layers]


def _by_the_switch(name: str, tf32: bool | None) -> str:
    """Without TF32 in the build, 32 bits are FP32. With it, a kernel whose name does not tell counts as TF32."""
    if name != FP32_OR_TF32 or tf32 is None:
        return name
    return "tf32" if tf32 else "fp32"


def _evidence(
    layers: int,
    weighed: Weighed,
    told: Mapping[str, float],
    sources: Mapping[str, float],
    tf32: bool | None,
) -> tuple[str, ...]:
    by_work = all(layer.work for layer, _ in weighed)
    unit = "work" if by_work else "layers"
    return (
        f"{len(weighed)} of {layers} layers multiply"
        + ("" if by_work else "; not all shapes are told, so each counts once"),
        *(f"multiplied in {name}: {share:.1%} of the {unit}" for name, share in sorted(told.items())),
        *(f"told by {name}: {share:.1%} of the {unit}" for name, share in sources.items()),
        *(() if tf32 is None else (f"TF32 = {str(tf32).lower()}, {_BY_THE_BUILD}",)),
    )


def _beside(precision: Precision, amounts: Mapping[str, float]) -> str:
    others = [
        f"{share:.1%} of the work {name if name == _NOT_TOLD else f'in {name}'}"
        for name, share in sorted(amounts.items())
        if name != precision and share >= _SHARE_SHOWN
    ]
    return ", ".join([precision, *others])
