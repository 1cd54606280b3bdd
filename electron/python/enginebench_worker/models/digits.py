"""The project's own model as a module in the form that all models take, with its shipped weights or seeded ones."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from enginebench_worker.errors import BenchError
from enginebench_worker.models.digits_network import DigitsNetwork
from enginebench_worker.models.weight_files import read_safetensors, weights_do_not_fit
from enginebench_worker.wire.domain import ModelManifest, Weights


class _OneOutput(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor]:
        return (self.network(pixels),)


def build_digits_module(model: ModelManifest, model_folder: str, weights: Weights) -> nn.Module:
    torch.manual_seed(weights.seed)
    network = DigitsNetwork()
    if weights.origin != "seeded":
        if model.source.weights_file is None:
            message = f"{model.name} ships no weights file."
            raise BenchError("weights-unavailable", "load", message, "Use its ONNX files.")
        file = str(Path(weights.folder or model_folder) / model.source.weights_file)
        try:
            network.load_state_dict(read_safetensors(file))
        except RuntimeError as error:
            raise weights_do_not_fit(file, error) from error
    return _OneOutput(network)
