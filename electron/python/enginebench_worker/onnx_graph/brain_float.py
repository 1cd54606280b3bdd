"""BF16 as a transformation of the graph, by NVIDIA's AutoCast. The result is of opset 22 or newer: older ones have no
BF16 form of most operators. Its range is FP32's, so nothing is run to find what would overflow."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Sequence, Set
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import numpy_helper

from enginebench_worker.errors import BenchError
from enginebench_worker.onnx_graph.converted import keep_inputs_and_outputs, outline_of
from enginebench_worker.onnx_graph.light_graph import large_weights, light_copy, restore_weights
from enginebench_worker.onnx_graph.model_file import library_failures, save_model
from enginebench_worker.wire.domain import KeptOperator

TOOLS = ("nvidia-modelopt", "onnx")
_OTHER_PRECISION = "Choose FP16; the log has the converter's words."


def to_brain_float(
    model: onnx.ModelProto, folder: Path, operators: Sequence[KeptOperator], names: Sequence[str]
) -> onnx.ModelProto:
    """A new graph. The converter sees it without its large weights, which are rounded here, one at a time: it would
    copy them all many times over. `folder` holds a file for the converter meanwhile."""
    convert = _converter()
    aside = large_weights(model.graph)
    with (
        library_failures("precision", "The graph cannot be converted to BF16.", _OTHER_PRECISION),
        tempfile.TemporaryDirectory(prefix=".bf16-", dir=folder) as temporary,
    ):
        light = Path(temporary) / "light.onnx"
        save_model(light_copy(model, aside), light)
        converted = convert(
            str(light),
            low_precision_type="bf16",
            op_types_to_exclude=[each.operator for each in operators],
            nodes_to_exclude=[f"{re.escape(name)}$" for name in names],
            keep_io_types=True,
            data_max=np.inf,
            init_max=np.inf,
        )
    _round_weights(converted.graph, model.graph, aside)
    restore_weights(converted, model, aside)
    del converted.graph.value_info[:]
    converted.graph.initializer.sort(key=lambda tensor: tensor.name)  # the converter's order is that of a set
    keep_inputs_and_outputs(outline_of(model.graph), converted.graph, "precision")
    return converted


def _round_weights(graph: onnx.GraphProto, source: onnx.GraphProto, aside: Set[str]) -> None:
    """A weight that is cast to BF16 is stored in BF16, and its cast goes. What reads it in FP32 keeps it so."""
    stored = {tensor.name: tensor for tensor in source.initializer if tensor.name in aside}
    nodes = list(graph.node)
    del graph.node[:]
    for node in nodes:
        if not (_casts_to_brain_float(node) and node.input[0] in stored):
            graph.node.append(node)
            continue
        rounded = numpy_helper.to_array(stored[node.input[0]]).astype(ml_dtypes.bfloat16)
        graph.initializer.append(
            onnx.TensorProto(
                name=node.output[0],
                data_type=onnx.TensorProto.BFLOAT16,
                dims=rounded.shape,
                raw_data=rounded.tobytes(),
            )
        )


def _casts_to_brain_float(node: onnx.NodeProto) -> bool:
    kinds = [attribute.i for attribute in node.attribute if attribute.name == "to"]
    return node.op_type == "Cast" and kinds == [onnx.TensorProto.BFLOAT16]


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
