"""What the backends on PyTorch have in common. Imports no torch, so that describing them stays quick.

`PRECISIONS_OF` is what PyTorch offers on each device, eager or compiled. FP16 on a CPU is left out: it is emulated."""

from __future__ import annotations

import importlib.util
import re
from abc import abstractmethod
from pathlib import Path

from enginebench_worker import host_memory, spinning, tuning
from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import (
    NEEDS_NVIDIA_GPU,
    WITHOUT_GPU,
    Refusal,
    cuda_cards,
    cuda_device_count,
    cuda_refusal,
)
from enginebench_worker.wire.backend_rows import TUNED_SETTINGS
from enginebench_worker.wire.domain import BackendCard, BackendStatus, Device, Precision, WorkerCase

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


_CUDA_OF_BUILD = re.compile(r"^cuda\b[^=]*= *(?:'(\d+)[\d.]*'|None)", re.MULTILINE)


def torch_gpu_obstacle() -> Refusal | None:
    """Why the installed PyTorch cannot use the GPU here; None if nothing is known against it."""
    if cuda_device_count() == 0:
        return NEEDS_NVIDIA_GPU
    label, cuda = f"PyTorch {version_of('torch')}", _cuda_of_build()
    if cuda is None:
        return None
    if not cuda:
        return f"{label} is a build for the CPU.", "Install a build of PyTorch for CUDA, or use the CPU."
    return cuda_refusal(int(cuda), label)


def _cuda_of_build() -> str | None:
    """Major version of the CUDA that PyTorch was built with; empty for a build for the CPU, None if it is not told."""
    build = _CUDA_OF_BUILD.search(_version_file())
    return None if build is None else build[1] or ""


def torch_cards() -> tuple[BackendCard, ...] | None:
    """Each card, with why the installed PyTorch cannot use it."""
    cuda = _cuda_of_build()
    return cuda_cards(int(cuda), f"PyTorch {version_of('torch')}") if cuda else None


def torch_devices() -> tuple[Device, ...]:
    return ("cpu",) if torch_gpu_obstacle() is not None else ("cpu", "cuda")


def torch_device_remedies() -> dict[str, str] | None:
    obstacle = torch_gpu_obstacle() if is_importable("torch") else None
    if obstacle == NEEDS_NVIDIA_GPU:
        return {"cuda": WITHOUT_GPU}
    return None if obstacle is None else {"cuda": " ".join(obstacle)}


def _version_file() -> str:
    """PyTorch's own file of what it was built with, read because importing PyTorch takes seconds."""
    spec = importlib.util.find_spec("torch") if is_importable("torch") else None
    try:
        return (Path(spec.origin or "").parent / "version.py").read_text(encoding="utf-8") if spec is not None else ""
    except OSError:
        return ""


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

    def cards(self) -> tuple[BackendCard, ...] | None:
        """Each card, with why this backend cannot run on it."""
        return torch_cards()

    @abstractmethod
    def version(self) -> str | None: ...

    @abstractmethod
    def load_on_gpu(self, case: WorkerCase) -> LoadedCase: ...

    def describe(self) -> BackendStatus:
        return self.gpu_status(
            self.obstacle(),
            version=self.version(),
            precisions=self.precisions,
            options_schema=options_schema(self.id, on_cpu=False),
            cards=self.cards(),
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_gpu(case)
        self.require_precision(case, self.precisions)
        return self.load_on_gpu(case)
