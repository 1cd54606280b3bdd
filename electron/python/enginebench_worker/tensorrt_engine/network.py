"""An ONNX file as a strongly typed TensorRT network, and what that network computes in: no GPU is needed.

Each layer computes in the type that the graph says. Counted are layers by kind and output type, the multiplications
(matrix products and convolutions) that read rounded values, and the bytes of the weights by type. A multiplication
between a Q and a DQ still gives floats here: only its inputs show that it will compute in INT8 or FP8.

Attention as one operator (opset 23 and later) has its own kernel only in half precision; in other precisions the
builder must be allowed to decompose it, or it refuses the network. Raises BenchError if the file is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.building.log import BuildLog
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.library import Library
from enginebench_worker.tensorrt_engine.parser_refusal import ParserComplaint, parser_refusal

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


@dataclass(frozen=True)
class ParsedNetwork:
    network: trt.INetworkDefinition
    parser: trt.OnnxParser


def parse_onnx(library: Library, builder: trt.Builder, logger: trt.ILogger, log: BuildLog, file: Path) -> ParsedNetwork:
    check_file(file)
    trt = library.module
    strongly_typed = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = builder.create_network(strongly_typed if library.capabilities.strong_typing_is_asked_for else 0)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(str(file)):
        complaints = [_complaint(parser.get_error(index)) for index in range(parser.num_errors)]
        raise parser_refusal(complaints, log.errors, file.name)
    if network.num_outputs == 0:
        raise BenchError("bad-model-file", "build", f"{file.name} has no output.", "Export it again.")
    return ParsedNetwork(network, parser)


def check_file(file: Path) -> None:
    """The parser accepts an empty file as a model, so it is refused here."""
    if not file.is_file():
        raise BenchError("missing-artifact", "build", f"{file.name} was not found.", "Start the conversion again.")
    if file.stat().st_size == 0:
        raise BenchError("bad-model-file", "build", f"{file.name} is empty.", "Export or copy it again.")


def _complaint(error: trt.ParserError) -> ParserComplaint:
    code = error.code()
    return ParserComplaint(
        getattr(code, "name", str(code)), error.node(), error.node_name(), error.node_operator(), error.desc()
    )


def make_attention_decomposable(trt: Any, network: trt.INetworkDefinition) -> int:
    """Returns how many there were."""
    layers = (network.get_layer(index) for index in range(network.num_layers))
    attention = [layer for layer in layers if layer.type == trt.LayerType.ATTENTION_INPUT]
    for layer in attention:
        layer.__class__ = trt.IAttentionInputLayer
        layer.attention.decomposable = True
    return len(attention)


TYPE_NAMES: Mapping[str, str] = {
    "FLOAT": "fp32",
    "HALF": "fp16",
    "BF16": "bf16",
    "INT8": "int8",
    "INT64": "int64",
    "FP8": "fp8",
    "INT4": "int4",
    "FP4": "fp4",
}
"""Everything else is `other`."""

_BYTES = {"fp32": 4.0, "fp16": 2.0, "bf16": 2.0, "int8": 1.0, "int64": 8.0, "fp8": 1.0, "int4": 0.5, "fp4": 0.5}
_BYTES_OF_OTHER = 4.0
_MULTIPLYING = ("MATRIX_MULTIPLY", "CONVOLUTION", "DECONVOLUTION", "EINSUM")
_PASSING_ON = ("SHUFFLE", "IDENTITY", "CAST", "SQUEEZE", "UNSQUEEZE")
_LONGEST_WAY_BACK = 8


@dataclass(frozen=True)
class NetworkTypes:
    layers: Mapping[tuple[str, str], int]
    """(kind, type of its first output) -> count."""
    multiplying: Mapping[tuple[str, str], int]
    """(kind, what it computes in) -> count: `int8` or `fp8` if both inputs were rounded to it, `int4-weights` if its
    weights are stored in INT4, else its output type."""
    weight_bytes: Mapping[str, float]
    widened: Mapping[str, int] = field(default_factory=dict)
    """What products with weights in INT4 are multiplied in -> count."""

    @property
    def multiplications(self) -> Counter[str]:
        return _by_type(self.multiplying)

    @property
    def layer_shares(self) -> dict[str, float]:
        return shares(_by_type(self.layers))

    @property
    def weight_shares(self) -> dict[str, float]:
        return shares(self.weight_bytes)


def shares(amounts: Mapping[str, float]) -> dict[str, float]:
    whole = sum(amounts.values())
    return {name: amount / whole for name, amount in sorted(amounts.items()) if amount} if whole else {}


def _by_type(counts: Mapping[tuple[str, str], int]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for (_, name), count in counts.items():
        totals[name] += count
    return totals


def read_network_types(trt: Any, network: trt.INetworkDefinition) -> NetworkTypes:
    layers = [network.get_layer(index) for index in range(network.num_layers)]
    producers = {layer.get_output(index).name: layer for layer in layers for index in range(layer.num_outputs)}
    counts: Counter[tuple[str, str]] = Counter()
    multiplying: Counter[tuple[str, str]] = Counter()
    weights: Counter[str] = Counter()
    widened: Counter[str] = Counter()
    for layer in layers:
        if layer.num_outputs == 0:
            continue
        kind, given = layer.type.name, layer.get_output(0)
        name = type_name(given.dtype)
        counts[kind, name] += 1
        if kind in _MULTIPLYING:
            read = _rounded_types(layer, producers)
            multiplying[kind, _multiplied_in(read, name)] += 1
            if "int4" in read:
                widened[name] += 1
        for weight_type, size in _weights_of(trt, layer, kind, given, name):
            weights[weight_type] += size
    return NetworkTypes(counts, multiplying, weights, widened)


def type_name(dtype: trt.DataType) -> str:
    return TYPE_NAMES.get(dtype.name, "other")


def _multiplied_in(read: Sequence[str | None], given: str) -> str:
    """TensorRT multiplies INT8 and FP8 in those types, and widens INT4 to the other side's type first."""
    if len(read) == 2 and read[0] == read[1] and read[0] in ("int8", "fp8"):
        return read[0]
    return "int4-weights" if "int4" in read else given


def _rounded_types(layer: trt.ILayer, producers: Mapping[str, trt.ILayer]) -> list[str | None]:
    """What each of the two factors was rounded to; None for one that was not."""
    factors = [layer.get_input(index) for index in range(min(layer.num_inputs, 2))]
    return [None if tensor is None else _rounded_to(tensor, producers) for tensor in factors]


def _rounded_to(tensor: trt.ITensor, producers: Mapping[str, trt.ILayer]) -> str | None:
    for _ in range(_LONGEST_WAY_BACK):
        producer = producers.get(tensor.name)
        if producer is None:
            return None
        kind, source = producer.type.name, producer.get_input(0)
        if kind == "DEQUANTIZE":
            return None if source is None else type_name(source.dtype)
        if kind not in _PASSING_ON or source is None:
            return None
        tensor = source
    return None


def _weights_of(trt: Any, layer: trt.ILayer, kind: str, given: trt.ITensor, name: str) -> list[tuple[str, float]]:
    if kind == "CONSTANT":
        return [(name, prod(given.shape) * _BYTES.get(name, _BYTES_OF_OTHER))]
    if kind not in ("CONVOLUTION", "DECONVOLUTION"):
        return []
    layer.__class__ = trt.IConvolutionLayer if kind == "CONVOLUTION" else trt.IDeconvolutionLayer
    return [(name, weights.size * _BYTES.get(name, _BYTES_OF_OTHER)) for weights in (layer.kernel, layer.bias)]
