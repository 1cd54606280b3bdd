"""What a strongly typed network made from an ONNX file multiplies in: the builder keeps the file's types, though the
engine may not tell them.

Q/DQ nodes say that a multiplication may run in INT8, not that it does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from enginebench_worker.onnx_graph.file_structure import operator_counts, stored_elements
from enginebench_worker.wire.domain import Precision

_MULTIPLYING = ("MatMul", "Gemm", "Conv", "ConvTranspose")
_TYPES: dict[str, str] = {"fp32": "float32", "tf32": "float32", "fp16": "float16", "bf16": "bfloat16"}


@dataclass(frozen=True)
class TypedNetwork:
    main: str | None
    """The floating-point type of most stored elements; None if none is stored."""
    floats: frozenset[str]
    is_quantized: bool
    """There are as many dequantizing nodes as multiplications."""
    evidence: tuple[str, ...]

    def computes_in(self, precision: Precision) -> bool:
        wanted = _TYPES.get(precision, "")
        return self.main == wanted and self.floats <= {"float32", wanted} and not self.is_quantized


def typed_network(file: Path) -> TypedNetwork:
    elements, operators = stored_elements(file), operator_counts(file)
    floats = {name: elements[name] for name in dict.fromkeys(_TYPES.values()) if elements[name]}
    multiplications = sum(operators[name] for name in _MULTIPLYING)
    return TypedNetwork(
        main=max(floats, key=floats.__getitem__) if floats else None,
        floats=frozenset(floats),
        is_quantized=operators["DequantizeLinear"] >= multiplications > 0,
        evidence=(
            *(f"stored: {count} elements of {name}" for name, count in sorted(elements.items())),
            f"multiplications: {multiplications}, DequantizeLinear: {operators['DequantizeLinear']}",
        ),
    )
