"""Time by layer, as TensorRT's own profiler tells it while the engine runs layer by layer: the median over the queries.

The profiler is called from the library and never raises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median
from typing import Any

from enginebench_worker.backends.base import LayerProfile
from enginebench_worker.wire.domain import LayerTime

METHOD = "TensorRT's profiler, layers timed on the GPU one by one, without a CUDA graph: median over the queries"


class LayerTimes:
    def __init__(self, trt: Any) -> None:
        self._times: dict[str, list[float]] = defaultdict(list)
        times = self._times

        class KeepingProfiler(trt.IProfiler):
            def __init__(self) -> None:
                trt.IProfiler.__init__(self)

            def report_layer_time(self, layer_name: str, ms: float) -> None:
                times[layer_name].append(float(ms))

        self.profiler = KeepingProfiler()
        """For a context to hold: the library keeps no reference of its own."""

    def profile(self, kinds: Mapping[str, str]) -> LayerProfile:
        layers = (LayerTime(name, kinds.get(name) or "layer", median(each)) for name, each in self._times.items())
        return LayerProfile(METHOD, tuple(layers), "device")
