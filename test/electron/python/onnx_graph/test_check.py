from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.check import check_onnx
from enginebench_worker.wire.commands import CheckOnnx
from enginebench_worker.wire.plugin_operators import PluginOperator, RegisteredOperator
from enginebench_worker.wire.messages import OnnxChecked
from onnx import TensorProto, helper, numpy_helper
from onnx_graphs import linear, model_of, product, saved, weights_of, with_external_weights


def check(file: Path, execution: Execution) -> OnnxChecked:
    return check_onnx(CheckOnnx(7, str(file)), execution)


def refusal(file: Path, execution: Execution) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        check(file, execution)
    assert (caught.value.record.stage, bool(caught.value.record.remedy)) == ("load", True)
    return caught.value.record.code, caught.value.record.message


def test_a_sound_model_is_told_by_its_operators_and_size(digits_folder: Path, execution: Execution) -> None:
    operators = {"Conv": 2, "Flatten": 1, "Gemm": 2, "MaxPool": 1, "Relu": 3}
    assert check(digits_folder / "fp32.onnx", execution) == OnnxChecked(7, 17, 9, operators, 38282)


def test_symmetric_quantization_passes(digits_folder: Path, execution: Execution) -> None:
    assert check(digits_folder / "int8.onnx", execution).operators["QuantizeLinear"] == 8


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", '"model.onnx" is empty.'),
        (b"\x00" * 64, '"model.onnx" is truncated or is not an ONNX file.'),
        (linear().SerializeToString()[:-20], '"model.onnx" is truncated or is not an ONNX file.'),
        (onnx.ModelProto(ir_version=9).SerializeToString(), 'The graph in "model.onnx" has no operators.'),
    ],
)
def test_a_file_that_holds_no_graph_is_refused(
    content: bytes, message: str, tmp_path: Path, execution: Execution
) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    assert refusal(tmp_path / "model.onnx", execution) == ("bad-model-file", message)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, execution: Execution) -> None:
    assert refusal(tmp_path / "model.onnx", execution) == ("bad-model-file", 'File "model.onnx" was not found.')


def test_an_opset_that_nobody_knows_is_refused(tmp_path: Path, execution: Execution) -> None:
    newest = onnx.defs.onnx_opset_version()
    message = f"The model has opset 99; opsets 7 to {newest} are supported."
    assert refusal(saved(linear(opset=99), tmp_path), execution) == ("bad-model-file", message)


def test_a_model_without_an_opset_is_refused(tmp_path: Path, execution: Execution) -> None:
    model = linear()
    del model.opset_import[:]
    message = "The model does not state its opset."
    assert refusal(saved(model, tmp_path), execution) == ("bad-model-file", message)


def test_a_format_that_nobody_knows_is_refused(tmp_path: Path, execution: Execution) -> None:
    model = linear()
    model.ir_version = 99
    message = f"The file has ONNX format 99; formats up to {onnx.IR_VERSION} are supported."
    assert refusal(saved(model, tmp_path), execution) == ("bad-model-file", message)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((0, 4), 'The input "x" has a size of 0, so it is empty.'),
        ((-3, 4), 'The input "x" has a size of -3.'),
        ((1 << 40, 4), 'The input "x" is 1099511627776 x 4 large: more than 2,147,483,647 elements.'),
        ((70_000, 70_000), 'The input "x" is 70000 x 70000 large: more than 2,147,483,647 elements.'),
    ],
)
def test_sizes_that_make_no_sense_are_refused(
    shape: tuple[int, int], message: str, tmp_path: Path, execution: Execution
) -> None:
    assert refusal(saved(linear(shape=shape), tmp_path), execution) == ("bad-model-file", message)


@pytest.mark.parametrize(
    ("value", "words"), [(np.nan, "values that are not numbers"), (np.inf, "infinite values"), (-np.inf, "infinite")]
)
def test_weights_that_are_not_finite_are_refused_by_name(
    value: float, words: str, tmp_path: Path, execution: Execution
) -> None:
    weights = weights_of(4, 4)
    weights[2, 1] = value
    code, message = refusal(saved(model_of([product()], {"w": weights}), tmp_path), execution)
    assert (code, words in message, '"w"' in message) == ("bad-model-file", True, True)


def test_a_mask_of_minus_infinity_passes(tmp_path: Path, execution: Execution) -> None:
    mask = np.where(np.tri(4, dtype=bool), 0, -np.inf).astype(np.float32)
    model = model_of([helper.make_node("Add", ["x", "mask"], ["y"])], {"mask": mask}, shape=(4, 4))
    assert check(saved(model, tmp_path), execution).operators == {"Add": 1}


def test_a_constant_that_is_not_finite_is_refused_with_its_node(tmp_path: Path, execution: Execution) -> None:
    weights = numpy_helper.from_array(np.full((4, 4), np.nan, np.float32))
    nodes = [helper.make_node("Constant", [], ["w"], "held", value=weights), product()]
    message = 'The stored tensor "value" of Constant "held" holds values that are not numbers.'
    assert refusal(saved(model_of(nodes), tmp_path), execution) == ("bad-model-file", message)


def test_weights_shorter_than_their_sizes_are_refused(tmp_path: Path, execution: Execution) -> None:
    model = linear()
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]
    code, _ = refusal(saved(model, tmp_path), execution)
    assert code == "bad-model-file"


@pytest.mark.parametrize(
    ("node", "code", "message"),
    [
        (
            helper.make_node("EPContext", ["x"], ["y"], "blob", domain="com.microsoft"),
            "unsafe-model-file",
            'The model holds compiled code: EPContext "blob".',
        ),
        (
            helper.make_node("Sharpen", ["x"], ["y"], "edge", domain="my.company"),
            "unsupported-operator",
            'The model has operators that are not part of ONNX: my.company::Sharpen "edge".',
        ),
        (
            helper.make_node("Sharpen", ["x"], ["y"]),
            "unsupported-operator",
            'The model has operators that opset 17 does not have: Sharpen the one with output "y".',
        ),
        (
            helper.make_node("SequenceConstruct", ["x"], ["y"], "pack"),
            "unsupported-operator",
            'The model has sequences, which engines do not support: SequenceConstruct "pack".',
        ),
        (
            helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "scale", "zero"], "round"),
            "unsupported-operator",
            'The model has quantization in a form that engines do not support: DynamicQuantizeLinear "round".',
        ),
    ],
)
def test_an_operator_that_no_conversion_takes_is_named_with_its_node(
    node: onnx.NodeProto, code: str, message: str, tmp_path: Path, execution: Execution
) -> None:
    model = model_of([node])
    model.opset_import.extend([helper.make_opsetid("com.microsoft", 1), helper.make_opsetid("my.company", 1)])
    assert refusal(saved(model, tmp_path), execution) == (code, message)


@pytest.mark.parametrize("domain", ["", "my.company"])
def test_with_a_plugin_library_operators_that_onnx_lacks_pass_and_the_rest_is_checked_as_ever(
    domain: str, tmp_path: Path, execution: Execution
) -> None:
    model = model_of([helper.make_node("Sharpen", ["x"], ["y"], "edge", domain=domain)])
    model.opset_import.extend([helper.make_opsetid("my.company", 1)])
    file = saved(model, tmp_path)
    assert check_onnx(CheckOnnx(7, str(file), True), execution).operators == {"Sharpen": 1}
    compiled = model_of([helper.make_node("EPContext", ["x"], ["y"], "blob", domain="com.microsoft")])
    with pytest.raises(BenchError, match="holds compiled code"):
        check_onnx(CheckOnnx(7, str(saved(compiled, tmp_path)), True), execution)


def with_plugins(*nodes: onnx.NodeProto) -> onnx.ModelProto:
    model = model_of(list(nodes))
    model.opset_import.extend([helper.make_opsetid("my.company", 1)])
    return model


REGISTERED = (
    RegisteredOperator("Sharpen", "1", "", of_library=True),
    RegisteredOperator("Blur", "2", "mine", of_library=True),
    RegisteredOperator("EfficientNMS_TRT", "1", "", of_library=False),
)


def test_operators_that_the_registry_has_pass_and_are_told_with_whose_they_are(
    tmp_path: Path, execution: Execution
) -> None:
    blur = helper.make_node("Blur", ["b"], ["c"], domain="my.company", plugin_version="2", plugin_namespace="mine")
    nodes = [
        helper.make_node("Sharpen", ["x"], ["a"], domain="my.company"),
        helper.make_node("Sharpen", ["a"], ["b"], domain="my.company"),
        blur,
        helper.make_node("EfficientNMS_TRT", ["c"], ["y"]),
    ]
    file = saved(with_plugins(*nodes), tmp_path)
    assert check_onnx(CheckOnnx(7, str(file), True, REGISTERED), execution).plugin_operators == (
        PluginOperator("EfficientNMS_TRT", 1, of_library=False),
        PluginOperator("my.company::Blur", 1, of_library=True),
        PluginOperator("my.company::Sharpen", 2, of_library=True),
    )
    assert check_onnx(CheckOnnx(7, str(file), True), execution).plugin_operators == (
        PluginOperator("EfficientNMS_TRT", 1, None),
        PluginOperator("my.company::Blur", 1, None),
        PluginOperator("my.company::Sharpen", 2, None),
    )


def refused_with_plugins(
    model: onnx.ModelProto, tmp_path: Path, execution: Execution, registered: tuple[RegisteredOperator, ...] | None
) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        check_onnx(CheckOnnx(7, str(saved(model, tmp_path)), True, registered), execution)
    record = caught.value.record
    return record.code, record.message, record.remedy


def test_an_operator_that_the_library_lacks_is_refused_with_those_that_it_has(
    tmp_path: Path, execution: Execution
) -> None:
    nodes = [
        helper.make_node("Sharpen", ["x"], ["a"], "edge", domain="my.company", plugin_version="3"),
        helper.make_node("Glow", ["a"], ["y"], "light"),
    ]
    assert refused_with_plugins(with_plugins(*nodes), tmp_path, execution, REGISTERED) == (
        "unsupported-operator",
        "The model has operators that neither opset 17 nor the plugin library has: "
        'my.company::Sharpen "edge", Glow "light".',
        "Name the library that has them. This one has Blur (version 2, namespace mine), Sharpen (version 1); TensorRT "
        "looks for Glow (version 1), Sharpen (version 3).",
    )


@pytest.mark.parametrize("registered", [None, (RegisteredOperator("Relu", "1", "", of_library=True),)])
def test_an_operator_of_another_domain_that_tensorrt_would_take_for_one_of_onnx_is_refused(
    registered: tuple[RegisteredOperator, ...] | None, tmp_path: Path, execution: Execution
) -> None:
    model = with_plugins(helper.make_node("Relu", ["x"], ["y"], "mine", domain="my.company"))
    assert refused_with_plugins(model, tmp_path, execution, registered) == (
        "unsupported-operator",
        "The model has operators that TensorRT would take for ONNX's own, since it goes by the name and not by the "
        'domain: my.company::Relu "mine".',
        "Give them names that ONNX does not have, in the model and in the plugin library.",
    )


def test_a_zero_point_that_is_not_zero_is_named_with_its_node(tmp_path: Path, execution: Execution) -> None:
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"], "down"),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["y"], "up"),
    ]
    model = model_of(nodes, {"scale": np.array(0.1, np.float32), "zero": np.array(3, np.int8)})
    code, message = refusal(saved(model, tmp_path), execution)
    nodes_named = 'QuantizeLinear "down", DequantizeLinear "up".'
    named = f"quantization with a zero point other than 0, which engines refuse: {nodes_named}"
    assert (code, message.endswith(named)) == ("unsupported-operator", True)


def test_strings_are_refused(tmp_path: Path, execution: Execution) -> None:
    model = model_of([helper.make_node("Identity", ["x"], ["y"])], input_type=TensorProto.STRING)
    message = 'The input "x" holds strings, which engines do not support.'
    assert refusal(saved(model, tmp_path), execution) == ("unsupported-operator", message)


def test_a_graph_that_breaks_the_rules_of_onnx_is_refused(tmp_path: Path, execution: Execution) -> None:
    model = model_of([product(second="nothing")])
    code, message = refusal(saved(model, tmp_path), execution)
    assert (code, message.startswith("The graph is not valid ONNX: ")) == ("bad-model-file", True)


def test_weights_in_a_file_beside_the_model_pass(tmp_path: Path, execution: Execution) -> None:
    (tmp_path / "weights.bin").write_bytes(weights_of(4, 4).tobytes())
    assert check(with_external_weights(tmp_path, "weights.bin"), execution).parameter_count == 16


@pytest.mark.parametrize("location", ["../weights.bin", "/etc/hostname", "a/../../weights.bin", "..\\weights.bin", ""])
def test_weights_outside_the_folder_are_refused(location: str, tmp_path: Path, execution: Execution) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "weights.bin").write_bytes(weights_of(4, 4).tobytes())
    message = f'The weights of "w" are at "{location}", which is outside the model\'s folder.'
    assert refusal(with_external_weights(folder, location), execution) == ("unsafe-model-file", message)


def test_weights_reached_through_a_link_are_refused(tmp_path: Path, execution: Execution) -> None:
    (tmp_path / "real.bin").write_bytes(weights_of(4, 4).tobytes())
    (tmp_path / "weights.bin").symlink_to(tmp_path / "real.bin")
    message = 'The weights of "w" are reached through a link ("weights.bin").'
    assert refusal(with_external_weights(tmp_path, "weights.bin"), execution) == ("unsafe-model-file", message)


def test_weights_that_are_missing_or_cut_short_are_refused(tmp_path: Path, execution: Execution) -> None:
    file = with_external_weights(tmp_path, "weights.bin")
    missing = 'The weights of "w" are missing: file "weights.bin" was not found next to the model.'
    assert refusal(file, execution) == ("bad-model-file", missing)
    (tmp_path / "weights.bin").write_bytes(bytes(60))
    short = 'The weights of "w" extend past the end of "weights.bin" (60 bytes).'
    assert refusal(file, execution) == ("bad-model-file", short)
