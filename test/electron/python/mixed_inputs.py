"""A small network of mixed inputs and outputs, with rows for it, and its case as the supervisor sends it.

Inputs: images float32 [N, 3, 8, 8], sizes int64 [N, 2], states float16 [2, N, 4], flags bool [N, 1], scale float64 [].
Outputs: boxes float32 [N, 4]; found int64 [K, 2], whose length depends on the data; largest float32 [], over the batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from enginebench_worker.files import sha256_of
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

ROWS = 5
ELEMENTS = {
    "images": (TensorProto.FLOAT, ["N", 3, 8, 8], 0),
    "sizes": (TensorProto.INT64, ["N", 2], 0),
    "states": (TensorProto.FLOAT16, [2, "N", 4], 1),
    "flags": (TensorProto.BOOL, ["N", 1], 0),
    "scale": (TensorProto.DOUBLE, [], None),
}
TYPES = {"images": "float32", "sizes": "int64", "states": "float16", "flags": "bool", "scale": "float64"}


def write_mixed_model(file: Path) -> Path:
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["means"], "pool", axes=[2, 3], keepdims=0),
        helper.make_node("Cast", ["sizes"], ["plain_sizes"], "cast_sizes", to=TensorProto.FLOAT),
        helper.make_node("Cast", ["states"], ["plain_states"], "cast_states", to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["plain_states"], ["state"], "mean_state", axes=[0], keepdims=0),
        helper.make_node("Cast", ["flags"], ["plain_flags"], "cast_flags", to=TensorProto.FLOAT),
        helper.make_node("Concat", ["means", "plain_sizes", "state", "plain_flags"], ["all"], "join", axis=1),
        helper.make_node("MatMul", ["all", "weights"], ["product"], "multiply"),
        helper.make_node("Cast", ["scale"], ["plain_scale"], "cast_scale", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["product", "plain_scale"], ["boxes"], "scaled"),
        helper.make_node("Greater", ["boxes", "zero"], ["positive"], "compare"),
        helper.make_node("NonZero", ["positive"], ["places"], "find"),
        helper.make_node("Transpose", ["places"], ["found"], "turn", perm=[1, 0]),
        helper.make_node("ReduceMax", ["boxes"], ["largest"], "largest", keepdims=0),
    ]
    weights = np.random.default_rng(3).standard_normal((10, 4)).astype(np.float32)
    graph = helper.make_graph(
        nodes,
        "mixed",
        [helper.make_tensor_value_info(name, kind, sizes) for name, (kind, sizes, _) in ELEMENTS.items()],
        [
            helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["N", 4]),
            helper.make_tensor_value_info("found", TensorProto.INT64, ["K", 2]),
            helper.make_tensor_value_info("largest", TensorProto.FLOAT, []),
        ],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.float32(0), "zero")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, file)
    return file


def rows_of(name: str) -> NDArray[Any]:
    """What a worker maps: the rows of one input, one more dimension than a row has."""
    random = np.random.default_rng(sorted(TYPES).index(name))
    match name:
        case "images":
            return random.random((ROWS, 3, 8, 8), np.float32)
        case "sizes":
            return np.ones((1, 2), np.int64)
        case "states":
            return random.standard_normal((ROWS, 2, 4)).astype(np.float16)
        case "flags":
            return random.random((ROWS, 1)) > 0.5
    return np.array([1.5])


def feeds(folder: Path) -> list[dict[str, Any]]:
    found = []
    for name, (_, _, axis) in ELEMENTS.items():
        rows = rows_of(name)
        file = folder / f"{name}.npy"
        np.save(file, rows)
        shape = {"file": str(file), "sha256": sha256_of(file), "shape": list(rows.shape)}
        found.append({**shape, "name": name, "type": TYPES[name], "batchAxis": axis})
    return found


def mixed_record(record: dict[str, Any]) -> dict[str, Any]:
    """`record`: of any model."""
    inputs = [
        {
            "name": name,
            "type": TYPES[name],
            "dimensions": sizes,
            "batchAxis": axis,
            "layout": "NCHW" if name == "images" else None,
            "proposed": [None for _ in sizes],
            "values": {"kind": "images"} if name == "images" else {"kind": "constant", "value": 1},
        }
        for name, (_, sizes, axis) in ELEMENTS.items()
    ]
    lead = {**record["input"], "name": "images", "channels": 3, "height": 8, "width": 8}
    outputs = ["boxes", "found", "largest"]
    return {**record, "id": "mixed", "name": "Mixed", "input": lead, "inputs": inputs, "outputs": outputs}


def mixed_case(record: dict[str, Any], folder: Path, backend: str, **changes: Any) -> dict[str, Any]:
    listed = feeds(folder)
    return {
        "backend": backend,
        "precision": "fp32",
        "model": mixed_record(record),
        "modelFolder": str(folder),
        "weights": {"origin": "own", "folder": None, "seed": 1},
        "onnxFile": str(write_mixed_model(folder / "mixed.onnx")),
        "batchSize": 2,
        "input": {key: listed[0][key] for key in ("file", "sha256", "shape")},
        "feeds": listed,
        "device": "cpu",
        "threads": 2,
        "options": {},
        **changes,
    }


def expected_boxes() -> NDArray[np.float32]:
    """One row per image, computed here."""
    weights = np.random.default_rng(3).standard_normal((10, 4)).astype(np.float32)
    means = rows_of("images").mean((2, 3))
    sizes = np.repeat(rows_of("sizes"), ROWS, 0).astype(np.float32)
    state = rows_of("states").astype(np.float32).mean(1)
    joined = np.concatenate([means, sizes, state, rows_of("flags").astype(np.float32)], 1)
    return (joined @ weights * np.float32(1.5)).astype(np.float32)


def write_detector(file: Path) -> Path:
    """What RT-DETR and its kin take: images float32 [N, 3, 8, 8] and sizes int64 [N, 2]; boxes float32 [N, 4]."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["means"], "pool", axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["means", "weights"], ["relative"], "multiply"),
        helper.make_node("Cast", ["sizes"], ["plain"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Concat", ["plain", "plain"], ["both"], "join", axis=1),
        helper.make_node("Mul", ["relative", "both"], ["boxes"], "scale"),
    ]
    weights = np.random.default_rng(3).standard_normal((3, 4)).astype(np.float32)
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info(name, *ELEMENTS[name][:2]) for name in ("images", "sizes")],
        [helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["N", 4])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, file)
    return file


def detector_record(record: dict[str, Any]) -> dict[str, Any]:
    mixed = mixed_record(record)
    return {**mixed, "inputs": mixed["inputs"][:2], "outputs": ["boxes"]}


def detector_profiles() -> list[dict[str, Any]]:
    """For batches from 1 to 16."""
    shapes = {"images": [3, 8, 8], "sizes": [2]}
    ends = {"min": 1, "opt": 8, "max": 16}
    return [
        {"name": name, **{end: [size, *row] for end, size in ends.items()}} for name, row in shapes.items()
    ]
