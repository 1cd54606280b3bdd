"""A PyTorch module compiled by Torch-TensorRT while it is loaded, for one shape: TensorRT without an ONNX file between.

The types of the module are the precision, as in TensorRT itself. Nothing built is kept for the next start."""

from __future__ import annotations

import re

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import NEEDS_NVIDIA_GPU, cuda_device_count
from enginebench_worker.wire.domain import BackendStatus, Device, Precision, WorkerCase

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16")
_OLDEST = (2, 11)
"""The first whose networks take the types of the module by themselves."""


class TorchTensorRt(Backend):
    id = "torch-tensorrt"
    label = "Torch-TensorRT"
    library_modules = ("torch", "torch_tensorrt")

    def describe(self) -> BackendStatus:
        reason, remedy = _why_not()
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=reason is None,
            reason=reason,
            remedy=remedy,
            version=version_of("torch-tensorrt"),
            precisions=PRECISIONS if reason is None else (),
            devices=("cuda",) if reason is None else (),
            licence=None,
            options_schema=None,
        )

    def start_device(self, device: Device) -> bool:
        from enginebench_worker.torch_engine.runtime import start_device

        return start_device(device)

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("no engine and no tactic timings of earlier starts are used: each start builds the engine",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        if case.device != "cuda":
            raise BenchError("backend-unavailable", "load", "Torch-TensorRT runs on a GPU alone.", "Use the GPU.")
        self.require_precision(case, PRECISIONS)
        from enginebench_worker.torch_engine.torch_tensorrt_case import load_torch_tensorrt_case

        return load_torch_tensorrt_case(case)


def _why_not() -> tuple[str | None, str | None]:
    if cuda_device_count() == 0:
        return NEEDS_NVIDIA_GPU
    torch = version_of("torch")
    if torch is None:
        return "PyTorch is not installed in this environment.", "Set up the Python environment."
    if _release(torch) < _OLDEST:
        return (
            f"PyTorch {torch} is installed, and Torch-TensorRT is used from 2.11 on.",
            "Install PyTorch 2.11 or later.",
        )
    found = version_of("torch-tensorrt")
    get_it = f"In this environment: pip install torch-tensorrt=={'.'.join(map(str, _release(torch)))}.*"
    if found is None or not is_importable("torch_tensorrt"):
        return "Torch-TensorRT is not installed in this environment.", get_it
    if _release(found) != _release(torch):
        return f"Torch-TensorRT {found} is installed beside PyTorch {torch}, and is not made for it.", get_it
    return None, None


def _release(version: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
