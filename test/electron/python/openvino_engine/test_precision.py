"""How an execution graph of OpenVINO is read, on graphs as OpenVINO describes them; OpenVINO itself is not needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from enginebench_worker.openvino_engine.library import in_its_words
from enginebench_worker.openvino_engine.precision import ComputedTypes, computed_types, judge_file, judge_layers
from enginebench_worker.wire.domain import Precision


@dataclass(frozen=True)
class Layer:
    kind: str
    widest_input: str
    kernel: str

    def get_rt_info(self) -> dict[str, str]:
        return {"layerType": self.kind, "runtimePrecision": self.widest_input, "primitiveType": self.kernel}


@dataclass(frozen=True)
class Compiled:
    layers: tuple[Layer, ...]

    def get_runtime_model(self) -> Any:
        return self

    def get_ordered_ops(self) -> tuple[Layer, ...]:
        return self.layers


@pytest.mark.parametrize(
    ("layer", "computed"),
    [
        (Layer("FullyConnected", "f32", "gemm_mlas_f32"), "fp32"),
        (Layer("FullyConnected", "f16", "brgconv_avx512_1x1_f32"), "fp32"),
        (Layer("FullyConnected", "f16", "brgemm_avx512_amx_fp16_f16"), "fp16"),
        (Layer("FullyConnected", "bf16", "brgemm_avx512_bf16"), "bf16"),
        (Layer("Convolution", "u8", "brgconv_avx512_I8"), "int8"),
        (Layer("FullyConnected", "i8", "brgemm_avx512_i8"), "int8"),
        (Layer("Subgraph", "f32", "jit_avx512_I8"), "fp32"),
    ],
)
def test_a_layer_computes_in_what_its_kernel_takes(layer: Layer, computed: str) -> None:
    assert computed_types(Compiled((layer,))).layers == Counter({(layer.kind, computed): 1})


def test_layers_that_only_hold_data_are_not_counted() -> None:
    held = tuple(Layer(kind, "f16", "unknown_f16") for kind in ("Input", "Const", "Output"))
    read = computed_types(Compiled((*held, Layer("MatMul", "f32", "gemm_any_f32"), Layer("MVN", "bf16", "jit_bf16"))))
    assert (read.shares, read.multiplications) == ({"bf16": 0.5, "fp32": 0.5}, Counter({("MatMul", "fp32"): 1}))


def types(**layers: str) -> ComputedTypes:
    return ComputedTypes(Counter(layers.items()))


@pytest.mark.parametrize(
    ("precision", "computed", "stored", "holds", "label"),
    [
        ("fp32", types(MatMul="fp32", Subgraph="fp32"), "fp32", True, "fp32"),
        ("fp32", types(MatMul="bf16"), "fp32", False, "fp32 stored, bf16 computed"),
        ("fp32", types(MatMul="fp32", Subgraph="bf16"), "fp32", False, "fp32 stored, fp32 computed beside bf16"),
        ("fp16", types(MatMul="fp32"), "fp16", False, "fp16 stored, fp32 computed"),
        ("fp16", types(MatMul="fp16", MVN="fp32"), "fp16", True, "fp16"),
        ("bf16", types(MatMul="bf16"), "fp32", True, "bf16"),
        ("bf16", types(MatMul="fp32"), "fp32", False, "fp32 computed"),
        ("int8", types(MatMul="int8", MVN="fp32"), "int8", True, "int8"),
        ("int8", types(MatMul="fp32"), "int8", False, "int8 stored, fp32 computed"),
        ("int8", types(MatMul="int8", MVN="bf16"), "int8", False, "int8 stored, int8 computed beside bf16"),
        ("fp32", types(MVN="fp32"), "fp32", False, "fp32 stored, nothing computed"),
    ],
)
def test_a_case_is_called_what_its_layers_computed_in(
    precision: Precision, computed: ComputedTypes, stored: str, holds: bool, label: str
) -> None:
    proof = judge_layers(precision, computed, Counter({stored: 100}), ("NUM_STREAMS = 1",))
    assert (proof.holds, proof.label, proof.evidence[-1]) == (holds, label, "NUM_STREAMS = 1")


@pytest.mark.parametrize(("half", "holds"), [(100, True), (10, False)])
def test_a_built_file_is_fp16_where_most_of_its_bytes_are(half: int, holds: bool) -> None:
    proof = judge_file("fp16", types(MatMul="fp32"), Counter({"fp16": half, "fp32": 50, "int64": 500}))
    assert (proof.holds, proof.label) == (holds, "fp16 stored, fp32 computed on this processor")


def test_the_cause_is_taken_from_openvinos_words_without_its_source_files() -> None:
    words = (
        "Exception from src/core.cpp:84:\nCheck 'weights' failed at src/xml.cpp:9:\nIncorrect weights in bin file!\n"
    )
    assert in_its_words(RuntimeError(words)) == "Incorrect weights in bin file!"
    assert in_its_words(RuntimeError("")) == ""
