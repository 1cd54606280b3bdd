"""What the backends on PyTorch have in common. Imports no torch, so that describing them stays quick.

`PRECISIONS_OF` is what PyTorch offers on each device, eager or compiled. FP16 on a CPU is left out: it is emulated."""

from __future__ import annotations

from abc import abstractmethod

from enginebench_worker import host_memory, spinning, tuning
from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.wire.backend_rows import TUNED_SETTINGS
from enginebench_worker.wire.domain import BackendStatus, Device, Precision, WorkerCase

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {
    "cpu": ("fp32", "bf16"),
    "cuda": ("fp32", "tf32", "fp16", "bf16"),
}
NOT_INSTALLED = ("PyTorch is not installed in this environment.", "Set up the Python environment.")
"""Reason and remedy."""


def options_schema(backend: str, *others: tuple[str, dict[str, object]], on_cpu: bool = True) -> dict[str, object]:
    """`others`: options of one backend, by name."""
    tuned = {tuning.OPTION: tuning.option_schema(backend)} if backend in TUNED_SETTINGS else {}
    spins = {spinning.OPTION: spinning.OPTION_SCHEMA} if on_cpu else {}
    properties = {**dict(others), **tuned, **spins, host_memory.OPTION: host_memory.OPTION_SCHEMA}
    return {"type": "object", "properties": properties, "additionalProperties": False}


class TorchBackend(Backend):
    library_modules = ("torch",)

    def start_device(self, device: Device) -> bool:
        from enginebench_worker.torch_engine.runtime import start_device

        return start_device(device)


class TorchGpuBackend(TorchBackend):
    """A backend that runs only on a GPU. It says what prevents it from running here, and loads a case."""

    precisions: tuple[Precision, ...]

    @abstractmethod
    def obstacle(self) -> tuple[str | None, str | None]:
        """Reason and remedy; both None if it can run."""

    @abstractmethod
    def version(self) -> str | None: ...

    @abstractmethod
    def load_on_gpu(self, case: WorkerCase) -> LoadedCase: ...

    def describe(self) -> BackendStatus:
        reason, remedy = self.obstacle()
        available = reason is None
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=available,
            reason=reason,
            remedy=remedy,
            version=self.version(),
            precisions=self.precisions if available else (),
            devices=("cuda",) if available else (),
            licence=None,
            options_schema=options_schema(self.id, on_cpu=False),
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        if case.device != "cuda":
            raise BenchError("backend-unavailable", "load", f"{self.label} runs only on a GPU.", "Use the GPU.")
        self.require_precision(case, self.precisions)
        return self.load_on_gpu(case)
