"""Time by layer, as OpenVINO's own counters tell it for a model that was compiled a second time with them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

from enginebench_worker.backends.base import LayerProfile
from enginebench_worker.wire.domain import LayerTime

COUNTING = "PERF_COUNT"
METHOD = "OpenVINO's counters of a second compilation (PERF_COUNT), real time of each layer: median over the queries"


def layer_profile(queries: Iterable[Iterable[Any]]) -> LayerProfile:
    """`queries`: of each query, the request's `profiling_info`. Layers that did not run, being fused, are left out."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for layers in queries:
        for layer in layers:
            if layer.status.name == "EXECUTED":
                times[layer.node_name, layer.node_type].append(layer.real_time.total_seconds() * 1e3)
    return LayerProfile(METHOD, tuple(LayerTime(*names, median(each)) for names, each in times.items()))
