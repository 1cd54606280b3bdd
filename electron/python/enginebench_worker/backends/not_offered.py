"""Backends that this version lists but does not run, each with the true reason on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from enginebench_worker.backends.base import Backend, LoadedCase
from enginebench_worker.domain import BackendStatus, WorkerCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import cuda_device_count, version_of

_USE_INSTEAD = "Use torch-eager or onnxruntime meanwhile."


@dataclass(frozen=True)
class NotOffered(Backend):
    id: str
    name: str
    distribution: str
    needs_nvidia_gpu: bool

    def describe(self) -> BackendStatus:
        reason, remedy = self._reason_and_remedy()
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=False,
            reason=reason,
            remedy=remedy,
            version=version_of(self.distribution),
            precisions=(),
            devices=(),
            licence=None,
            options_schema=None,
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        reason, remedy = self._reason_and_remedy()
        raise BenchError("backend-unavailable", "load", f"{self.name} cannot run: {reason}", remedy)

    def _reason_and_remedy(self) -> tuple[str, str]:
        if self.needs_nvidia_gpu and cuda_device_count() == 0:
            return "No NVIDIA GPU and driver were found.", f"It needs an NVIDIA GPU. {_USE_INSTEAD}"
        return f"{self.name} is not offered in this version.", _USE_INSTEAD


NOT_OFFERED: tuple[NotOffered, ...] = (
    NotOffered("torch-tensorrt", "Torch-TensorRT", "torch-tensorrt", needs_nvidia_gpu=True),
)
