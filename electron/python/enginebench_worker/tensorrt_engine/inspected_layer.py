"""One layer as the engine inspector's JSON describes it, of TensorRT 8.6 to 11.

The JSON is not documented in full and differs between versions. Read are:
- types of tensors: words of a format (`Channel major FP16 format where channel % 8 == 0`, `Half`), since 11 a field
  `Datatype`. An engine with a dynamic dimension has none unless its inspector was given a context with all input
  shapes; 8.6 has none even then.
- `Weights.Type` of layers with weights.
- `TacticName`: the kernel and the types that it multiplies, and the only place that distinguishes TF32 from FP32.
- `Metadata`: the nodes of the ONNX graph that the layer computes, `[ONNX Layer: name]`, separated by \\x1e or \\x1f.

A type that cannot be read is None. Reformats, pointwise layers and pooling multiply nothing and prove nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod, sqrt
from typing import Any, Literal

Evidence = Literal["types of tensors", "types of weights", "names of tactics"]

FP32_OR_TF32 = "fp32 or tf32"
"""Both are 32 bits wide in memory: only a tactic's name, or the build, says which a kernel computes in."""

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("float", "fp32", "float32"), "fp32"),
    **dict.fromkeys(("half", "fp16", "float16"), "fp16"),
    **dict.fromkeys(("bf16", "bfloat16"), "bf16"),
    **dict.fromkeys(("fp8", "float8", "fp8e4m3", "e4m3", "e5m2"), "fp8"),
    **dict.fromkeys(("fp4", "float4", "fp4e2m1"), "fp4"),
    **{name: name for name in ("int4", "int8", "uint8", "int32", "int64", "bool")},
}
_WIDEST_FIRST = ("fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4")
"""Types that are multiplied. Weights of 4 or 8 bits beside wider activations are widened before."""


def type_in_words(words: object) -> str | None:
    found = (_TYPES.get(word.lower()) for word in re.findall(r"[A-Za-z]+[0-9]*(?:[Ee][0-9]+[Mm][0-9]+)?", str(words)))
    return next(filter(None, found), None)


@dataclass(frozen=True)
class InspectedTensor:
    name: str
    type: str | None
    shape: tuple[int, ...]
    """-1 for a size that is not known."""
    format: str | None
    """In the inspector's words; None if it does not tell."""


@dataclass(frozen=True)
class InspectedLayer:
    name: str
    kind: str
    inputs: tuple[InspectedTensor, ...] = ()
    outputs: tuple[InspectedTensor, ...] = ()
    weights: str | None = None
    tactic: str | None = None
    onnx_nodes: tuple[str, ...] = ()
    multiplies: bool = False
    """Also true of a fused part that may multiply, but does not say so."""
    is_opaque: bool = False
    """Several operators as one: the types of its tensors say nothing about what happens inside."""
    work: float | None = None
    """Floating-point operations, two for each multiplication and addition; None if the shapes are not told."""

    def computing(self) -> tuple[str, Evidence] | None:
        """What it multiplies in, and what tells it; None if nothing does. A kernel's name decides where the sources
        differ, otherwise the widest type told: 8-bit inputs next to FP32 weights are no INT8 multiplication."""
        read = self._multiplied()
        told: list[tuple[str, Evidence]] = []
        if read is not None:
            told.append((read, "types of tensors"))
        if self.weights in _WIDEST_FIRST:
            told.append((self.weights, "types of weights"))
        kernel = type_of_tactic(self.tactic)
        if kernel is not None:
            agrees = told and told[0][0] == kernel and kernel not in ("fp32", "tf32")
            return told[0] if agrees else (kernel, "names of tactics")
        if not told:
            return None
        widest, source = min(told, key=lambda each: _WIDEST_FIRST.index(each[0]))
        return (FP32_OR_TF32 if widest == "fp32" else widest), source

    def stores(self, narrow: str) -> bool:
        """Whether its weights are told to be of that type: as such, or as what it reads beside its first input."""
        return self.weights == narrow or any(tensor.type == narrow for tensor in self.inputs[1:])

    def _multiplied(self) -> str | None:
        if self.is_opaque:
            return None
        read = self.inputs[:1] if "conv" in self.kind.lower() else self.inputs[:2]
        types = [tensor.type for tensor in read if tensor.type in _WIDEST_FIRST]
        types = types or [tensor.type for tensor in self.outputs[:1] if tensor.type in _WIDEST_FIRST]
        return min(types, key=_WIDEST_FIRST.index, default=None)


_TACTIC_TYPES: Sequence[tuple[str, str]] = (
    (r"tf32", "tf32"),
    (r"(?<![a-z0-9])(?:e4m3|e5m2|f8|fp8)", "fp8"),
    (r"(?<![a-z0-9])i8(?:i8|i32|f32|f16|bf16)_|(?<![a-z0-9])(?:int8|s8)(?![0-9])|i8816|i16832|imma", "int8"),
    (r"(?<![a-z0-9])bf16", "bf16"),
    (r"(?<![a-z0-9])(?:f16f|f16_|fp16)|(?<![a-z0-9])h(?:884|1688|16816|gemm|mma)", "fp16"),
    (r"(?<![a-z0-9])(?:f32f32|fp32|sgemm|scudnn|simt_s)", "fp32"),
)
"""Names of kernels in the order that they are tried: xmma's pairs are input and output, weights and accumulator
(`i8f32_i8i32_f32` multiplies INT8); cuDNN's and CUTLASS's older names begin with h, s or the type."""


def type_of_tactic(tactic: str | None) -> str | None:
    """None for a name that tells no type: generated kernels (`__myl_FcAdd_0x1f`), hashes, pooling."""
    lowered = (tactic or "").lower()
    return next((name for pattern, name in _TACTIC_TYPES if re.search(pattern, lowered)), None)


def read_layers(text: str) -> tuple[InspectedLayer, ...]:
    """From the JSON of a whole engine; nothing if it is something else. A layer of an engine built without detailed
    profiling is only its name."""
    try:
        listed = json.loads(text).get("Layers", [])
    except (ValueError, AttributeError):
        return ()
    return tuple(_read(layer) for layer in listed if isinstance(layer, dict | str)) if isinstance(listed, list) else ()


def _read(layer: dict[str, Any] | str) -> InspectedLayer:
    if isinstance(layer, str):
        return InspectedLayer(layer, "")
    name, kind = str(layer.get("Name", "")), str(layer.get("LayerType", ""))
    weights, tactic = layer.get("Weights"), layer.get("TacticName")
    inputs, outputs = _tensors(layer.get("Inputs")), _tensors(layer.get("Outputs"))
    is_opaque = kind in ("Myelin", "ForeignNode") or name.startswith("{ForeignNode")
    return InspectedLayer(
        name,
        kind,
        inputs,
        outputs,
        type_in_words(weights.get("Type")) if isinstance(weights, dict) and weights.get("Count") != 0 else None,
        str(tactic) if tactic else None,
        onnx_nodes(str(layer.get("Metadata", ""))),
        is_opaque or _multiplies(name, f"{kind} {layer.get('ParameterType', '')}", str(tactic or "")),
        is_opaque,
        None if is_opaque else _work(layer, inputs, outputs),
    )


def _tensors(listed: object) -> tuple[InspectedTensor, ...]:
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(_tensor(each) for each in found)


def _tensor(tensor: dict[str, Any]) -> InspectedTensor:
    words = tensor.get("Format/Datatype", tensor.get("Format"))
    told = words if isinstance(words, str) and not words.startswith("N/A") else None
    sizes = tensor.get("Dimensions")
    shape = tuple(int(size) for size in sizes if isinstance(size, int | float)) if isinstance(sizes, list) else ()
    return InspectedTensor(str(tensor.get("Name", "")), type_in_words(tensor.get("Datatype", told)), shape, told)


def onnx_nodes(metadata: str) -> tuple[str, ...]:
    """Without repeats, in order."""
    parts = re.split(r"[\x1e\x1f]", metadata)
    found = [each for part in parts for each in re.findall(r"\[ONNX Layer: (.*?)\](?=\s*\[ONNX Layer: |\s*$)", part)]
    return tuple(dict.fromkeys(found))


_MULTIPLYING_KINDS = re.compile(r"conv(?!ert)|gemm|matrixmultiply|matmul|fullyconnected|einsum|mha|attention", re.I)
_MULTIPLYING_TACTICS = re.compile(r"gemm|gemv|fprop|dgrad|mha|cudnn_|conv(?!ert)", re.I)
_MULTIPLYING_WORDS = {"Fc", "Gemm", "Conv", "Dot", "Mha", "Matmul"}
_NEVER = re.compile(r"reformat|noop|pool|pointwise|shuffle|constant", re.I)


def _multiplies(name: str, kinds: str, tactic: str) -> bool:
    if _NEVER.search(kinds.split(" ", 1)[0]):
        return False
    if _MULTIPLYING_KINDS.search(kinds):
        return True
    generated = [each for each in (name, tactic) if "__myl_" in each]
    if generated:
        words = {word for each in generated for word in re.findall(r"[A-Z][a-z]*", each.split("__myl_", 1)[1])}
        return bool(words & _MULTIPLYING_WORDS) or "gemm" in tactic.lower()
    return bool(_MULTIPLYING_TACTICS.search(tactic))


def _work(layer: dict[str, Any], inputs: Sequence[InspectedTensor], outputs: Sequence[InspectedTensor]) -> float | None:
    if not inputs or not outputs or not inputs[0].shape or not outputs[0].shape:
        return None
    read, given = inputs[0].shape, outputs[0].shape
    if min(*read, *given) < 0:
        return None
    weights, maps = layer.get("Weights"), layer.get("OutMaps")
    count = weights.get("Count") if isinstance(weights, dict) else None
    if isinstance(count, int) and isinstance(maps, int) and count > 0 and maps > 0:
        is_transposed = "deconv" in f"{layer.get('ParameterType', '')} {layer.get('LayerType', '')}".lower()
        if is_transposed:
            return 2.0 * prod(read) * count / read[1] if len(read) > 1 and read[1] else None
        return 2.0 * prod(given) * count / maps
    return 2.0 * prod(given) * _summed(read, inputs[1].shape if len(inputs) > 1 else (), given)


def _summed(first: Sequence[int], second: Sequence[int], given: Sequence[int]) -> float:
    """Length of the dimension that a matrix product sums over. From the two matrices and their product it follows
    whichever of them is transposed: (m k) (k n) / (m n) = k²."""
    if len(first) >= 2 and len(second) >= 2 and len(given) >= 2 and min(second) > 0 and min(given) > 0:
        return sqrt(prod(first[-2:]) * prod(second[-2:]) / prod(given[-2:]))
    return float(first[-1])
