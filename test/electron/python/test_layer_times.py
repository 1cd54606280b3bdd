from __future__ import annotations

import pytest
from enginebench_worker.backend import LayerProfile, NotSupported
from enginebench_worker.measure.time_split import MOST_LAYERS, CostliestLayers, costliest_first
from enginebench_worker.wire.domain import LayerTime


def layer(name: str, time_ms: float) -> LayerTime:
    return LayerTime(name, "Conv", time_ms)


def test_layers_come_costliest_first() -> None:
    profile = LayerProfile("a profiler", (layer("cheap", 1), layer("dear", 3), layer("free", 0)))
    assert costliest_first(profile) == CostliestLayers((layer("dear", 3), layer("cheap", 1), layer("free", 0)), 0, 0)


def test_what_is_beyond_the_costliest_is_one_sum() -> None:
    kept = costliest_first(LayerProfile("a profiler", tuple(layer(str(each), each) for each in range(MOST_LAYERS + 3))))
    assert (len(kept.layers), kept.layers[-1], kept.other_layers, kept.other_ms) == (MOST_LAYERS, layer("3", 3), 3, 3)


def test_a_profile_that_tells_no_time_is_no_profile() -> None:
    with pytest.raises(NotSupported, match="told no layer's time"):
        costliest_first(LayerProfile("a profiler", (layer("broken", float("nan")),)))
