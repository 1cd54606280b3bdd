"""What both workers agree on beyond the messages: limits, ONNX operators and sentences.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

MOST_INLINED_NODES = 100000
DEEPEST_FUNCTIONS = 32
MOST_IMAGE_BYTES = 536870912
MOST_IMAGE_PIXELS = 100000000
MOST_IMAGE_ASPECT = 100
MOST_SAMPLES_IN_BLOCK = 100000
MOST_LAYERS = 200
UNTIMED_PREPROCESS = "images are prepared before anything is timed"
UNTIMED_COPIES = "the case runs on the CPU: nothing is copied to or from a device"
NOTHING_MULTIPLIED = "nothing is multiplied: no precision to prove"
FLOAT_MATRIX_OPERATORS = (
    "Conv",
    "ConvTranspose",
    "FusedConv",
    "NhwcFusedConv",
    "MatMul",
    "FusedMatMul",
    "TransposeMatMul",
    "MatMulNBits",
    "Gemm",
    "FusedGemm",
    "Einsum",
    "Attention",
    "MultiHeadAttention",
    "GroupQueryAttention",
    "PackedAttention",
    "LSTM",
    "GRU",
)
INTEGER_MATRIX_OPERATORS = (
    "QLinearConv",
    "QLinearConvTranspose",
    "QLinearMatMul",
    "QGemm",
    "QAttention",
    "MatMulInteger",
    "MatMulIntegerToFloat",
    "DynamicQuantizeMatMul",
    "ConvInteger",
)
