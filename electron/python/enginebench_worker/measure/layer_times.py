"""From a backend's profile to what is kept of it: the costliest layers, and one sum of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, isfinite

from enginebench_worker.backends.base import LayerProfile, NotSupported
from enginebench_worker.wire.domain import LayerTime

MOST_LAYERS = 200


@dataclass(frozen=True)
class CostliestLayers:
    layers: tuple[LayerTime, ...]
    other_layers: int
    other_ms: float


def costliest_first(profile: LayerProfile) -> CostliestLayers:
    told = [layer for layer in profile.layers if isfinite(layer.time_ms) and layer.time_ms >= 0]
    if not told:
        raise NotSupported("The profiler told no layer's time here.")
    ordered = sorted(told, key=lambda layer: -layer.time_ms)
    others = ordered[MOST_LAYERS:]
    return CostliestLayers(tuple(ordered[:MOST_LAYERS]), len(others), fsum(layer.time_ms for layer in others))
