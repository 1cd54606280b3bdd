from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.convert_precision import convert_precision
from onnx import helper
from onnx_graphs import model_of, saved, weights_of
from precision_case import asked

AXIS = {"axis": np.array(1)}


def answers(file: Path) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": weights_of(3, 4, seed=4)})[0]


def running_sum(of: str, output: str) -> onnx.NodeProto:
    return helper.make_node("CumSum", [of, "axis"], [output], f"{output}_sum")


def read_by_two() -> onnx.ModelProto:
    total = helper.make_node("Add", ["a", "b"], ["y"], "total")
    relu = helper.make_node("Relu", ["x"], ["t"], "relu")
    return model_of([relu, running_sum("t", "a"), running_sum("t", "b"), total], AXIS)


def read_twice_by_one() -> onnx.ModelProto:
    least = helper.make_node("Min", ["t", "t"], ["a"], "least")
    relu = helper.make_node("Relu", ["x"], ["t"], "relu")
    return model_of([relu, least, helper.make_node("Neg", ["a"], ["y"], "negative")])


def with_a_tensor_called(name: str) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Relu", ["x"], ["t"], "relu"),
        running_sum("t", "a"),
        helper.make_node("Neg", ["t"], [name], "negative"),
        helper.make_node("Add", ["a", name], ["y"], "total"),
    ]
    return model_of(nodes, AXIS)


def with_an_output_called_like_a_cast() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Relu", ["x"], ["t"], "relu"),
        running_sum("t", "a"),
        helper.make_node("Neg", ["a"], ["t_cast_to_fp32"], "negative"),
    ]
    return model_of(nodes, AXIS, output="t_cast_to_fp32")


def repeat_casts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ONNX Runtime before 1.32: a cast of the same name for each time that a node that stays reads a tensor."""
    from onnxruntime.transformers import float16

    original = float16.convert_float_to_float16

    def repeating(*given: Any, **named: Any) -> onnx.ModelProto:
        model = original(*given, **named)
        reads = Counter(name for node in model.graph.node for name in node.input)
        casts = [node for node in model.graph.node if node.name.endswith("_cast_to_fp32_node")]
        for cast in casts:
            model.graph.node.extend([cast] * (reads[cast.output[0]] - 1))
        return model

    monkeypatch.setattr(float16, "convert_float_to_float16", repeating)


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("model", [read_by_two(), read_twice_by_one()], ids=["by two nodes", "twice by one"])
def test_readers_that_stay_share_one_cast(
    model: onnx.ModelProto, repeats: bool, tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    if repeats:
        repeat_casts(monkeypatch)
    source, out = saved(model, tmp_path), tmp_path / "half.onnx"
    convert_precision(asked(source, out, "fp16"), execution)
    nodes = onnx.load(out).graph.node
    assert len([node for node in nodes if node.op_type == "Cast" and list(node.input) == ["t"]]) == 1
    np.testing.assert_allclose(answers(out), answers(source), atol=0.02)


@pytest.mark.parametrize(
    "model",
    [
        *map(with_a_tensor_called, ("t_cast_to_fp32", "a_cast_to_fp16", "graph_input_cast_0", "graph_output_cast_0")),
        with_an_output_called_like_a_cast(),
    ],
    ids=["to FP32", "to FP16", "of an input", "of an output", "is an output"],
)
def test_a_cast_takes_no_name_that_the_graph_has(model: onnx.ModelProto, tmp_path: Path, execution: Execution) -> None:
    source, out = saved(model, tmp_path), tmp_path / "half.onnx"
    convert_precision(asked(source, out, "fp16"), execution)
    np.testing.assert_allclose(answers(out), answers(source), atol=0.02)
