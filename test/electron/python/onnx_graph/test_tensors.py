from __future__ import annotations

import onnx
from enginebench_worker.onnx_graph.tensors import large_weights, light_copy, restore_weights
from onnx import TensorProto, helper
from onnx_graphs import model_of, product, weights_of


def branching() -> onnx.ModelProto:
    """A large weight that only a nested graph reads, a large one that nobody reads, and a small one."""
    inner = helper.make_graph(
        [helper.make_node("MatMul", ["x", "nested"], ["branch"])],
        "branch",
        [],
        [helper.make_tensor_value_info("branch", TensorProto.FLOAT, ["batch", 64])],
    )
    nodes = [
        helper.make_node("If", ["always"], ["chosen"], "choice", then_branch=inner, else_branch=inner),
        product("chosen", "outer"),
    ]
    weights = {
        "nested": weights_of(64, 64),
        "unread": weights_of(64, 64, seed=2),
        "outer": weights_of(64, 4, seed=3),
        "always": weights_of() > -9,
    }
    return model_of(nodes, weights, shape=("batch", 64), output_shape=("batch", 4))


def test_large_weights_stand_as_inputs_of_their_type_and_shape() -> None:
    model = branching()
    aside = large_weights(model.graph)
    light = light_copy(model, aside)
    assert (aside, [tensor.name for tensor in light.graph.initializer]) == ({"nested", "unread"}, ["outer", "always"])
    assert [value.name for value in light.graph.input] == ["x", "nested", "unread"]
    onnx.checker.check_model(light)
    assert light.ByteSize() < model.ByteSize() / 4


def test_what_is_still_read_comes_back_nested_graphs_included() -> None:
    model = branching()
    aside = large_weights(model.graph)
    light = light_copy(model, aside)
    restore_weights(light, model, aside)
    assert sorted(tensor.name for tensor in light.graph.initializer) == ["always", "nested", "outer"]
    assert list(light.graph.input) == list(model.graph.input)
    onnx.checker.check_model(light)
