"""A fake of onnxruntime-gpu with its TensorRT provider: the real ONNX Runtime on the CPU under the provider's name.

As the library documents, and as its users report: it lists the provider whether or not TensorRT is there, falls back to
the next provider without an error, tells placement only if it was asked to record it, keeps an engine per graph in its
cache folder, and reads NVIDIA_TF32_OVERRIDE once. Nothing here says how fast or how right the real provider is."""

from __future__ import annotations

import importlib.machinery
import json
import os
import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
from fake_onnxruntime_gpu import CPU, CUDA, FakeBinding, FakeValue

TENSORRT = "TensorrtExecutionProvider"
ENGINE = "TensorrtExecutionProvider_TRTKernel_graph_main_graph_1_0_0_sm89.engine"
NO_GRAPH = (
    "This session cannot use the graph capture feature as requested by the user as all compute graph nodes have not "
    "been partitioned to the TensorrtExecutionProvider"
)


@dataclass
class TensorRt:
    """How the fake is to behave, and what it was asked."""

    starts: bool = True
    lists_provider: bool = True
    left_over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Operators that others take, by provider."""
    runs_elsewhere: str | None = None
    """The provider that the profile tells, though no node was given to it."""
    fails: str | None = None
    """The words of an error while a session is made."""
    capture_fails: str | None = None
    ignores_switches: bool = False
    settings: list[dict[str, str]] = field(default_factory=list)
    builds: int = 0
    tf32_override: str | None = "never read"

    def install(self, monkeypatch: pytest.MonkeyPatch) -> TensorRt:
        module = types.ModuleType("onnxruntime")
        for name in ("SessionOptions", "ExecutionMode", "GraphOptimizationLevel"):
            setattr(module, name, getattr(onnxruntime, name))
        module.__version__ = "1.31.1"
        module.__spec__ = importlib.machinery.ModuleSpec("onnxruntime", None)
        module.cuda_version = "13.0"
        module.preload_dlls = self._preload
        module.get_available_providers = lambda: [*([TENSORRT] if self.lists_provider else []), CUDA, CPU]
        module.InferenceSession = self._session
        module.OrtValue = FakeValue
        monkeypatch.setitem(sys.modules, "onnxruntime", module)
        return self

    def _preload(self, cuda: bool, cudnn: bool) -> None:
        assert cuda and cudnn
        self.tf32_override = os.environ.get("NVIDIA_TF32_OVERRIDE")

    def _session(self, file: str, options: Any, providers: Sequence[Any], enable_fallback: int) -> FakeSession:
        assert enable_fallback == 0, "its own way of falling back tries the next provider, and prints"
        (name, settings), *others = providers
        assert (name, others) == (TENSORRT, [CUDA, CPU])
        self.settings.append(settings)
        if self.fails is not None:
            raise RuntimeError(self.fails)
        if self.starts:
            self._build(settings)
            if settings["trt_cuda_graph_enable"] == "1" and self.left_over:
                raise RuntimeError(NO_GRAPH)
        return FakeSession(self, file, options, settings)

    def _build(self, settings: Mapping[str, str]) -> None:
        if settings.get("trt_engine_cache_enable") != "1":
            self.builds += 1
            return
        kept = Path(settings["trt_engine_cache_path"]) / ENGINE
        if not kept.exists():
            self.builds += 1
            kept.write_bytes(b"engine")
        elif kept.read_bytes() != b"engine":
            raise RuntimeError(f"TensorRT EP could not deserialize engine from cache: {kept}")


class FakeSession:
    def __init__(self, tensorrt: TensorRt, file: str, options: Any, settings: Mapping[str, str]) -> None:
        self._tensorrt, self._settings = tensorrt, settings
        self._records = options.get_session_config_entry("session.record_ep_graph_assignment_info") == "1"
        self._captured = settings["trt_cuda_graph_enable"] == "0"
        self._real = onnxruntime.InferenceSession(file, options, providers=[CPU])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_providers(self) -> list[str]:
        return [*([TENSORRT] if self._tensorrt.starts else []), CUDA, CPU]

    def get_provider_options(self) -> dict[str, dict[str, str]]:
        changed = {"trt_fp16_enable": "1"} if self._tensorrt.ignores_switches else {}
        return {TENSORRT: {**self._settings, **changed}}

    def get_provider_graph_assignment_info(self) -> list[Any]:
        if not self._records:
            raise RuntimeError("EP graph assignment information was not enabled.")
        own = TENSORRT if self._tensorrt.starts else CUDA
        placed = {own: ("Conv", "Relu", "Gemm"), **self._tensorrt.left_over}
        return [_part(name, operators) for name, operators in placed.items()]

    def io_binding(self) -> FakeBinding:
        return GraphBinding(self._real.io_binding())

    def run_with_iobinding(self, binding: GraphBinding) -> None:
        if not self._captured:
            if self._tensorrt.capture_fails is not None:
                raise RuntimeError(self._tensorrt.capture_fails)
            assert binding.kept, "a graph writes to the memory it was recorded with"
            self._captured = True
        self._real.run_with_iobinding(binding.real)

    def end_profiling(self) -> str:
        """One node for the whole engine, as the provider reports it."""
        file = Path(self._real.end_profiling())
        node = {"op_name": "TRTKernel_graph_main_graph_1_0", "provider": self._tensorrt.runs_elsewhere or TENSORRT}
        events = [{"cat": "Node", "name": "TensorRT_kernel_time", "args": node}]
        file.write_text(json.dumps(events), encoding="utf-8")
        return str(file)


class GraphBinding(FakeBinding):
    def __init__(self, real: Any) -> None:
        super().__init__(real)
        self.kept: list[str] = []

    def bind_ortvalue_output(self, name: str, value: Any) -> None:
        self.kept.append(name)
        self.real.bind_ortvalue_output(name, value)


def _part(provider: str, operators: Sequence[str]) -> Any:
    nodes = [types.SimpleNamespace(op_type=name) for name in operators]
    return types.SimpleNamespace(ep_name=provider, get_nodes=lambda: nodes)
