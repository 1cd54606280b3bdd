"""What an NVIDIA GPU can do, by compute capability, and which libraries have code for it.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GpuSpan:
    since: tuple[int, int]
    exactly: tuple[tuple[int, int], ...]
    words: str
    without: tuple[tuple[int, int], ...] = ()

    def holds(self, capability: tuple[int, int]) -> bool:
        if capability in self.without:
            return False
        return capability in self.exactly or capability >= self.since


_BOARDS = ((5, 3), (6, 2), (7, 2), (8, 7), (10, 1), (11, 0))


@dataclass(frozen=True)
class GpuFeature:
    label: str
    gpus: GpuSpan


@dataclass(frozen=True)
class CudaRelease:
    gpus: GpuSpan
    oldest_driver: int


@dataclass(frozen=True)
class GpuLibrary:
    label: str
    gpus: GpuSpan
    instead: str


GPU_FEATURES: dict[str, GpuFeature] = {
    "tf32": GpuFeature("TF32", GpuSpan((8, 0), (), "8.0 or newer")),
    "fp16": GpuFeature("FP16", GpuSpan((5, 3), (), "5.3 or newer")),
    "bf16": GpuFeature("BF16", GpuSpan((8, 0), (), "8.0 or newer")),
    "fp8": GpuFeature("FP8", GpuSpan((8, 9), (), "8.9 or newer")),
    "int8": GpuFeature("INT8", GpuSpan((7, 0), ((6, 1),), "6.1, or 7.0 or newer")),
    "int4-weights": GpuFeature("INT4 weights", GpuSpan((8, 0), (), "8.0 or newer")),
    "ampere-plus": GpuFeature("an engine for every GPU since Ampere", GpuSpan((8, 0), (), "8.0 or newer", _BOARDS)),
    "same-compute-capability": GpuFeature(
        "an engine for every GPU of one compute capability", GpuSpan((7, 5), (), "7.5 or newer", _BOARDS)
    ),
}


CUDA_RELEASES: dict[int, CudaRelease] = {
    12: CudaRelease(GpuSpan((5, 0), (), "5.0 or newer"), 525),
    13: CudaRelease(GpuSpan((7, 5), (), "7.5 or newer"), 580),
}


GPU_LIBRARIES: dict[str, GpuLibrary] = {
    "tensorrt": GpuLibrary(
        "TensorRT", GpuSpan((7, 5), (), "7.5 or newer"), "Use PyTorch or ONNX Runtime, or another GPU."
    ),
    "tensorrt-rtx": GpuLibrary(
        "TensorRT-RTX",
        GpuSpan((12, 0), ((8, 6), (8, 9)), "8.6, 8.9, or 12.0 or newer"),
        "Use TensorRT or PyTorch on this GPU.",
    ),
    "torch-tensorrt": GpuLibrary("Torch-TensorRT", GpuSpan((7, 5), (), "7.5 or newer"), "Use PyTorch, or another GPU."),
    "onnxruntime-tensorrt": GpuLibrary(
        "ONNX Runtime TensorRT", GpuSpan((7, 5), (), "7.5 or newer"), "Use PyTorch or ONNX Runtime, or another GPU."
    ),
}
