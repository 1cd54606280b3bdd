"""A fake of onnxruntime-gpu: the real ONNX Runtime on the CPU, which answers to the name of the CUDA provider and takes
memory of `cuda` for the CPU's. No GPU is needed, and nothing here says how fast or how right the real provider is."""

from __future__ import annotations

import importlib.machinery
import json
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
REFUSED = (
    "This session contains graph nodes that are assigned to the default CPU EP, "
    "but fallback to CPU EP has been explicitly disabled by the user."
)


@dataclass
class Gpu:
    """How the fake is to behave, and what it was asked."""

    starts: bool = True
    leaves_to_the_cpu: tuple[str, ...] = ()
    lists_placement: bool = True
    ignores_settings: bool = False
    computes_in: str | None = None
    """The type that its profile tells, whatever the file's."""
    fails: str | None = None
    """The words of an error while a session is made."""
    settings: list[dict[str, str]] = field(default_factory=list)
    preloaded: int = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Gpu:
        module = types.ModuleType("onnxruntime")
        for name in ("SessionOptions", "ExecutionMode", "GraphOptimizationLevel", "__version__"):
            setattr(module, name, getattr(onnxruntime, name))
        module.__spec__ = importlib.machinery.ModuleSpec("onnxruntime", None)
        module.cuda_version = "13.0"
        module.preload_dlls = self._preload
        module.get_available_providers = lambda: [CUDA, CPU]
        module.InferenceSession = self._session
        module.OrtValue = FakeValue
        monkeypatch.setitem(sys.modules, "onnxruntime", module)
        return self

    def _session(self, file: str, options: Any, providers: Any, enable_fallback: int) -> FakeSession:
        assert enable_fallback == 0, "its own way of falling back tries the CPU, and prints"
        return FakeSession(self, file, options, providers)

    def _preload(self, cuda: bool, cudnn: bool) -> None:
        assert cuda and cudnn
        self.preloaded += 1
        print("Failed to load libcublasLt.so.13")


class FakeValue:
    @staticmethod
    def ortvalue_from_shape_and_type(shape: Sequence[int], kind: Any, device: str, index: int) -> Any:
        assert (device, index) == ("cuda", 0)
        return onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, kind, "cpu", 0)


class FakeBinding:
    def __init__(self, real: Any) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def bind_output(self, name: str, device: str, index: int) -> None:
        assert (device, index) == ("cuda", 0)
        self.real.bind_output(name, "cpu", 0)


class FakeSession:
    def __init__(self, gpu: Gpu, file: str, options: Any, providers: Sequence[tuple[str, dict[str, str]]]) -> None:
        [(name, settings)] = providers
        assert name == CUDA
        self._gpu, self._settings = gpu, settings
        gpu.settings.append(settings)
        if gpu.fails is not None:
            raise RuntimeError(gpu.fails)
        alone = options.get_session_config_entry("session.disable_cpu_ep_fallback") == "1"
        if alone and (gpu.leaves_to_the_cpu or not gpu.starts):
            raise RuntimeError(REFUSED)
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "0")
        self._real = onnxruntime.InferenceSession(file, options, providers=[CPU])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_providers(self) -> list[str]:
        return [CUDA, CPU] if self._gpu.starts else [CPU]

    def get_provider_options(self) -> dict[str, dict[str, str]]:
        return {CUDA: {**self._settings, **({"use_tf32": "1"} if self._gpu.ignores_settings else {})}}

    def get_provider_graph_assignment_info(self) -> list[Any]:
        if not self._gpu.lists_placement:
            return []
        nodes = [types.SimpleNamespace(op_type=name) for name in self._gpu.leaves_to_the_cpu]
        return [
            types.SimpleNamespace(ep_name=CUDA, get_nodes=lambda: [types.SimpleNamespace(op_type="Conv")]),
            types.SimpleNamespace(ep_name=CPU, get_nodes=lambda: nodes),
        ]

    def io_binding(self) -> FakeBinding:
        return FakeBinding(self._real.io_binding())

    def run_with_iobinding(self, binding: FakeBinding) -> None:
        self._real.run_with_iobinding(binding.real)

    def end_profiling(self) -> str:
        file = Path(self._real.end_profiling())
        events = json.loads(file.read_text(encoding="utf-8"))
        for event in events:
            arguments = event.get("args", {})
            if "provider" in arguments:
                arguments["provider"] = CUDA
            if self._gpu.computes_in is not None and "input_type_shape" in arguments:
                arguments["input_type_shape"] = [{self._gpu.computes_in: [1]}]
        file.write_text(json.dumps(events), encoding="utf-8")
        return str(file)
