"""The plugin provider: registered once a process, its device found, its sessions set up.

Every operator must run on it: falling back to the CPU is switched off, and the profile shows it. Its networks are
strongly typed, so that it computes in the types of the ONNX file; it has no switch for TF32, which stays on."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.tensorrt_rtx_engine.probe import PLUGIN
from enginebench_worker.wire.domain import ModelInput, OptimizationRange

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
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
        options.add_provider_for_devices([self.device], dict(settings))
        return options


def open_provider(stage: Stage) -> Provider:
    onnxruntime, plugin = importlib.import_module("onnxruntime"), importlib.import_module(PLUGIN)
    name = str(plugin.get_ep_name())
    try:
        _register(name, str(plugin.get_library_path()))
        devices = [device for device in onnxruntime.get_ep_devices() if device.ep_name == name]
    except Exception as error:  # ONNX Runtime's errors are classes of their own without a common base
        message = "The TensorRT-RTX plugin cannot be loaded."
        raise BenchError("backend-unavailable", stage, message, "Check the GPU driver.", error) from error
    if not devices:
        message = "TensorRT-RTX found no GPU that it can use."
        raise BenchError("backend-unavailable", stage, message, "Use TensorRT or PyTorch on this GPU.")
    return Provider(onnxruntime, name, str(plugin.__version__), devices[0])


def profile_settings(expected: ModelInput, least: Shape, usual: Shape, most: Shape) -> dict[str, str]:
    """All three together, as the provider wants them."""
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
