"""What a file can hold beside its graph: local functions with their defaults, and training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.check import check_onnx
from enginebench_worker.wire.commands import CheckOnnx
from onnx import TensorProto, helper
from onnx_graphs import model_of, saved

Change = Callable[[onnx.ModelProto], None]


def compiled() -> onnx.GraphProto:
    node = helper.make_node("EPContext", [], ["y"], domain="com.microsoft")
    return helper.make_graph([node], "hidden", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])])


def function(name: str, nodes: list[onnx.NodeProto]) -> onnx.FunctionProto:
    return helper.make_function("mine", name, ["x"], ["y"], nodes, [helper.make_opsetid("", 17)])


def calls(name: str, source: str = "x", target: str = "y") -> onnx.NodeProto:
    return helper.make_node(name, [source], [target], domain="" if name == "Identity" else "mine")


def refusal(change: Change, folder: Path, execution: Execution) -> tuple[str, str]:
    model = model_of([helper.make_node("Relu", ["x"], ["y"])], {})
    change(model)
    with pytest.raises(BenchError) as caught:
        check_onnx(CheckOnnx(1, str(saved(model, folder))), execution)
    return caught.value.record.code, caught.value.record.message


def default_graph(model: onnx.ModelProto) -> None:
    model.functions.append(function("F", [calls("Identity")]))
    model.functions[0].attribute_proto.append(helper.make_attribute("body", compiled()))


def training_graph(model: onnx.ModelProto) -> None:
    model.training_info.add().algorithm.CopyFrom(compiled())


def outside_in_training(model: onnx.ModelProto) -> None:
    tensor = model.training_info.add().initialization.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret.bin")


def twins(model: onnx.ModelProto) -> None:
    model.functions.append(function("F0", [calls("Identity")]))
    for index in range(1, 31):
        callee = f"F{index - 1}"
        model.functions.append(function(f"F{index}", [calls(callee, "x", "a"), calls(callee, "a", "y")]))


def chained(model: onnx.ModelProto) -> None:
    model.functions.append(function("F0", [calls("Identity")]))
    for index in range(1, 40):
        model.functions.append(function(f"F{index}", [calls(f"F{index - 1}")]))


def circular(model: onnx.ModelProto) -> None:
    model.functions.append(function("F", [calls("F")]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (default_graph, 'The model holds compiled code: EPContext the one with output "y".'),
        (training_graph, 'The model holds compiled code: EPContext the one with output "y".'),
        (outside_in_training, 'The weights of "w" are at "../secret.bin", which is outside the model\'s folder.'),
        (
            twins,
            "The model is refused for safety: functions grow to more than 100,000 nodes when their calls are written"
            " out.",
        ),
        (chained, "The model is refused for safety: functions call one another more than 32 deep."),
        (circular, 'The model is refused for safety: function "F" calls itself.'),
    ],
)
def test_fault_31_what_is_unsafe_is_found_beside_the_graph(
    change: Change, message: str, tmp_path: Path, execution: Execution
) -> None:
    assert refusal(change, tmp_path, execution) == ("unsafe-model-file", message)
