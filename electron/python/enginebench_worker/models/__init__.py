"""Builds the PyTorch module that a manifest describes: its architecture, with its resolved weights.

The module takes one float32 image batch and returns a tuple of tensors in the order of the manifest's outputs. Seeded
modules are identical in every process. Weights come from .safetensors files, and from the one file of a package whose
hash the manifest pins; no other pickle is opened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import ModelManifest, Weights

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class BuiltModel:
    module: torch.nn.Module
    versions: dict[str, str]
    """Of the libraries that define the architecture, except torch."""


def build_module(model: ModelManifest, model_folder: str, weights: Weights) -> BuiltModel:
    match model.source.library:
        case "transformers":
            from enginebench_worker.models.transformers_models import build_transformers_module

            module, libraries = build_transformers_module(model, weights), ("transformers",)
        case "built-in":
            from enginebench_worker.models.built_in_models import build_built_in_module

            module, libraries = build_built_in_module(model, weights), ()
        case "ultralytics":
            from enginebench_worker.models.ultralytics_models import build_ultralytics_module

            module, libraries = build_ultralytics_module(model, weights), ("ultralytics",)
        case "hugging-face" | "timm" | "torchvision" | "module":
            from enginebench_worker.models.sources import build_source_module

            module, versions = build_source_module(model, model_folder, weights)
            return BuiltModel(module.eval().requires_grad_(False), versions)
        case "own":
            from enginebench_worker.models.digits import build_digits_module

            module, libraries = build_digits_module(model, model_folder, weights), ()
        case _:
            raise BenchError(
                "unknown-model",
                "load",
                f"{model.name} is only a model file: it has no PyTorch module.",
                "Use a backend that runs ONNX files, e.g. onnxruntime.",
            )
    return BuiltModel(module.eval().requires_grad_(False), {name: version(name) for name in libraries})
