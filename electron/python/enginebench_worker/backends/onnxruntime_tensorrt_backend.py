"""ONNX Runtime on its TensorRT provider, every node of it: a model that is shared with other providers is refused.

Its engines are built from ONNX files while a case is loaded, and kept for the next one."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import (
    NEEDS_NVIDIA_GPU,
    cuda_device_count,
    cuda_refusal,
    library_cards,
    library_refusal,
    open_primary_context,
)
from enginebench_worker.onnxruntime_engine.cuda_provider import CUDA_OF_GPU_PACKAGE
from enginebench_worker.onnxruntime_engine.tensorrt_provider import (
    OPTIONS_SCHEMA,
    SET_UP,
    TENSORRT_MAJOR,
    tensorrt_version,
)
from enginebench_worker.wire.backend_rows import BACKEND_ROWS
from enginebench_worker.wire.domain import BackendStatus, Device, WorkerCase

PRECISIONS = BACKEND_ROWS["onnxruntime-tensorrt"].precisions
_OLDEST = (1, 24)
"""The first that tells where each node went."""


class OnnxRuntimeTensorRt(Backend):
    id = "onnxruntime-tensorrt"
    library_modules = ("onnxruntime",)

    def describe(self) -> BackendStatus:
        return self.gpu_status(
            _why_not(),
            version=version_of("onnxruntime-gpu"),
            precisions=PRECISIONS,
            options_schema=OPTIONS_SCHEMA,
            cards=library_cards("onnxruntime-tensorrt"),
        )

    def start_device(self, device: Device) -> bool:
        return device == "cuda" and open_primary_context()

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        return ("an engine that was built for this case before is taken from Enginebench's cache; else it is built",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_gpu(case)
        self.require_precision(case, PRECISIONS)
        if case.onnx_file is None or not Path(case.onnx_file).is_file():
            message = f"No ONNX file of {case.model.name} in {case.precision} was found."
            raise BenchError("missing-artifact", "load", message, "Export the model to ONNX first.")
        from enginebench_worker.onnxruntime_engine.tensorrt_case import load_tensorrt_case

        return load_tensorrt_case(case, Path(case.onnx_file))


def _why_not() -> tuple[str | None, str | None]:
    """Looks at packages only: a library that is missing is named when a case is loaded."""
    if cuda_device_count() == 0:
        return NEEDS_NVIDIA_GPU
    unfit = library_refusal("onnxruntime-tensorrt")
    if unfit is not None:
        return unfit
    found, tensorrt = version_of("onnxruntime-gpu"), tensorrt_version()
    if found is None or not is_importable("onnxruntime"):
        return "ONNX Runtime's package for GPUs is not installed in this environment.", SET_UP
    if _numbers(found) < _OLDEST:
        return f"onnxruntime-gpu {found} is installed, but 1.24 or later is needed.", SET_UP
    if tensorrt is not None and _numbers(tensorrt)[0] != TENSORRT_MAJOR:
        return f"TensorRT {tensorrt} is installed, but onnxruntime-gpu {found} needs TensorRT {TENSORRT_MAJOR}.", SET_UP
    return cuda_refusal(CUDA_OF_GPU_PACKAGE, f"onnxruntime-gpu {found}") or (None, None)


def _numbers(version: str) -> tuple[int, int]:
    major, minor, *_ = (*version.split("."), "0")
    return int(major), int(minor)
