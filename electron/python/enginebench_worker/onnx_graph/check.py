"""What a builder wrongly lets through, or refuses in words that help nobody: said before anything is converted.

Reads weights one tensor at a time. Does not say what an engine's own parser will refuse: the parser does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.external_data import check_external_data
from enginebench_worker.onnx_graph.model_file import opset_of, parse_model
from enginebench_worker.onnx_graph.operators import check_operators
from enginebench_worker.onnx_graph.tensors import every_node
from enginebench_worker.onnx_graph.value_types import check_inputs_and_outputs
from enginebench_worker.onnx_graph.weights import check_weights
from enginebench_worker.wire.commands import CheckOnnx
from enginebench_worker.wire.messages import OnnxChecked

OLDEST_OPSET = 7
_EXPORT_AGAIN = "Export the model again, at an opset from 14 to 20."


def check_onnx(command: CheckOnnx, execution: Execution) -> OnnxChecked:
    file = Path(command.file)
    execution.step("reading the file", 0.1)
    model = parse_model(file, "load")
    opset = _check_versions(model)
    check_external_data(model, file.parent, "load")
    check_inputs_and_outputs(model)
    check_operators(model, opset)
    execution.step("checking the graph", 0.3)
    _check_graph(file)
    execution.step("reading the weights", 0.5)
    parameter_count = check_weights(model, file.parent, execution)
    operators = Counter(node.op_type for node in every_node(model))
    return OnnxChecked(command.id, opset, sum(operators.values()), dict(sorted(operators.items())), parameter_count)


def _check_versions(model: onnx.ModelProto) -> int:
    opset = opset_of(model)
    newest = onnx.defs.onnx_opset_version()
    if opset is None:
        raise BenchError("bad-model-file", "load", "The model does not say which opset it is of.", _EXPORT_AGAIN)
    if not OLDEST_OPSET <= opset <= newest:
        message = f"The model is of opset {opset}; opsets from {OLDEST_OPSET} to {newest} are known."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN)
    if model.ir_version > onnx.IR_VERSION:
        message = f"The file is of ONNX format {model.ir_version}; formats up to {onnx.IR_VERSION} are known."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN)
    return opset


def _check_graph(file: Path) -> None:
    try:
        onnx.checker.check_model(str(file))
    except (onnx.checker.ValidationError, RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        message = f"The graph is not valid ONNX: {reason.rstrip('.')}."
        raise BenchError("bad-model-file", "load", message, _EXPORT_AGAIN, error) from error
