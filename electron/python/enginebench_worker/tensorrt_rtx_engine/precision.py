"""What a TensorRT-RTX engine computes in: the types of the ONNX file it was compiled from, which a strongly typed
network keeps. The engine itself reports no types, so without that file, or the build's record of it, nothing is proved.

INT8 is never proved: NVIDIA lists it for TensorRT-RTX as a type of weights, which are multiplied in a wider type. Q/DQ
nodes in the file say what was asked for, not what is computed."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.onnx_graph.file_structure import stored_elements
from enginebench_worker.onnx_graph.typed_network import typed_network
from enginebench_worker.wire.domain import BuildRecord, Precision, PrecisionProof

_INT8 = "int8 weights only, multiplied in a wider type"
_SHORT = {"float32": "tf32", "float16": "fp16", "bfloat16": "bf16"}


def judge_source(
    precision: Precision, source: Path | None, settings: tuple[str, ...], record: BuildRecord | None = None
) -> PrecisionProof:
    """`record` is what the build recorded about the very file that runs; it counts where the source is not there."""
    method = "types of the ONNX file compiled, which the provider's strongly typed network keeps"
    built = None if record is None else record.precision_proof
    if source is None and built is not None and not (built.holds and precision == "int8"):
        evidence = (*settings, *built.evidence)
        return PrecisionProof(built.holds, built.label, f"record of the build: {built.method}", evidence)
    if source is None or not source.is_file():
        unknown = f"not proved to be {precision}: the engine tells no types, and its ONNX file is not there"
        return PrecisionProof(False, unknown, method, settings)
    network = typed_network(source)
    found = "nothing" if network.main is None else _SHORT[network.main]
    holds = precision != "fp32" and network.computes_in(precision)
    return PrecisionProof(
        holds=holds,
        label=precision if holds else _INT8 if network.is_quantized else f"computed in {found}",
        method=method,
        evidence=(*network.evidence, "TF32 cannot be switched off in the provider", *settings),
    )


def weight_shares(source: Path) -> dict[str, float]:
    """By bytes."""
    sizes = {"float32": ("fp32", 4), "float16": ("fp16", 2), "bfloat16": ("bf16", 2), "int8": ("int8", 1)}
    stored = stored_elements(source)
    counted = {short: stored[name] * size for name, (short, size) in sizes.items() if stored[name]}
    counted |= {"int64": stored["int64"] * 8} if stored["int64"] else {}
    whole = sum(counted.values())
    return {name: count / whole for name, count in sorted(counted.items())} if whole else {}
