"""The architecture of the `digits` model, in one place: the training script and the PyTorch backends build it here.

Input [batch, 1, 8, 8] float32 in 0..1, output [batch, 10] logits. 38,282 parameters. Does not load weights or say
which device it runs on; the names of its layers are the names in models/digits/weights.safetensors."""

import torch
from torch import nn


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
