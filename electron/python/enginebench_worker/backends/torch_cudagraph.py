"""PyTorch's own kernels, recorded as one CUDA graph: shows how much of eager's time is the host enqueueing them."""

from __future__ import annotations

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import NEEDS_NVIDIA_GPU, cuda_device_count
from enginebench_worker.torch_engine.precisions import PRECISIONS_OF
from enginebench_worker.wire.domain import BackendStatus, Device, WorkerCase


class TorchCudaGraph(Backend):
    id = "torch-cudagraph"
    label = "PyTorch CUDA graph"
    library_modules = ("torch",)

    def describe(self) -> BackendStatus:
        reason, remedy = _why_not()
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=reason is None,
            reason=reason,
            remedy=remedy,
            version=version_of("torch"),
            precisions=PRECISIONS_OF["cuda"] if reason is None else (),
            devices=("cuda",) if reason is None else (),
            licence=None,
            options_schema=None,
        )

    def start_device(self, device: Device) -> bool:
        from enginebench_worker.torch_engine.runtime import start_device

        return start_device(device)

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("CUDA graph: never kept, so each start records it anew",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        if case.device != "cuda":
            raise BenchError("backend-unavailable", "load", "A CUDA graph runs on a GPU alone.", "Use the GPU.")
        self.require_precision(case, PRECISIONS_OF["cuda"])
        from enginebench_worker.torch_engine.graph_case import load_graph_case

        return load_graph_case(case)


def _why_not() -> tuple[str | None, str | None]:
    if cuda_device_count() == 0:
        return NEEDS_NVIDIA_GPU
    if not is_importable("torch"):
        return "PyTorch is not installed in this environment.", "Set up the Python environment."
    return None, None
