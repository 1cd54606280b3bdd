"""What engine inspectors print, piece by piece: layers of TensorRT 8.6 to 11 in the words that users' engines printed.

A layer is the inspector's answer; `without_context` is the same engine asked without an execution context."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

DYNAMIC = "N/A due to dynamic shapes"
XMMA = "sm80_xmma_fprop_implicit_gemm_{types}_nhwckrsc_nhwc_tilesize128x64x32_stage3_warpsize2x2x1_g1_tensor16x8x8"
GEMM = "sm80_xmma_gemm_{types}_tn_n_tilesize64x64x64_stage3_warpsize2x2x1_tensor16x8x16_fused"
FP16_KERNEL, FP32_KERNEL = "f16f16_f16f16_f16", "f32f32_f32f32_f32"
TF32_KERNEL, INT8_KERNEL = "tf32f32_tf32f32_f32", "i8i8_i8i32_f32"


def tensor(name: str, words: str, shape: Sequence[int]) -> dict[str, Any]:
    return {
        "Name": name,
        "Location": "Device",
        "Dimensions": list(shape),
        "Format/Datatype": words,
    }


def convolution(
    name: str = "/conv/Conv",
    words: str = "Channel major FP16 format where channel % 8 == 0",
    weights: str = "Half",
    types: str | None = None,
    size: int = 28,
) -> dict[str, Any]:
    """64 maps of 3x3 over 64 channels: 2 * 64 * 64 * 9 operations for each pixel."""
    return {
        "Name": name,
        "LayerType": "CaskConvolution",
        "Inputs": [tensor("x", words, (8, 64, size, size))],
        "Outputs": [tensor("y", words, (8, 64, size, size))],
        "ParameterType": "Convolution",
        "Kernel": [3, 3],
        "OutMaps": 64,
        "Groups": 1,
        "Weights": {"Type": weights, "Count": 36864},
        "Bias": {"Type": "Float", "Count": 64},
        "Activation": "RELU",
        "TacticName": XMMA.format(types=types) if types else "0x0000000000000000",
        "TacticValue": "0x11bde0e1d9f2f35d",
        "StreamId": 0,
        "Metadata": f"[ONNX Layer: {name}]\x1e[ONNX Layer: {name}/Relu]",
    }


def product(name: str = "/qkv/MatMul", words: str = "Half", types: str | None = None) -> dict[str, Any]:
    """A gemm of Myelin's, (8 197 768) (768 2304)."""
    return {
        "Name": f"{name}_myl0_3",
        "LayerType": "gemm",
        "Inputs": [
            tensor("a", words, (8, 197, 768)),
            tensor("b", words, (1, 768, 2304)),
        ],
        "Outputs": [tensor("c", words, (8, 197, 2304))],
        "TacticName": GEMM.format(types=types) if types else "",
        "StreamId": 0,
        "Metadata": f"[ONNX Layer: {name}]",
    }


def reformat(words: str = "Row major linear FP16 format", name: str = "Reformatting CopyNode") -> dict[str, Any]:
    return {
        "Name": name,
        "LayerType": "Reformat",
        "Inputs": [tensor("x", "Row major linear FP32", (8, 3, 224, 224))],
        "Outputs": [tensor("y", words, (8, 3, 224, 224))],
        "ParameterType": "Reformat",
        "Origin": "CAST",
        "TacticName": "0x00000000000003e8",
    }


def of_eleven(layer: dict[str, Any]) -> dict[str, Any]:
    """As 11 prints it: the type in a field of its own."""
    split = {"Half": "Half", "Float": "Float"}
    changed = json.loads(json.dumps(layer))
    for each in (*changed["Inputs"], *changed["Outputs"]):
        words = each.pop("Format/Datatype")
        each |= {"Format": "Row-major", "Datatype": split.get(words, words)}
    return changed


def without_context(layers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    asked = json.loads(json.dumps(layers))
    for layer in asked:
        for each in (*layer["Inputs"], *layer["Outputs"]):
            each["Format/Datatype"] = DYNAMIC
            each["Dimensions"][0] = -1
    return asked


def engine(*layers: dict[str, Any] | str) -> str:
    return json.dumps({"Layers": list(layers), "Bindings": ["pixels", "logits"]})
