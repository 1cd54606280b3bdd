"""The graph of a real file, read as what engines are compared with."""

from __future__ import annotations

from pathlib import Path

from conftest import MODELS
from enginebench_worker.onnx_graph.graph_inspection import inspect_graph


def test_the_nodes_of_digits_have_types_and_shapes() -> None:
    found = inspect_graph(Path(MODELS) / "digits" / "fp32.onnx")
    multiplying = [(layer.kind, layer.type) for layer in found.layers if layer.multiplies]
    assert (found.of, found.profiles, [(end.name, end.mode, end.type) for end in found.tensors]) == (
        "graph",
        (),
        [("pixels", "input", "fp32"), ("logits", "output", "fp32")],
    )
    assert multiplying == [("Conv", "fp32"), ("Conv", "fp32"), ("Gemm", "fp32"), ("Gemm", "fp32")]
    assert all(layer.onnx_nodes == (layer.name,) and layer.outputs for layer in found.layers)
