"""Whether a network computes in the precision of its label. Pure.

A label of 16 or 8 bits is true if most multiplications compute in it and none in another narrow type; the rest is
listed with it. `fp32` and `tf32` are true if every multiplication is in FP32 and the TF32 switch matches the label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from enginebench_worker.tensorrt_engine.network import NetworkTypes
from enginebench_worker.tensorrt_engine.opened_engine import InspectedEngine
from enginebench_worker.wire.domain import Precision, PrecisionProof
from enginebench_worker.wire.facts import NOTHING_MULTIPLIED

_WATCHED_KINDS = ("NORMALIZATION", "SOFTMAX", "ATTENTION_INPUT")
_SHARE_SHOWN = 0.0005
_BESIDE_INT8 = ("fp16", "bf16")
_COMPUTING = ("fp32", "fp16", "bf16", "int8", "fp8")


def judge_network(precision: Precision, types: NetworkTypes, tf32: bool) -> PrecisionProof:
    evidence = [f"multiplications: {count} {name}" for name, count in sorted(types.multiplications.items())]
    evidence += [f"{kind}: {count} {name}" for (kind, name), count in sorted(types.multiplying.items())]
    evidence += [
        f"{kind}: {count} {name}" for (kind, name), count in sorted(types.layers.items()) if kind in _WATCHED_KINDS
    ]
    quantizing = sum(count for (kind, _), count in types.layers.items() if kind == "QUANTIZE")
    if quantizing:
        evidence.append(f"QUANTIZE: {quantizing} int8")
    evidence += [f"weights: {share:.1%} {name}" for name, share in types.weight_shares.items() if share >= _SHARE_SHOWN]
    evidence.append(f"TF32 = {str(tf32).lower()}")
    holds, label = judge_types(precision, types.multiplications, tf32)
    return PrecisionProof(holds, label, "layer types of the network", tuple(evidence))


def judge_opened_engine(precision: Precision, engine: InspectedEngine) -> PrecisionProof:
    """From the opened engine only. It cannot distinguish TF32 from FP32: the build's record does."""
    nothing = PrecisionProof(True, precision, "engine as opened", ())
    found = {name for name in (*engine.layers, *engine.multiplications) if name in _COMPUTING}
    if not found:
        words = "not told by the engine"
        return PrecisionProof(False, words, "engine inspector", ("the engine inspector tells no types",))
    judged = judge_engine(nothing, precision, engine)
    label = precision if judged.holds else f"computed in {' and '.join(sorted(found))}"
    return replace(judged, label=label, method="engine inspector")


def judge_types(precision: Precision, multiplications: Mapping[str, int], tf32: bool) -> tuple[bool, str]:
    """Returns whether the label is true, and a label that is."""
    whole = sum(multiplications.values())
    if whole == 0:
        return False, NOTHING_MULTIPLIED
    if precision in ("fp32", "tf32"):
        holds = set(multiplications) == {"fp32"} and tf32 == (precision == "tf32")
        return holds, precision if holds else _in_words(multiplications, tf32)
    narrow = {name for name in multiplications if name not in ("fp32", precision)}
    allowed = set(_BESIDE_INT8) if precision == "int8" else set()
    holds = multiplications.get(precision, 0) * 2 > whole and narrow <= allowed
    return holds, _beside(precision, multiplications, whole) if holds else _in_words(multiplications, tf32)


def judge_engine(proof: PrecisionProof, precision: Precision, engine: InspectedEngine) -> PrecisionProof:
    """The network's proof, with what the built engine reports. An engine that contradicts the proof disproves it."""
    evidence = (
        *proof.evidence,
        *(f"engine: {count} layers give {name}" for name, count in sorted(engine.layers.items())),
    )
    method = f"{proof.method}, engine inspector"
    found = {name for name in (*engine.layers, *engine.multiplications) if name in _COMPUTING}
    if not found:
        return replace(proof, evidence=(*evidence, "the engine inspector tells no types"), method=method)
    narrow = found - {"fp32"}
    fits = not narrow if precision in ("fp32", "tf32") else precision in found
    label = (
        proof.label
        if fits
        else f"{proof.label} in the network, but the engine computes in {' and '.join(sorted(found))}"
    )
    return PrecisionProof(proof.holds and fits, label, method, evidence)


def _beside(precision: Precision, multiplications: Mapping[str, int], whole: int) -> str:
    others = [
        f"{count} of {whole} multiplications in {name}"
        for name, count in sorted(multiplications.items())
        if name != precision
    ]
    return ", ".join([precision, *others])


def _in_words(multiplications: Mapping[str, int], tf32: bool) -> str:
    names = ["tf32" if name == "fp32" and tf32 else name for name in sorted(multiplications)]
    return f"computed in {' and '.join(names)}"
