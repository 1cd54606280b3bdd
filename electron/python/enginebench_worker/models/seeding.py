"""Seeded weights that keep signals alive through a network.

Some libraries draw weights so small, or set whole layers to zero, that every place of a picture gets the same score but
for rounding. What a detector then chooses is chance, and outputs of two engines cannot be compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

_KERNELS = (torch.nn.Conv2d, torch.nn.Linear)


def spread_weights(
    network: torch.nn.Module, seed: int, query: Callable[[torch.Tensor], Any], image: torch.Size
) -> None:
    """Draws every kernel anew, then scales those of convolutions on one query of noise, in order, so that each puts out
    values of about 1. Scales are powers of two, so that they are the same in every process, however it rounds. Biases,
    normalizations and embeddings stay."""
    generator = torch.Generator().manual_seed(seed)
    drawn: set[int] = set()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, _KERNELS) and id(module.weight) not in drawn:
                drawn.add(id(module.weight))
                module.weight.normal_(0.0, module.weight[0].numel() ** -0.5, generator=generator)
        hooks = [each.register_forward_hook(_scale) for each in network.modules() if isinstance(each, torch.nn.Conv2d)]
        try:
            query(torch.randn(image, generator=generator))
        finally:
            for hook in hooks:
                hook.remove()


def _scale(module: torch.nn.Module, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
    size = float(output.std())
    scale = 2.0 ** round(math.log2(size)) if math.isfinite(size) and size > 0 else 1.0
    module.weight.div_(scale)  # type: ignore[union-attr, operator]
    return output / scale
