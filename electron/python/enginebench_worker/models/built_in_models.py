"""The networks that are written here because no library of the environment has them, with weights from elsewhere: a
package's file, a folder, or a seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.models.efficientnet_lite import EfficientNetLite, configuration_of
from enginebench_worker.models.weights import read_package_file, read_safetensors, weights_do_not_fit
from enginebench_worker.wire.domain import ModelManifest, Weights

NETWORKS: dict[str, Callable[[dict[str, object]], torch.nn.Module]] = {
    "EfficientNetLite": lambda config: EfficientNetLite(configuration_of(config)),
}


def build_built_in_module(model: ModelManifest, weights: Weights) -> torch.nn.Module:
    architecture = model.source.architecture
    build = None if architecture is None else NETWORKS.get(architecture.class_name)
    if architecture is None or build is None:
        raise BenchError(
            "unknown-model",
            "load",
            f"This version has no network of its own that {model.name} could be built as.",
            f"Name one of {', '.join(NETWORKS)} as source.architecture.",
        )
    torch.manual_seed(weights.seed)
    network = build(dict(architecture.config))
    if weights.origin == "seeded":
        return network
    where = str(Path(weights.folder or "") / _file_name(model, weights))
    tensors = read_package_file(where, model) if weights.origin == "package" else read_safetensors(where)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise weights_do_not_fit(where, error) from error
    return network


def _file_name(model: ModelManifest, weights: Weights) -> str:
    source = model.source
    if weights.origin == "package" and source.package is not None:
        return Path(source.package.file).name
    return source.weights_file or "model.safetensors"
