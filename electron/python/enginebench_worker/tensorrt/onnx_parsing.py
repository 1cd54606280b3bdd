"""An ONNX file as a network of TensorRT's, strongly typed: each layer computes in the type that the graph says.

The parser is kept with its network, whose weights point into it. BenchError where the file is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt.build_log import BuildLog
from enginebench_worker.tensorrt.library import Library
from enginebench_worker.tensorrt.parser_refusal import ParserComplaint, parser_refusal


@dataclass(frozen=True)
class ParsedNetwork:
    network: Any
    parser: Any


def parse_onnx(library: Library, builder: Any, logger: Any, log: BuildLog, file: Path) -> ParsedNetwork:
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
    """The parser takes an empty file for a model."""
    if not file.is_file():
        raise BenchError("missing-artifact", "build", f"{file.name} is not there.", "Start the conversion again.")
    if file.stat().st_size == 0:
        raise BenchError("bad-model-file", "build", f"{file.name} is empty.", "Export or copy it again.")


def _complaint(error: Any) -> ParserComplaint:
    code = error.code()
    return ParserComplaint(
        getattr(code, "name", str(code)), error.node(), error.node_name(), error.node_operator(), error.desc()
    )
