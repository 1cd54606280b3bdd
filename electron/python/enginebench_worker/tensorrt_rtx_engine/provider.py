"""The plugin provider of TensorRT-RTX: whether it can be used here, its registration (once per process), its device and
its sessions.

`probe_tensorrt_rtx` answers without loading the plugin, which needs NVIDIA's driver, ONNX Runtime's CPU package and a
supported GPU. The plugin is also linked to CUDA's runtime, which its wheel holds but neither loads nor names a folder
for, so this loads the wheel's own first: otherwise only a machine with a CUDA 13 toolkit could register it. Every
operator must run on the provider: fallback to the CPU is off, and the profile proves it. Its networks are strongly
typed, so it computes in the types of the ONNX file; it has no switch for TF32, which stays on."""

from __future__ import annotations

import ctypes
import importlib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import cuda_device_count, library_refusal
from enginebench_worker.onnxruntime_engine.placement import NO_FALLBACK
from enginebench_worker.wire.domain import ModelInput, OptimizationRange

PLUGIN = "onnxruntime_ep_nv_tensorrt_rtx"
_DISTRIBUTIONS = (
    "onnxruntime-ep-nv-tensorrt-rtx-cu13",
    "onnxruntime-ep-nv-tensorrt-rtx-cu12",
    "onnxruntime-ep-nv-tensorrt-rtx",
)
_OLDEST_ONNXRUNTIME = (1, 24)
_SET_UP = "Set up the TensorRT-RTX environment."


@dataclass(frozen=True)
class Probe:
    version: str | None
    reason: str | None
    remedy: str | None


def probe_tensorrt_rtx() -> Probe:
    version = next(filter(None, map(version_of, _DISTRIBUTIONS)), None)
    reason, remedy = _why_not()
    return Probe(version, reason, remedy)


def _why_not() -> tuple[str | None, str | None]:
    if cuda_device_count() == 0:
        return "No NVIDIA GPU and driver were found.", "It needs an NVIDIA RTX GPU. Use torch-eager or onnxruntime."
    unfit = library_refusal("tensorrt-rtx")
    if unfit is not None:
        return unfit
    if not is_importable(PLUGIN) or not is_importable("onnxruntime"):
        return "ONNX Runtime's plugin for TensorRT-RTX is not installed in this environment.", _SET_UP
    if version_of("onnxruntime-gpu") is not None:
        return "onnxruntime-gpu is installed along with the plugin, and the two conflict.", _SET_UP
    found = version_of("onnxruntime")
    if found is not None and _numbers(found) < _OLDEST_ONNXRUNTIME:
        return (
            f"ONNX Runtime {found} is installed, but the plugin needs 1.24 or later.",
            f"{_SET_UP} It needs Python 3.11.",
        )
    return None, None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


Shape = Sequence[int]


@dataclass(frozen=True)
class Provider:
    onnxruntime: Any
    name: str
    version: str
    device: Any

    @property
    def tools(self) -> dict[str, str]:
        return {"TensorRT-RTX plugin": self.version, "ONNX Runtime": str(self.onnxruntime.__version__)}

    def session_options(self, settings: Mapping[str, str]) -> Any:
        options = self.onnxruntime.SessionOptions()
        options.log_severity_level = 2
        options.add_session_config_entry(NO_FALLBACK, "1")
        options.add_provider_for_devices([self.device], dict(settings))
        return options


def open_provider(stage: Stage) -> Provider:
    onnxruntime, plugin = importlib.import_module("onnxruntime"), importlib.import_module(PLUGIN)
    name = str(plugin.get_ep_name())
    library = Path(plugin.get_library_path())
    try:
        load_cuda_runtime(library.parent)
        _register(name, str(library))
        devices = [device for device in onnxruntime.get_ep_devices() if device.ep_name == name]
    except Exception as error:  # ONNX Runtime's errors are classes without a common base
        raise BenchError("backend-unavailable", stage, *_load_refusal(error), error) from error
    if not devices:
        message = "TensorRT-RTX found no GPU that it can use."
        raise BenchError("backend-unavailable", stage, message, "Use TensorRT or PyTorch on this GPU.")
    return Provider(onnxruntime, name, str(plugin.__version__), devices[0])


def load_cuda_runtime(package: Path) -> None:
    """Loads the CUDA runtime of the plugin's wheel for every library to see. OSError if the wheel's own is damaged; a
    wheel without one leaves it to the system."""
    if not sys.platform.startswith("linux"):
        return
    for file in sorted(package.glob("libcudart.so.*")):
        ctypes.CDLL(str(file), ctypes.RTLD_GLOBAL)


_MISSING = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")


def _load_refusal(error: BaseException) -> tuple[str, str]:
    found = _MISSING.search(str(error))
    if found is None:
        return "The TensorRT-RTX plugin cannot be loaded.", "Check the GPU driver; the log has the details."
    if found[1].startswith(("libcuda.so", "libnvidia-ml.so")):
        return (
            f"The TensorRT-RTX plugin needs {found[1]}, which comes with the NVIDIA driver, which is not installed.",
            "Install the NVIDIA driver.",
        )
    return f"The TensorRT-RTX plugin needs {found[1]}, which was not found.", "Repair the TensorRT-RTX environment."


def profile_settings(expected: ModelInput, least: Shape, usual: Shape, most: Shape) -> dict[str, str]:
    """All three together, as the provider requires."""
    shapes = {"min": least, "opt": usual, "max": most}
    return {
        f"nv_profile_{name}_shapes": f"{expected.name}:{'x'.join(map(str, shape))}" for name, shape in shapes.items()
    }


def profile_shapes(
    expected: ModelInput, batch: OptimizationRange, size: OptimizationRange | None
) -> tuple[Shape, Shape, Shape]:
    def shape(name: str) -> Shape:
        images, pixels = getattr(batch, name), getattr(size, name, None)
        return (images, expected.channels, pixels or expected.height, pixels or expected.width)

    return shape("min"), shape("opt"), shape("max")


@cache
def _register(name: str, library: str) -> None:
    importlib.import_module("onnxruntime").register_execution_provider_library(name, library)
