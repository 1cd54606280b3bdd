"""A stand-in for the module `torch_tensorrt`, by the names that all releases in test/contract/python/signatures
accept.

A setting that one of them does not take raises TypeError. It compiles nothing: the module runs as it is, as one part
of TensorRT, with or without a part left over, and the engine tells the layers that a test hands it. Needs no GPU."""

from __future__ import annotations

import contextlib
import json
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from bindings_signatures import bindings, versions

_RELEASES = tuple(bindings("torch-tensorrt", version) for version in versions("torch-tensorrt"))
ACCEPTED = frozenset.intersection(*(each.function("dynamo.compile")[0].known for each in _RELEASES))
OF_DEBUGGER = frozenset.intersection(
    *(each.known for release in _RELEASES for each in release.call("dynamo.Debugger", "__init__") or ())
)


@dataclass
class Compiler:
    """How it is to behave, and what it was asked."""

    computes_in: str = "FP16"
    leaves_part_to_pytorch: bool = False
    fails: Exception | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    tells_types: bool = False

    def modules(self, tensorrt_version: str) -> dict[str, types.ModuleType]:
        library, tensorrt = types.ModuleType("torch_tensorrt"), types.ModuleType("tensorrt")
        library.__version__, tensorrt.__version__ = "2.13.0", tensorrt_version
        library.compile = self._compile
        library.dynamo = types.SimpleNamespace(Debugger=self._debugger)
        return {"torch_tensorrt": library, "tensorrt": tensorrt}

    def _compile(self, module: torch.nn.Module, ir: str, **settings: Any) -> torch.nn.Module:
        unknown = set(settings) - ACCEPTED
        if unknown:
            raise TypeError(f"compile() got unexpected arguments {unknown}")
        assert ir == "dynamo"
        self.settings = settings
        if self.fails is not None:
            raise self.fails
        Path(settings["timing_cache_path"]).write_bytes(b"timings")
        kind = {"Format/Datatype": self.computes_in, "Datatype": self.computes_in}
        layers = [{"Name": "product", "LayerType": "gemm", "Inputs": [kind], "Outputs": [kind]}]
        return _Compiled(module, json.dumps({"Layers": layers if self.tells_types else ["product"]}), self)

    @contextlib.contextmanager
    def _debugger(self, **settings: Any) -> Iterator[None]:
        assert set(settings) <= OF_DEBUGGER
        self.tells_types = True
        yield


class _Engine(torch.nn.Module):
    def __init__(self, module: torch.nn.Module, layers: str) -> None:
        super().__init__()
        self.module, self._layers = module, layers

    def get_layer_info(self) -> str:
        return self._layers


class _Compiled(torch.nn.Module):
    def __init__(self, module: torch.nn.Module, layers: str, compiler: Compiler) -> None:
        super().__init__()
        self.add_module("_run_on_acc_0", _Engine(module, layers))
        if compiler.leaves_part_to_pytorch:
            self.add_module("_run_on_gpu_1", torch.nn.Identity())
        self._whole = [module]

    def forward(self, images: torch.Tensor) -> Any:
        return self._whole[0](images)
