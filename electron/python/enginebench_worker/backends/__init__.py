"""Every Python backend, in listing order. To add one, add a file in this folder and a line here."""

from __future__ import annotations

from enginebench_worker.backend import Backend
from enginebench_worker.backends.onnxruntime_backend import OnnxRuntime
from enginebench_worker.backends.onnxruntime_tensorrt_backend import OnnxRuntimeTensorRt
from enginebench_worker.backends.openvino_backend import OpenVino
from enginebench_worker.backends.tensorrt_backend import TensorRt
from enginebench_worker.backends.tensorrt_rtx_backend import TensorRtRtx
from enginebench_worker.backends.torch_compile import TorchCompile
from enginebench_worker.backends.torch_cudagraph import TorchCudaGraph
from enginebench_worker.backends.torch_eager import TorchEager
from enginebench_worker.backends.torch_tensorrt import TorchTensorRt
from enginebench_worker.backends.ultralytics_backend import Ultralytics
from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import BackendStatus

BACKENDS: tuple[Backend, ...] = (
    TorchEager(),
    TorchCompile(),
    TorchCudaGraph(),
    OnnxRuntime(),
    Ultralytics(),
    TensorRt(),
    TensorRtRtx(),
    OnnxRuntimeTensorRt(),
    OpenVino(),
    TorchTensorRt(),
)


def describe_all() -> tuple[BackendStatus, ...]:
    return tuple(backend.describe() for backend in BACKENDS)


def find_backend(backend_id: str) -> Backend:
    for backend in BACKENDS:
        if backend.id == backend_id:
            return backend
    known = ", ".join(backend.id for backend in BACKENDS)
    raise BenchError(
        "unknown-backend", "load", f"Python backend {backend_id!r} does not exist.", f"Use one of {known}."
    )
