"""A fake of the names of ONNX Runtime and of its plugin for TensorRT-RTX that the worker uses: no GPU is needed,
and nothing is computed by either.

`InferenceSession` runs the given ONNX file in the real ONNX Runtime on the CPU, under the plugin's provider name. Names
are held against the real ones by a test; how the real plugin behaves is not."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest
from bindings_signatures import bindings
from fake_onnxruntime_gpu import REFUSED
from onnx import helper

PROVIDER = "NvTensorRTRTXExecutionProvider"
PLUGIN_NAMES = bindings("tensorrt-rtx-plugin", "0.5.0").functions | {"__version__"}
"""Those that the official wheel's package defines."""


@dataclass(frozen=True)
class FakeDevice:
    ep_name: str


class FakeSessionOptions:
    def __init__(self) -> None:
        self.log_severity_level = 2
        self.enable_profiling = False
        self.profile_file_prefix = ""
        self.entries: dict[str, str] = {}
        self.devices: list[FakeDevice] = []
        self.settings: dict[str, str] = {}

    def add_session_config_entry(self, name: str, value: str) -> None:
        self.entries[name] = value

    def add_provider_for_devices(self, devices: Sequence[FakeDevice], settings: Mapping[str, str]) -> None:
        self.devices, self.settings = list(devices), dict(settings)

    def set_load_cancellation_flag(self, cancelled: bool) -> None:
        del cancelled


@dataclass
class Plugin:
    """What the fake was asked, and how it is to behave."""

    devices: tuple[str, ...] = ("CPUExecutionProvider", PROVIDER)
    left_over: str | None = None
    refuses: bool = False
    leaves_to_the_cpu: bool = False
    registered: list[tuple[str, str]] = field(default_factory=list)
    options: list[FakeSessionOptions] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Plugin:
        monkeypatch.setitem(sys.modules, "onnxruntime", self._onnxruntime())
        monkeypatch.setitem(sys.modules, "onnxruntime_ep_nv_tensorrt_rtx", self._plugin())
        return self

    def _plugin(self) -> types.ModuleType:
        module = types.ModuleType("onnxruntime_ep_nv_tensorrt_rtx")
        module.__version__ = "0.5.0"
        module.get_ep_name = lambda: PROVIDER
        module.get_library_path = lambda: "/plugin/libonnxruntime_providers_nv_tensorrt_rtx.so"
        return module

    def _onnxruntime(self) -> types.ModuleType:
        module = types.ModuleType("onnxruntime")
        module.__version__ = "1.32.0"
        module.SessionOptions = FakeSessionOptions
        module.register_execution_provider_library = lambda name, path: self.registered.append((name, path))
        module.get_ep_devices = lambda: [FakeDevice(name) for name in self.devices]
        module.ModelCompiler = self._compiler
        module.InferenceSession = self._session
        return module

    def _compiler(
        self,
        options: FakeSessionOptions,
        source: str,
        embed_compiled_data_into_model: bool = False,
    ) -> FakeCompiler:
        self.options.append(options)
        return FakeCompiler(self, Path(source), embed_compiled_data_into_model)

    def _session(self, file: str, options: FakeSessionOptions, enable_fallback: int) -> FakeSession:
        assert enable_fallback == 0, "its own way of falling back tries the CPU, and prints"
        self.options.append(options)
        if self.refuses:
            raise RuntimeError("Unsupported compute capability")
        if self.leaves_to_the_cpu:
            raise RuntimeError(REFUSED)
        return FakeSession(self, Path(file), options)


@dataclass(frozen=True)
class FakeCompiler:
    plugin: Plugin
    source: Path
    embeds: bool

    def compile_to_file(self, file: str) -> None:
        """One EPContext node that carries the source, so that a session can run it."""
        if self.plugin.refuses:
            raise RuntimeError("Unsupported operator")
        assert self.embeds, "an engine beside its file would be left behind"
        graph = onnx.load(self.source).graph
        attributes = {
            "embed_mode": 1,
            "ep_cache_context": self.source.read_bytes(),
            "main_context": 1,
        }
        names = (
            [value.name for value in graph.input],
            [value.name for value in graph.output],
        )
        nodes = [helper.make_node("EPContext", *names, domain="com.microsoft", **attributes)]
        if self.plugin.left_over is not None:
            nodes.append(helper.make_node(self.plugin.left_over, names[0], ["left-over"]))
        context = helper.make_graph(nodes, "context", list(graph.input), list(graph.output))
        Path(file).write_bytes(helper.make_model(context).SerializeToString())


class FakeSession:
    def __init__(self, plugin: Plugin, file: Path, options: FakeSessionOptions) -> None:
        content = file.read_bytes()
        [first, *_] = onnx.load_from_string(content).graph.node
        carried = [attribute.s for attribute in first.attribute if attribute.name == "ep_cache_context"]
        self._real = onnxruntime.InferenceSession(carried[0] if carried else content)
        self._plugin, self._options = plugin, options
        if options.enable_profiling:  # begun at once, as the real one does
            Path(f"{options.profile_file_prefix}.json").write_text("[]", encoding="utf-8")

    def get_inputs(self) -> Any:
        return self._real.get_inputs()

    def get_outputs(self) -> Any:
        return self._real.get_outputs()

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Any]) -> Any:
        return self._real.run(outputs, inputs)

    def end_profiling(self) -> str:
        providers = [
            PROVIDER,
            *(["CPUExecutionProvider"] if self._plugin.left_over is not None else []),
        ]
        events = [
            {
                "cat": "Node",
                "args": {
                    "op_name": "EPContext",
                    "provider": name,
                    "input_type_shape": [{"float": [1]}],
                },
            }
            for name in providers
        ]
        file = Path(f"{self._options.profile_file_prefix}.json")
        file.write_text(json.dumps(events), encoding="utf-8")
        return str(file)
