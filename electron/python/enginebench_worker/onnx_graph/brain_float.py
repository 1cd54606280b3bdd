"""BF16 as a transformation of the graph, by NVIDIA's AutoCast. The result is of opset 22 or newer: older ones have no
BF16 form of most operators. Its range is FP32's, so nothing is run to find what would overflow."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx

from enginebench_worker.domain import KeptOperator
from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.converted import keep_inputs_and_outputs
from enginebench_worker.onnx_graph.model_file import library_failures

TOOLS = ("nvidia-modelopt", "onnx")
_OTHER_PRECISION = "Choose FP16; the log has the converter's words."


def to_brain_float(
    file: Path, before: onnx.GraphProto, operators: Sequence[KeptOperator], names: Sequence[str]
) -> onnx.ModelProto:
    """The graph of `file`, converted; `before` is its outline."""
    convert = _converter()
    with library_failures("precision", "The graph cannot be converted to BF16.", _OTHER_PRECISION):
        model = convert(
            str(file),
            low_precision_type="bf16",
            op_types_to_exclude=[each.operator for each in operators],
            nodes_to_exclude=[f"{re.escape(name)}$" for name in names],
            keep_io_types=True,
            data_max=np.inf,
            init_max=np.inf,
        )
        del model.graph.value_info[:]
    keep_inputs_and_outputs(before, model.graph, "precision")
    return model


def _converter() -> Callable[..., onnx.ModelProto]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from modelopt.onnx.autocast import convert_to_mixed_precision
    except ImportError as error:
        message = "BF16 needs NVIDIA ModelOpt, which is not installed in this environment."
        remedy = "Set up the Python environment again, or choose FP16."
        raise BenchError("unsupported-precision", "precision", message, remedy, error) from error
    return convert_to_mixed_precision
