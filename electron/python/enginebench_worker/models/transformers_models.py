"""A network of Transformers from its class and its configuration, both data of the manifest, so that none needs the
hub: seeded weights work offline, and weights from a folder are checked against the same architecture.

No code of a repository runs: the class is one of the installed library's."""

from __future__ import annotations

from typing import Any

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.models.seeding import spread_weights
from enginebench_worker.models.sources.torchvision_library import hide_what_does_not_load
from enginebench_worker.models.transformers_weights import load_network
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.model_source import Architecture

hide_what_does_not_load()

import transformers  # noqa: E402  it looks for torchvision once, when it is imported


class NamedOutputs(torch.nn.Module):
    """Returns the wanted fields of a Transformers model's answer as a tuple."""

    def __init__(self, model: torch.nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        answer = self.model(pixel_values=images)
        return tuple(answer[name] for name in self.names)


def build_transformers_module(model: ModelManifest, weights: Weights) -> torch.nn.Module:
    transformers.logging.set_verbosity_error()
    architecture = model.source.architecture
    if architecture is None:
        raise _unknown(
            f"The manifest of {model.name} names no class of Transformers.",
            "Name its class and its configuration as source.architecture.",
        )
    if weights.origin != "seeded":
        return NamedOutputs(_from_folder(architecture, weights).eval(), model.outputs)
    model_class, config = class_and_config(architecture)
    torch.manual_seed(weights.seed)
    module = NamedOutputs(_built(architecture, lambda: model_class(config)).eval(), model.outputs).eval()
    if architecture.seeding == "spread":
        image = torch.Size((1, model.input.channels or 3, model.input.height or 1, model.input.width or 1))
        spread_weights(module, weights.seed, module, image)
    return module


def class_and_config(architecture: Architecture) -> tuple[Any, Any]:
    found = getattr(transformers, architecture.class_name, None)
    if not (isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)):
        raise _unknown(
            f"Transformers {transformers.__version__} has no model class {architecture.class_name}.",
            "Correct the name, or set up a version of Transformers that has it.",
        )
    return found, _built(architecture, lambda: found.config_class.from_dict(dict(architecture.config)))


def _built(architecture: Architecture, build: Any) -> Any:
    """Transformers checks a configuration with errors of many types."""
    try:
        return build()
    except Exception as error:
        raise _unknown(
            f"{architecture.class_name} cannot be built from the configuration in its manifest.",
            "Compare it with the config.json of the model's repository.",
            error,
        ) from error


def _unknown(message: str, remedy: str, cause: object = None) -> BenchError:
    return BenchError("unknown-model", "load", message, remedy, cause)


def _from_folder(architecture: Architecture, weights: Weights) -> torch.nn.Module:
    folder = weights.folder
    if folder is None:
        raise BenchError("weights-unavailable", "load", "No folder of weights was given.", "Resolve the weights first.")
    model_class, config = class_and_config(architecture)
    return load_network(model_class, config, folder, architecture.renamings)
