"""What an opened engine's inspector proves, on answers written from those of real engines."""

from __future__ import annotations

import json
from typing import Any

import inspector_json as printed
import pytest
from enginebench_worker.tensorrt_engine.inspected_layer import (
    InspectedTensor,
    onnx_nodes,
    read_layers,
    type_of_tactic,
)
from enginebench_worker.tensorrt_engine.inspector import InspectedEngine
from enginebench_worker.tensorrt_engine.precision import (
    judge_built_engine,
    judge_opened_engine,
)
from enginebench_worker.wire.domain import BuildRecord, PrecisionProof

FLOAT = "Row major linear FP32"
INT8 = "Thirty-two wide channel vectorized row major Int8 format."
NETWORK = PrecisionProof(True, "fp16", "layer types of the network", ("multiplications: 53 fp16",))
BUILT_FP16 = BuildRecord(NETWORK, tf32=False)


def opened(*layers: dict[str, Any] | str, shapes: str | None = "pixels 8x3x224x224") -> InspectedEngine:
    return InspectedEngine(read_layers(printed.engine(*layers)), shapes=shapes)


def judged(precision: Any, engine: InspectedEngine, record: BuildRecord | None = None) -> tuple[bool, str, str]:
    proof = judge_opened_engine(precision, engine, record)
    return proof.holds, proof.label, proof.method


def test_with_a_context_the_types_of_tensors_prove_the_precision_at_the_shapes_asked() -> None:
    assert judged("fp16", opened(printed.convolution(), printed.reformat(FLOAT))) == (
        True,
        "fp16",
        "engine inspector: types of tensors at pixels 8x3x224x224",
    )


def test_fault_1_an_engine_with_a_dynamic_batch_is_proved_by_its_weights_when_its_tensors_tell_nothing() -> None:
    layers = printed.without_context([printed.convolution(), printed.reformat()])
    assert judged("fp16", opened(*layers, shapes=None)) == (
        True,
        "fp16",
        "engine inspector: types of weights",
    )


def test_fault_1_without_tensors_and_weights_the_names_of_tactics_prove_it() -> None:
    layers = printed.without_context([printed.product(types=printed.FP16_KERNEL), printed.reformat()])
    assert judged("fp16", opened(*layers, shapes=None)) == (
        True,
        "fp16",
        "engine inspector: names of tactics",
    )


def test_fault_1_without_all_three_the_builds_own_record_of_the_file_proves_it() -> None:
    layers = printed.without_context([printed.product()])
    proof = judge_opened_engine("fp16", opened(*layers, shapes=None), BUILT_FP16)
    assert proof == PrecisionProof(
        True,
        "fp16",
        "record of the build: not told by the engine",
        (
            "the engine inspector tells no types",
            "the build: fp16, by layer types of the network",
            "multiplications: 53 fp16",
        ),
    )


@pytest.mark.parametrize(
    "layers",
    [(), ("only its name",), tuple(printed.without_context([printed.product()]))],
)
def test_only_when_all_four_are_silent_the_precision_is_not_told(
    layers: tuple[Any, ...],
) -> None:
    assert judged("fp16", opened(*layers, shapes=None)) == (
        False,
        "not told by the engine",
        "engine inspector",
    )


def test_fault_4_fifty_fp32_convolutions_and_one_cast_to_fp16_are_not_fp16() -> None:
    layers = [printed.convolution(f"/{index}/Conv", FLOAT, "Float") for index in range(50)]
    assert judged("fp16", opened(*layers, printed.reformat()))[:2] == (
        False,
        "fp32 or tf32",
    )


def test_fault_4_a_tf32_kernel_is_not_fp32() -> None:
    layers = [printed.convolution("/a", FLOAT, "Float", printed.TF32_KERNEL)]
    layers += [printed.convolution("/b", FLOAT, "Float", printed.FP32_KERNEL)]
    assert judged("fp32", opened(*layers)) == (
        False,
        "computed in fp32 and tf32",
        "engine inspector: names of tactics",
    )
    assert judged("tf32", opened(layers[0]))[:2] == (True, "tf32")


def test_fault_4_an_adopted_engine_whose_kernels_may_use_tf32_says_so() -> None:
    engine = opened(printed.convolution("/a", FLOAT, "Float"))
    assert judged("fp32", engine)[:2] == (False, "fp32 or tf32")
    assert judged("fp32", engine, BuildRecord(None, tf32=False))[:2] == (True, "fp32")
    assert judged("tf32", engine, BuildRecord(None, tf32=True))[:2] == (True, "tf32")
    assert judged("fp32", engine, BuildRecord(None, tf32=True))[:2] == (
        False,
        "computed in tf32",
    )


def test_kernels_that_are_named_fp32_prove_fp32_without_any_record() -> None:
    assert judged("fp32", opened(printed.convolution("/a", FLOAT, "Float", printed.FP32_KERNEL)))[:2] == (True, "fp32")


def test_fault_4_uint8_is_not_int8() -> None:
    layer = printed.product(words="UInt8")
    assert judged("int8", opened(layer)) == (
        False,
        "not told by the engine",
        "engine inspector",
    )


@pytest.mark.parametrize("types", [None, printed.TF32_KERNEL])
def test_fault_4_int8_inputs_next_to_fp32_weights_are_no_int8_multiplication(
    types: str | None,
) -> None:
    holds, label, _ = judged("int8", opened(printed.convolution(words=INT8, weights="Float", types=types)))
    assert (holds, label) == (False, "computed in tf32" if types else "fp32 or tf32")


def test_an_int8_convolution_in_the_old_wording_is_proved() -> None:
    layer = printed.convolution(words=INT8, weights="Int8", types=printed.INT8_KERNEL)
    assert judged("int8", opened(layer))[:2] == (True, "int8")


def test_int8_kernels_that_write_floats_multiply_in_int8() -> None:
    layer = printed.convolution(words=printed.DYNAMIC, weights="Int8", types="interleaved_i8f32_i8i32_f32")
    assert judged("int8", opened(layer))[:2] == (True, "int8")


def test_a_layer_counts_by_its_work_and_not_as_one() -> None:
    heavy = printed.convolution("/heavy", FLOAT, "Float", printed.FP32_KERNEL, size=112)
    light = [printed.convolution(f"/{index}", size=7) for index in range(20)]
    holds, label, _ = judged("fp16", opened(heavy, *light))
    assert (holds, label) == (False, "computed in fp16 and fp32")
    proof = judge_opened_engine("fp16", opened(printed.convolution(size=112), *(heavy | {"Name": "/b"},)), None)
    assert proof.evidence == (
        "2 of 2 layers multiply",
        "multiplied in fp16: 50.0% of the work",
        "multiplied in fp32: 50.0% of the work",
        "told by types of tensors: 50.0% of the work",
        "told by names of tactics: 50.0% of the work",
    )


def test_a_small_rest_in_a_wider_type_is_listed_with_the_label() -> None:
    rest = printed.convolution("/rest", FLOAT, "Float", printed.FP32_KERNEL, size=7)
    assert judged("fp16", opened(printed.convolution(size=56), rest))[:2] == (
        True,
        "fp16, 1.5% of the work in fp32",
    )


def test_a_fused_part_that_hides_most_of_the_work_needs_the_builds_record() -> None:
    inputs = [printed.tensor("pixels", FLOAT, (8, 3, 224, 224))]
    hidden = {
        "Name": "{ForeignNode[/a.../b]}",
        "LayerType": "Myelin",
        "Inputs": inputs,
        "Outputs": inputs,
    }
    engine = opened(hidden, printed.convolution())
    assert judged("fp16", engine)[:2] == (False, "not told for 50% of the work")
    assert judged("fp16", engine, BUILT_FP16)[:2] == (True, "fp16")
    assert (
        judged(
            "fp16",
            opened(hidden, printed.convolution("/a", FLOAT, "Float")),
            BUILT_FP16,
        )[0]
        is False
    )


def test_an_engine_that_contradicts_the_network_it_was_built_from_disproves_it() -> None:
    floats = opened(printed.convolution("/a", FLOAT, "Float"))
    proofs = [judge_built_engine(NETWORK, "fp16", each, tf32=False) for each in (floats, opened("a name only"))]
    assert [(proof.holds, proof.label, proof.method) for proof in proofs] == [
        (
            False,
            "fp16 in the network, but the engine computes in fp32",
            "layer types of the network, engine inspector: types of tensors at pixels 8x3x224x224",
        ),
        (True, "fp16", "layer types of the network, engine inspector"),
    ]


def test_both_majors_tell_the_same_of_the_same_layer() -> None:
    ten = printed.product()
    layers = [read_layers(printed.engine(each))[0] for each in (ten, printed.of_eleven(ten))]
    assert [layer.computing() for layer in layers] == [("fp16", "types of tensors")] * 2
    assert layers[1].inputs[0] == InspectedTensor("a", "fp16", (8, 197, 768), "Row-major")


def test_work_is_counted_from_shapes_and_weights() -> None:
    conv, gemm = read_layers(printed.engine(printed.convolution(), printed.product()))
    assert (conv.work, gemm.work) == (
        2.0 * 8 * 28 * 28 * 64 * 64 * 9,
        2.0 * 8 * 197 * 768 * 2304,
    )
    [unknown] = read_layers(printed.engine(*printed.without_context([printed.convolution()])))
    assert unknown.work is None


@pytest.mark.parametrize(
    ("tactic", "expected"),
    [
        ("sm80_xmma_gemm_f16f16_f16f32_f32_tn_n_tilesize32x32x64", "fp16"),
        ("sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n", "bf16"),
        ("sm89_xmma_gemm_e4m3e4m3_e4m3f32_f32_tn_n", "fp8"),
        ("sm80_xmma_fprop_implicit_gemm_f32f32_tf32f32_f32_nhwckrsc_nhwc", "tf32"),
        ("sm80_xmma_gemm_f32f32_f32f32_f32_nn_n_tilesize128x64x8_simt", "fp32"),
        (
            "sm80_xmma_fprop_implicit_gemm_interleaved_i8i8_i8i32_f32_nchw_vect_c_32kcrs",
            "int8",
        ),
        ("sm50_xmma_cublas_gemvx_f16f16_f32", "fp16"),
        ("cutlass_80_tensorop_s1688tf32gemm_128x128_16x4_nn_align4", "tf32"),
        ("cutlass_80_tensorop_f16_s16816gemm_f16_128x64_32x6_tn_align8", "fp16"),
        ("cutlass_80_tensorop_i16832gemm_s8_128x128_64x3_tn_align16", "int8"),
        ("ampere_h16816gemm_256x128_ldg8_nn_v1", "fp16"),
        ("ampere_scudnn_128x64_relu_medium_nn_v1", "fp32"),
        ("ampere_sgemm_64x64_nn", "fp32"),
        ("turing_int8_i8816cudnn_int8_256x128_ldg16", "int8"),
        ("turing_fp16_s1688cudnn_fp16_128x128_ldg8", "fp16"),
        ("_gemm_mha_v2_0x3f1d", None),
        ("__myl_FcAddCast_0x8a1f16", None),
        ("sm50_xmma_pooling_max_nhwc", None),
        ("0x00000000000003e8", None),
        (None, None),
    ],
)
def test_the_names_of_kernels_tell_the_type_that_they_multiply(tactic: str | None, expected: str | None) -> None:
    assert type_of_tactic(tactic) == expected


@pytest.mark.parametrize(
    ("layer", "multiplies"),
    [
        ({"Name": "__myl_FcAddErf_myl0_7", "LayerType": "kgen"}, True),
        (
            {
                "Name": "_gemm_mha_v2_myl0_4",
                "LayerType": "kgen",
                "TacticName": "_gemm_mha_v2_0x1",
            },
            True,
        ),
        ({"Name": "__myl_CastMulMeanSub_myl0_2", "LayerType": "kgen"}, False),
        ({"Name": "__myl_MovConc_myl0_2", "LayerType": "kgen"}, False),
        (
            {
                "Name": "/attention/Add",
                "LayerType": "CaskPointWise",
                "TacticName": "generatedNativePointwise",
            },
            False,
        ),
        (
            {
                "Name": "pool",
                "LayerType": "CaskPooling",
                "TacticName": "sm50_xmma_pooling_max",
            },
            False,
        ),
        ({"Name": "/conv/Conv + /relu", "LayerType": "CaskConvolution"}, True),
        ({"Name": "x", "LayerType": "MatrixMultiply"}, True),
        ({"Name": "/conv/Conv input copy", "LayerType": "Reformat"}, False),
        ({"Name": "x", "LayerType": "Convert"}, False),
    ],
)
def test_only_layers_that_multiply_are_asked(layer: dict[str, Any], multiplies: bool) -> None:
    [read] = read_layers(printed.engine(layer))
    assert read.multiplies is multiplies


@pytest.mark.parametrize(
    ("metadata", "nodes"),
    [
        ("[ONNX Layer: /a/Conv]\x1e[ONNX Layer: /a/Relu]", ("/a/Conv", "/a/Relu")),
        ("[ONNX Layer: a]\x1f[ONNX Layer: b[0]]\x1e[ONNX Layer: a]", ("a", "b[0]")),
        ("[ONNX Layer: a][ONNX Layer: b] [ONNX Layer: c]", ("a", "b", "c")),
        ("", ()),
    ],
)
def test_the_nodes_of_the_graph_are_named_once_each(metadata: str, nodes: tuple[str, ...]) -> None:
    assert onnx_nodes(metadata) == nodes


@pytest.mark.parametrize("text", ["", "not JSON", "[]", '{"Layers": 3}', json.dumps({"Layers": [3, None]})])
def test_an_inspector_that_says_something_else_gives_nothing(text: str) -> None:
    assert read_layers(text) == ()


def with_int4_weights(name: str = "/qkv/MatMul", types: str | None = None) -> dict[str, Any]:
    layer = printed.product(name, types=types)
    return layer | {"Inputs": [layer["Inputs"][0], printed.tensor("b", "Int4", (1, 768, 2304))]}


BUILT_INT4 = BuildRecord(
    PrecisionProof(True, "int4 weights multiplied in fp16", "layer types of the network", ("from the network",)),
    tf32=False,
)


def test_weights_in_int4_are_proved_as_stored_and_told_with_what_multiplies_them() -> None:
    engine = opened(with_int4_weights("/a"), with_int4_weights("/b"), printed.product("/attention"))
    assert judged("int4-weights", engine) == (
        True,
        "int4 weights multiplied in fp16",
        "engine inspector: types of weights",
    )
    assert judged("fp16", opened(printed.product()))[0] is True


def test_an_engine_that_is_silent_about_its_weights_has_int4_weights_only_by_the_builds_record() -> None:
    engine = opened(printed.product("/a"), printed.product("/b"))
    assert judged("int4-weights", engine)[:2] == (False, "weights in int4: 0.0% of the multiplications")
    assert judged("int4-weights", engine, BUILT_INT4) == (
        True,
        "int4 weights multiplied in fp16",
        "record of the build: weights in int4: 0.0% of the multiplications",
    )


def test_an_engine_that_multiplies_in_eight_bits_contradicts_int4_weights() -> None:
    engine = opened(printed.convolution(words=INT8, weights="Int8", types=printed.INT8_KERNEL))
    assert judged("int4-weights", engine, BUILT_INT4)[:2] == (False, "computed in int8")
    network = PrecisionProof(True, "int4 weights multiplied in fp16", "layer types of the network", ())
    assert judge_built_engine(network, "int4-weights", engine, tf32=False).holds is False
    assert judge_built_engine(network, "int4-weights", opened(printed.product()), tf32=False).holds is True


def test_fp8_is_proved_by_its_kernels_and_not_by_weights_alone() -> None:
    kernel = printed.product(words="FP8", types="e4m3e4m3_e4m3f32_f32")
    assert judged("fp8", opened(kernel))[:2] == (True, "fp8")
    assert judged("fp8", opened(printed.product(types=printed.FP16_KERNEL)))[:2] == (False, "computed in fp16")
