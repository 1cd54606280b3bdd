"""A graph that gives more than its outputs: what INT8 is calibrated on, made small inside the graph, so that an image's
activations are never all held at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import helper, numpy_helper

#: Of a tensor up to six times as large every value is taken; of a larger one about this many to six times as many.
SAMPLE_ELEMENTS = 1 << 16
_PREFIX = "__sample"


def watching(
    model: onnx.ModelProto, nodes: Sequence[tuple[str, onnx.NodeProto]], names: Sequence[str]
) -> onnx.ModelProto:
    """The same graph with more outputs; `nodes` come right after the tensor named with them, so that it is let go
    early. Shares nothing with `model`."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    graph = watched.graph
    del graph.value_info[:]
    readers: dict[str, list[onnx.NodeProto]] = {}
    for name, node in nodes:
        readers.setdefault(name, []).append(node)
    ordered = [each for value in graph.input for each in readers.get(value.name, [])]
    for node in model.graph.node:
        ordered.append(node)
        ordered.extend(each for name in node.output for each in readers.get(name, []))
    del graph.node[:]
    graph.node.extend(ordered)
    given = {value.name for value in graph.output}
    graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in given)
    return watched


def sampling(model: onnx.ModelProto, names: Sequence[str], samples: Sequence[str]) -> onnx.ModelProto:
    """Gives of each tensor in `names` evenly spaced values, as `samples`. The step is one more than a multiple of six,
    so that it does not fall in step with the sizes that networks have."""
    constants = {"flat": [-1], "first": [0], "end": [np.iinfo(np.int64).max], "limit": [6 * SAMPLE_ELEMENTS]}
    constants |= {"six": [6], "one": [1]}
    nodes = []
    for name, sample in zip(names, samples, strict=True):
        flat, count, times, six_times, step = (f"{sample}_{part}" for part in ("flat", "count", "times", "six", "step"))
        made = [
            ("Reshape", [name, "flat"], flat),
            ("Shape", [flat], count),
            ("Div", [count, "limit"], times),
            ("Mul", [times, "six"], six_times),
            ("Add", [six_times, "one"], step),
            ("Slice", [flat, "first", "end", "first", step], sample),
        ]
        for kind, inputs, output in made:
            read = [f"{_PREFIX}_{each}" if each in constants else each for each in inputs]
            nodes.append((name, helper.make_node(kind, read, [output], output)))
    watched = watching(model, nodes, samples)
    watched.graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.int64), f"{_PREFIX}_{name}") for name, value in constants.items()
    )
    return watched
