"""The project's own `digits` model: its architecture, and the module with its shipped or seeded weights.

The training script and the PyTorch backends both build it here. Input [batch, 1, 8, 8] float32 in 0..1, output
[batch, 10] logits, 38,282 parameters. The layer names are the names in models/digits/weights.safetensors."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from enginebench_worker.errors import BenchError
from enginebench_worker.models.weights import read_safetensors, weights_do_not_fit
from enginebench_worker.wire.domain import ModelManifest, Weights


class DigitsNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first_convolution = nn.Conv2d(1, 16, kernel_size=3, padding=1)
        self.second_convolution = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.25)
        self.hidden = nn.Linear(32 * 4 * 4, 64)
        self.classifier = nn.Linear(64, 10)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        features = torch.relu(self.first_convolution(pixels))
        features = self.pool(torch.relu(self.second_convolution(features)))
        features = self.dropout(torch.flatten(features, 1))
        return self.classifier(self.dropout(torch.relu(self.hidden(features))))


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
