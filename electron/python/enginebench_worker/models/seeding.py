"""Seeded weights that keep signals alive through a network.

Some libraries draw weights so small, or set whole layers to zero, that every place of a picture gets the same score but
for rounding. What a detector then chooses is chance, and outputs of two engines cannot be compared."""

from __future__ import annotations

import torch


def spread_weights(network: torch.nn.Module, seed: int) -> None:
    """Draws every kernel anew, by He's rule for convolutions and by the number of inputs for linear layers. Biases,
    normalizations and embeddings stay."""
    generator = torch.Generator().manual_seed(seed)
    drawn: set[int] = set()
    with torch.no_grad():
        for module in network.modules():
            if not isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)) or id(module.weight) in drawn:
                continue
            drawn.add(id(module.weight))
            inputs = module.weight[0].numel()
            gain = 2.0 if isinstance(module, torch.nn.Conv2d) else 1.0
            module.weight.normal_(0.0, (gain / inputs) ** 0.5, generator=generator)
