"""Times of an engine's layers, by TensorRT's own profiler. The library calls it while the engine runs layer by layer,
so nothing here raises. A name that comes more than once in a query, as in loops, counts as the sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median
from typing import Any

from enginebench_worker.backend import LayerProfile
from enginebench_worker.wire.domain import LayerTime

METHOD = "TensorRT's profiler, layers timed on the GPU one by one, without a CUDA graph: median over the queries"


class LayerTimes:
    def __init__(self, trt: Any) -> None:
        self._queries: dict[str, list[float]] = defaultdict(list)
        self._passing: dict[str, float] = defaultdict(float)
        passing = self._passing

        class KeepingProfiler(trt.IProfiler):
            def __init__(self) -> None:
                trt.IProfiler.__init__(self)

            def report_layer_time(self, layer_name: str, ms: float) -> None:
                passing[layer_name] += float(ms)

        self.profiler = KeepingProfiler()
        """Keep a reference to it: the library does not."""

    def end_query(self) -> None:
        for name, milliseconds in self._passing.items():
            self._queries[name].append(milliseconds)
        self._passing.clear()

    def profile(self, kinds: Mapping[str, str]) -> LayerProfile:
        layers = (LayerTime(name, kinds.get(name) or "layer", median(each)) for name, each in self._queries.items())
        return LayerProfile(METHOD, tuple(layers), "device")
