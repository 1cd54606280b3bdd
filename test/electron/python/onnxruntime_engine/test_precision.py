from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from enginebench_worker.onnx_graph.file_structure import stored_types
from enginebench_worker.onnxruntime_engine.precision import ExecutedOperator, judge_operators
from onnx import TensorProto, helper, numpy_helper

CPU = "CPUExecutionProvider"
INT8_VECTORS = Path(__file__).resolve().parents[3] / "contract" / "vectors" / "int8-label.json"


def executed(*operators: tuple[str, str]) -> list[ExecutedOperator]:
    return [ExecutedOperator(kind, CPU, name) for kind, name in operators]


@pytest.mark.parametrize(
    ("precision", "operators", "stored", "uses_tf32", "holds", "label"),
    [
        ("fp32", [("MatMul", "float32"), ("Relu", "float32")], {"float32": 3}, False, True, "fp32"),
        ("fp32", [("MatMul", "float32")], {"float32": 3}, True, False, "fp32"),
        ("tf32", [("MatMul", "float32")], {"float32": 3}, True, True, "tf32"),
        ("fp16", [("MatMul", "float32")], {"float16": 3}, False, False, "fp16 stored, fp32 computed"),
        ("fp16", [("MatMul", "float16")], {"float16": 3}, False, True, "fp16"),
        (
            "fp16",
            [("MatMul", "float16"), ("Conv", "float32")],
            {"float16": 3},
            False,
            False,
            "fp16 stored, fp16 and fp32 computed",
        ),
        (
            "fp32",
            [("MatMul", "float32"), ("FusedConv", "float16")],
            {"float32": 1},
            False,
            False,
            "fp32 stored, fp16 and fp32 computed",
        ),
        ("int8", [("QLinearConv", "uint8"), ("MatMul", "float32")], {"int8": 2}, False, True, "int8"),
        ("int8", [("Conv", "float32")], {"int8": 2}, False, False, "int8 stored, fp32 computed"),
        ("int8", [("Conv", "float32")], {"float32": 2}, False, False, "fp32"),
        ("fp32", [("MatMulInteger", "uint8")], {"int8": 2}, False, False, "int8"),
        ("int8", [("QAttention", "float32")], {"int8": 2}, False, True, "int8"),
        ("fp32", [("QAttention", "float32")], {"float32": 2}, False, False, "fp32 stored, int8 computed"),
        ("fp32", [("Relu", "float32")], {}, False, False, "nothing is multiplied: no precision to prove"),
    ],
)
def test_a_label_holds_only_where_every_multiplication_computes_in_it(
    precision: str, operators: list[tuple[str, str]], stored: dict[str, int], uses_tf32: bool, holds: bool, label: str
) -> None:
    proof = judge_operators(precision, executed(*operators), Counter(stored), [], uses_tf32)  # type: ignore[arg-type]
    assert (proof.holds, proof.label) == (holds, label)


@pytest.mark.parametrize("vector", json.loads(INT8_VECTORS.read_text("utf-8"))["cases"])
def test_the_label_int8_takes_as_many_operators_as_in_the_node_worker(vector: dict[str, Any]) -> None:
    operators = executed(
        *[("QLinearConv", "uint8")] * vector["integerOperators"], *[("Conv", "float32")] * vector["floatOperators"]
    )
    proof = judge_operators("int8", operators, Counter({"int8": 2}), [], False)
    assert (proof.holds, proof.label) == (vector["holds"], vector["label"])


def test_evidence_is_one_fact_a_line() -> None:
    operators = executed(("MatMul", "float32"), ("MatMul", "float32"), ("QGemm", "uint8"))
    proof = judge_operators("int8", operators, Counter({"int8": 4}), ["spinning = 0"], False)
    assert proof.evidence == ("MatMul: 2 float32", "QGemm: 1 integer", "stored: 4 int8", "spinning = 0")


def test_stored_types_are_counted_as_the_onnx_library_counts_them(tmp_path: Path) -> None:
    arrays = {
        "a": np.zeros((300, 300), np.float32),
        "b": np.zeros(3, np.float16),
        "c": np.zeros(2, np.int8),
        "d": np.zeros(2, np.float16),
        "e": np.array(7, np.int64),
    }
    graph = helper.make_graph(
        [helper.make_node("Identity", ["a"], ["out"])],
        "graph",
        [],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [300, 300])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    file = tmp_path / "model.onnx"
    onnx.save(helper.make_model(graph), file)
    assert stored_types(file) == Counter({"float16": 2, "float32": 1, "int8": 1, "int64": 1})


def test_a_file_that_is_no_model_stores_nothing_known(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" * 3)
    assert sum(stored_types(file).values()) == 0
