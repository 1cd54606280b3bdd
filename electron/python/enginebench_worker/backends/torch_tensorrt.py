"""A PyTorch module compiled by Torch-TensorRT while it is loaded, for one shape: TensorRT without an ONNX file.

The types of the module are the precision, as in TensorRT itself. No build is kept for the next start."""

from __future__ import annotations

import re

from enginebench_worker.backend import LoadedCase
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import NEEDS_NVIDIA_GPU, cuda_device_count, library_cards, library_refusal
from enginebench_worker.torch_engine.backend import NOT_INSTALLED, TorchGpuBackend
from enginebench_worker.wire.backend_rows import BACKEND_ROWS
from enginebench_worker.wire.domain import BackendCard, WorkerCase

_OLDEST = (2, 11)
"""The first whose networks take the types of the module by themselves."""


class TorchTensorRt(TorchGpuBackend):
    id = "torch-tensorrt"
    library_modules = ("torch", "torch_tensorrt")
    precisions = BACKEND_ROWS["torch-tensorrt"].precisions

    def obstacle(self) -> tuple[str | None, str | None]:
        return _why_not()

    def cards(self) -> tuple[BackendCard, ...] | None:
        return library_cards("torch-tensorrt")

    def version(self) -> str | None:
        return version_of("torch-tensorrt")

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("no engine and no tactic timings from earlier starts are used: each start builds the engine",)

    def load_on_gpu(self, case: WorkerCase) -> LoadedCase:
        from enginebench_worker.torch_engine.runtime import load_shaped_case
        from enginebench_worker.torch_engine.torch_tensorrt_case import TorchTensorRtCase

        return load_shaped_case(case, TorchTensorRtCase)


def _why_not() -> tuple[str | None, str | None]:
    if cuda_device_count() == 0:
        return NEEDS_NVIDIA_GPU
    unfit = library_refusal("torch-tensorrt")
    if unfit is not None:
        return unfit
    torch = version_of("torch")
    if torch is None:
        return NOT_INSTALLED
    if _release(torch) < _OLDEST:
        return (
            f"PyTorch {torch} is installed, but Torch-TensorRT needs PyTorch 2.11 or later.",
            "Install PyTorch 2.11 or later.",
        )
    found = version_of("torch-tensorrt")
    get_it = f"In this environment: pip install torch-tensorrt=={'.'.join(map(str, _release(torch)))}.*"
    if found is None or not is_importable("torch_tensorrt"):
        return "Torch-TensorRT is not installed in this environment.", get_it
    if _release(found) != _release(torch):
        return f"Torch-TensorRT {found} does not match PyTorch {torch}.", get_it
    return None, None


def _release(version: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
