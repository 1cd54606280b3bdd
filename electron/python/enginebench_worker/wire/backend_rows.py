"""What each Python backend is called, what it may claim on some machine, which feed any input, and what `tuned` sets.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass

from enginebench_worker.wire.domain import Device, Precision


@dataclass(frozen=True)
class BackendRow:
    label: str
    precisions: tuple[Precision, ...]
    devices: tuple[Device, ...]


BACKEND_ROWS: dict[str, BackendRow] = {
    "torch-eager": BackendRow("PyTorch eager", ("fp32", "tf32", "fp16", "bf16"), ("cpu", "cuda")),
    "torch-compile": BackendRow("torch.compile", ("fp32", "tf32", "fp16", "bf16"), ("cpu", "cuda")),
    "torch-cudagraph": BackendRow("CUDA graph", ("fp32", "tf32", "fp16", "bf16"), ("cuda",)),
    "onnxruntime": BackendRow("ONNX Runtime", ("fp32", "tf32", "fp16", "int8"), ("cpu", "cuda")),
    "torch-tensorrt": BackendRow("Torch-TensorRT", ("fp32", "fp16"), ("cuda",)),
    "tensorrt": BackendRow("TensorRT", ("fp32", "tf32", "fp16", "bf16", "int8", "fp8", "int4-weights"), ("cuda",)),
    "tensorrt-rtx": BackendRow("TensorRT-RTX", ("tf32", "fp16", "bf16"), ("cuda",)),
    "onnxruntime-tensorrt": BackendRow("ONNX Runtime TensorRT", ("fp32", "tf32", "fp16", "bf16", "int8"), ("cuda",)),
    "openvino": BackendRow("OpenVINO", ("fp32", "fp16", "bf16", "int8"), ("cpu",)),
    "ultralytics": BackendRow("Ultralytics", ("fp32", "tf32", "fp16", "bf16"), ("cpu", "cuda")),
}


FEED_ANY_INPUT = (
    "onnxruntime",
    "tensorrt",
    "openvino",
)


TUNED_SETTINGS: dict[str, str] = {
    "torch-eager": "channels last, denormals flushed to zero on a CPU, cuDNN kernels searched on a GPU",
    "torch-compile": "mode max-autotune, and freezing on a CPU",
    "torch-cudagraph": "channels last, denormals flushed to zero on a CPU, cuDNN kernels searched on a GPU",
    "onnxruntime": "denormals set to zero, work divided into blocks that shrink; CPU only",
    "tensorrt": "one CUDA graph of the copies and the engine",
    "onnxruntime-tensorrt": "one CUDA graph of the engine, without the copies",
    "ultralytics": "channels last, denormals flushed to zero on a CPU, cuDNN kernels searched on a GPU",
}
