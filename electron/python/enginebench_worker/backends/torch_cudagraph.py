"""PyTorch's own kernels, recorded as one CUDA graph: shows how much of eager's time is the host enqueueing them."""

from __future__ import annotations

from enginebench_worker.backend import LoadedCase
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import NEEDS_NVIDIA_GPU, cuda_device_count
from enginebench_worker.torch_engine.backend import (
    NOT_INSTALLED,
    PRECISIONS_OF,
    TorchGpuBackend,
    torch_gpu_obstacle,
)
from enginebench_worker.wire.domain import WorkerCase


class TorchCudaGraph(TorchGpuBackend):
    id = "torch-cudagraph"
    precisions = PRECISIONS_OF["cuda"]

    def obstacle(self) -> tuple[str | None, str | None]:
        if cuda_device_count() == 0:
            return NEEDS_NVIDIA_GPU
        return (torch_gpu_obstacle() or (None, None)) if is_importable("torch") else NOT_INSTALLED

    def version(self) -> str | None:
        return version_of("torch")

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("CUDA graph: never kept, so each start records it again",)

    def load_on_gpu(self, case: WorkerCase) -> LoadedCase:
        from enginebench_worker.torch_engine.graph_case import GraphCase
        from enginebench_worker.torch_engine.runtime import load_shaped_case

        return load_shaped_case(case, GraphCase)
