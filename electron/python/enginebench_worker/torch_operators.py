"""PyTorch's operations and kernels by the names that ONNX has for them, so that two engines' layers can be compared.
A name that is not known stays as it is."""

from __future__ import annotations

_ONNX_NAMES = {
    "linear": "MatMul",
    "addmm": "MatMul",
    "mm": "MatMul",
    "bmm": "MatMul",
    "baddbmm": "MatMul",
    "matmul": "MatMul",
    "conv1d": "Conv",
    "conv2d": "Conv",
    "convolution": "Conv",
    "layer_norm": "LayerNormalization",
    "batch_norm": "BatchNormalization",
    "group_norm": "GroupNormalization",
    "gelu": "Gelu",
    "relu": "Relu",
    "relu_": "Relu",
    "silu": "Silu",
    "silu_": "Silu",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "scaled_dot_product_attention": "Attention",
    "max_pool2d": "MaxPool",
    "avg_pool2d": "AveragePool",
    "adaptive_avg_pool2d": "GlobalAveragePool",
    "upsample_nearest2d": "Resize",
    "upsample_bicubic2d": "Resize",
    "add": "Add",
    "add_": "Add",
    "mul": "Mul",
    "mul_": "Mul",
    "sub": "Sub",
    "div": "Div",
    "cat": "Concat",
    "concat": "Concat",
    "embedding": "Gather",
    "index": "Gather",
    "split": "Split",
    "chunk": "Split",
    "reshape": "Reshape",
    "flatten": "Flatten",
    "transpose": "Transpose",
    "permute": "Transpose",
    "to": "Cast",
}
_KINDS_OF_KERNEL = (
    ("cpp_fused", "Fused"),
    ("triton_", "Fused"),
    ("softmax", "Softmax"),
    ("layer_norm", "LayerNormalization"),
    ("layernorm", "LayerNormalization"),
    ("flash", "Attention"),
    ("fmha", "Attention"),
    ("attention", "Attention"),
    ("conv", "Conv"),
    ("fprop", "Conv"),
    ("gemm", "MatMul"),
    ("nvjet", "MatMul"),
    ("linear", "MatMul"),
    ("memcpy", "Memcpy"),
    ("memset", "Memset"),
    ("pool", "Pool"),
    ("elementwise", "Elementwise"),
    ("reduce", "Reduce"),
)


def operator_name(name: str) -> str:
    if name.startswith("aten::"):
        short = name.removeprefix("aten::")
        return _ONNX_NAMES.get(short, short)
    lowered = name.lower()
    return next((kind for word, kind in _KINDS_OF_KERNEL if word in lowered), name.split("<")[0].split("(")[0][:80])
