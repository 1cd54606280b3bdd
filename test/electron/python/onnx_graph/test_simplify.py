from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from enginebench_worker.errors import BenchError, BenchErrorRecord, Cancelled, describe_failure
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.files import sha256_of
from enginebench_worker.onnx_graph.simplify import simplify_onnx
from enginebench_worker.wire.commands import SimplifyOnnx
from onnx import helper
from onnx_graphs import linear, model_of, product, saved, weights_of, with_external_weights

PYTHON_FOLDER = Path(__file__).resolve().parents[4] / "electron" / "python"


def foldable() -> onnx.ModelProto:
    """A weight that is transposed at run time, a node that nobody reads, and two without names."""
    nodes = [
        helper.make_node("Transpose", ["w"], ["turned"], perm=[1, 0]),
        helper.make_node("Relu", ["x"], ["unread"]),
        product(second="turned", output="inner"),
        helper.make_node("Relu", ["inner"], ["y"], doc_string="/home/someone/model.py:12"),
    ]
    model = model_of(nodes, {"w": weights_of(64, 4)}, output_shape=("batch", 64))
    model.doc_string = "made at /home/someone"
    return model


def run(file: Path, values: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: values})[0]


def test_constants_are_folded_and_the_numbers_stay(tmp_path: Path, execution: Execution) -> None:
    source, out = saved(foldable(), tmp_path), tmp_path / "out" / "simple.onnx"
    converted = simplify_onnx(SimplifyOnnx(3, str(source), str(out)), execution)
    assert (converted.id, converted.opset, converted.node_count, converted.sha256, converted.size_bytes) == (
        3,
        17,
        2,
        sha256_of(out),
        out.stat().st_size,
    )
    assert (converted.layer_precision, converted.weight_precision) == ({"fp32": 1.0}, {"fp32": 1.0})
    assert set(converted.tools) == {"onnxslim", "onnx"}
    values = weights_of(3, 4, seed=2)
    np.testing.assert_allclose(run(out, values), run(source, values), rtol=1e-6)


def test_every_node_has_a_name_and_no_trace_of_where_it_was_made(tmp_path: Path, execution: Execution) -> None:
    out = tmp_path / "simple.onnx"
    simplify_onnx(SimplifyOnnx(1, str(saved(foldable(), tmp_path)), str(out)), execution)
    nodes = onnx.load(out).graph.node
    assert all(node.name for node in nodes) and len({node.name for node in nodes}) == len(nodes)
    assert b"someone" not in out.read_bytes()


def test_inputs_and_outputs_stay_as_they_are_told(tmp_path: Path, execution: Execution) -> None:
    source, out = saved(foldable(), tmp_path), tmp_path / "simple.onnx"
    simplify_onnx(SimplifyOnnx(1, str(source), str(out)), execution)
    before, after = onnx.load(source).graph, onnx.load(out).graph
    assert (list(after.input), list(after.output)) == (list(before.input), list(before.output))


def test_a_simplifier_that_is_not_installed_is_not_told_as_a_fault_of_the_graph(
    tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxslim", None)
    command = SimplifyOnnx(1, str(saved(foldable(), tmp_path)), str(tmp_path / "simple.onnx"))
    with pytest.raises(ModuleNotFoundError) as raised:
        simplify_onnx(command, execution)
    assert describe_failure(command, raised.value) == BenchErrorRecord(
        "python-unavailable",
        "simplify",
        "The Python package onnxslim is not installed in this environment.",
        "Set up or repair the Python environment.",
        "ModuleNotFoundError: import of onnxslim halted; None in sys.modules",
    )
    assert not (tmp_path / "simple.onnx").exists()


def test_large_weights_are_laid_aside_and_come_back_as_they_were(tmp_path: Path, execution: Execution) -> None:
    weights = weights_of(64, 64)
    source, out = saved(model_of([product()], {"w": weights}, shape=("batch", 64)), tmp_path), tmp_path / "simple.onnx"
    simplify_onnx(SimplifyOnnx(1, str(source), str(out)), execution)
    (kept,) = onnx.load(out).graph.initializer
    np.testing.assert_array_equal(onnx.numpy_helper.to_array(kept), weights)


def test_the_same_file_gives_the_same_bytes_in_every_process(digits_folder: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from enginebench_worker.onnx_graph.simplify import simplify_onnx\n"
        "from enginebench_worker.wire.commands import SimplifyOnnx\n"
        "from enginebench_worker.execution import Execution, ProgressCount\n"
        "run = Execution(ProgressCount(), lambda fraction, text: None)\n"
        "print(simplify_onnx(SimplifyOnnx(1, sys.argv[1], sys.argv[2]), run).sha256)"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script, str(digits_folder / "fp32.onnx"), str(tmp_path / f"{seed}.onnx")],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PYTHON_FOLDER), "PYTHONHASHSEED": seed},
        ).stdout.splitlines()[-1]
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


def test_weights_from_beside_the_model_are_taken_in(tmp_path: Path, execution: Execution) -> None:
    (tmp_path / "weights.bin").write_bytes(weights_of(4, 4).tobytes())
    out = tmp_path / "out" / "simple.onnx"
    simplify_onnx(SimplifyOnnx(1, str(with_external_weights(tmp_path, "weights.bin")), str(out)), execution)
    values = weights_of(2, 4, seed=2)
    np.testing.assert_allclose(run(out, values), values @ weights_of(4, 4), rtol=1e-5)


def test_weights_from_outside_the_folder_are_not_read(tmp_path: Path, execution: Execution) -> None:
    with pytest.raises(BenchError) as caught:
        simplify_onnx(
            SimplifyOnnx(1, str(with_external_weights(tmp_path, "../w.bin")), str(tmp_path / "s.onnx")), execution
        )
    assert (caught.value.record.code, caught.value.record.stage) == ("unsafe-model-file", "simplify")


def test_a_simplifier_that_fails_leaves_no_file(
    tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AssertionError("pattern")

    monkeypatch.setattr("onnxslim.slim", broken)
    out = tmp_path / "out" / "simple.onnx"
    with pytest.raises(BenchError) as caught:
        simplify_onnx(SimplifyOnnx(1, str(saved(linear(), tmp_path)), str(out)), execution)
    assert (caught.value.record.code, caught.value.record.cause) == ("conversion-failed", "pattern")
    assert not out.exists()


def test_a_simplifier_that_renames_an_output_is_caught(
    tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onnxslim.slim", lambda *_, **__: model_of([product(output="z")], output="z"))
    with pytest.raises(BenchError) as caught:
        simplify_onnx(SimplifyOnnx(1, str(saved(linear(), tmp_path)), str(tmp_path / "s.onnx")), execution)
    message = "The conversion changed the model's outputs: [('z', 'float')] instead of [('y', 'float')]."
    assert caught.value.record.message == message


def test_a_stop_before_the_file_is_whole_leaves_nothing(tmp_path: Path) -> None:
    stopped: list[str] = []

    def stop_when_loading(_fraction: float | None, text: str) -> None:
        stopped.append(text)
        if text == "checking the graph":
            execution.cancel()

    execution = Execution(ProgressCount(), stop_when_loading)
    out = tmp_path / "out" / "simple.onnx"
    with pytest.raises(Cancelled):
        simplify_onnx(SimplifyOnnx(1, str(saved(linear(), tmp_path)), str(out)), execution)
    assert (stopped[-1], list(out.parent.iterdir())) == ("checking the graph", [])


@pytest.mark.parametrize("domain", ["", "trt.plugins"])
def test_a_graph_with_operators_of_a_plugin_is_simplified_though_onnx_runtime_cannot_load_it(
    domain: str, tmp_path: Path, execution: Execution
) -> None:
    nodes = [helper.make_node("Swirl", ["x"], ["turned"], domain=domain), helper.make_node("Relu", ["turned"], ["y"])]
    model = model_of([*nodes, helper.make_node("Relu", ["x"], ["unread"])])
    model.opset_import.extend([helper.make_opsetid("trt.plugins", 1)])
    out = tmp_path / "out" / "simple.onnx"
    simplify_onnx(SimplifyOnnx(3, str(saved(model, tmp_path)), str(out)), execution)
    assert [(node.domain, node.op_type) for node in onnx.load(out).graph.node] == [(domain, "Swirl"), ("", "Relu")]
