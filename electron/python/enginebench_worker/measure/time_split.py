"""Where the time of a query goes, by part and by layer.

Parts: by the host's clock with a wait for the device after each part, and separately by the device's own clock; the two
are never mixed. What comes before and after a query is reported too, as not part of its latency. Layers: from a
backend's profile, the costliest ones and one sum of the rest."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import fsum, isfinite
from typing import get_args

from enginebench_worker.backend import Batch, LayerProfile, LoadedCase, NotSupported, TimedPart
from enginebench_worker.execution import Execution
from enginebench_worker.video.postprocess import FrameSize, postprocessor
from enginebench_worker.wire.domain import LayerTime, PartTime, WorkerCase
from enginebench_worker.wire.facts import MOST_LAYERS, UNTIMED_COPIES, UNTIMED_PREPROCESS


@dataclass(frozen=True)
class CostliestLayers:
    layers: tuple[LayerTime, ...]
    other_layers: int
    other_ms: float


def costliest_first(profile: LayerProfile) -> CostliestLayers:
    told = [layer for layer in profile.layers if isfinite(layer.time_ms) and layer.time_ms >= 0]
    if not told:
        raise NotSupported("The profiler reported no layer times.")
    ordered = sorted(told, key=lambda layer: -layer.time_ms)
    others = ordered[MOST_LAYERS:]
    return CostliestLayers(tuple(ordered[:MOST_LAYERS]), len(others), fsum(layer.time_ms for layer in others))


class PartClock:
    """A backend marks its parts with `part`. A part that a query marks twice counts as the sum."""

    def __init__(self, synchronize: Callable[[], None]) -> None:
        self._synchronize = synchronize
        self._passing: dict[TimedPart, int] = defaultdict(int)
        self._queries: dict[TimedPart, list[int]] = defaultdict(list)

    @contextmanager
    def part(self, name: TimedPart) -> Iterator[None]:
        begin = time.perf_counter_ns()
        yield
        self._synchronize()
        self._passing[name] += time.perf_counter_ns() - begin

    def end_query(self, *, counts: bool = True) -> None:
        if counts:
            for name, duration in self._passing.items():
                self._queries[name].append(duration)
        self._passing.clear()

    def medians_ms(self) -> dict[TimedPart, float]:
        return {name: statistics.median(durations) / 1e6 for name, durations in self._queries.items()}


_PARTS: tuple[TimedPart, ...] = get_args(TimedPart)
_DETECTORS = ("set-detection", "focal-detection", "yolo-detection")
_PREPROCESS = PartTime("preprocess", "host", None, UNTIMED_PREPROCESS, included=False)
_NOT_APART = "this backend cannot time it separately from the rest of the query"


@dataclass(frozen=True)
class SplitTimes:
    method: str
    parts: tuple[PartTime, ...]


class TimeSplitter:
    def __init__(
        self, case: WorkerCase, loaded: LoadedCase, batches: Sequence[Batch], execution: Execution
    ) -> None:
        self._case, self._loaded, self._batches, self._execution = case, loaded, batches, execution

    def split(self, queries: int) -> SplitTimes:
        device = self._device_parts(queries)
        words = "host clock, the device waited for after each part"
        return SplitTimes(
            f"{words}; CUDA events as well" if device else words,
            (
                _PREPROCESS,
                *self._host_parts(queries),
                *self._enqueueing(queries),
                *device,
                self._postprocess(queries),
            ),
        )

    def _host_parts(self, queries: int) -> tuple[PartTime, ...]:
        """The first query is not counted: libraries allocate on it."""
        clock = PartClock(self._loaded.synchronize)
        try:
            for index in range(queries + 1):
                self._execution.step()
                self._loaded.query_in_parts(self._batch(index), clock.part)
                clock.end_query(counts=index > 0)
        except NotSupported as reason:
            return tuple(PartTime(part, "host", None, str(reason), included=True) for part in _PARTS)
        medians = clock.medians_ms()
        missing = UNTIMED_COPIES if self._case.device == "cpu" else _NOT_APART
        return tuple(
            PartTime(part, "host", medians.get(part), None if part in medians else missing, included=True)
            for part in _PARTS
        )

    def _enqueueing(self, queries: int) -> tuple[PartTime, ...]:
        """Time in which the host hands the computation to the device, a share of `compute`; empty without a device."""
        durations: list[int] = []
        for index in range(queries + 1):
            self._execution.step()
            try:
                enqueue = self._loaded.ready_to_enqueue(self._batch(index))
            except NotSupported:
                return ()
            if enqueue is None:
                return ()
            begin = time.perf_counter_ns()
            enqueue()
            durations.append(time.perf_counter_ns() - begin)
            self._loaded.synchronize()
        return (PartTime("enqueue", "host", statistics.median(durations[1:]) / 1e6, None, included=True),)

    def _device_parts(self, queries: int) -> tuple[PartTime, ...]:
        """Empty if the device has no clock."""
        seen: dict[TimedPart, list[float]] = defaultdict(list)
        for index in range(queries + 1):
            self._execution.step()
            try:
                times = self._loaded.device_part_ms(self._batch(index))
            except NotSupported:
                return ()
            if times is None:
                return ()
            if index > 0:
                for part, milliseconds in times.items():
                    seen[part].append(milliseconds)
        return tuple(
            PartTime(part, "device", statistics.median(seen[part]), None, included=True)
            for part in _PARTS
            if part in seen
        )

    def _postprocess(self, queries: int) -> PartTime:
        model, shape = self._case.model, self._case.input.shape
        if model.postprocessing not in _DETECTORS:
            reason = "nothing follows this model: its outputs are the answer"
            return PartTime("postprocess", "host", None, reason, included=False)
        network = FrameSize(*shape[2:])
        judge = postprocessor(model, network, model.score_threshold or 0.5)
        frames = [network] * self._case.batch_size
        durations: list[int] = []
        for index in range(queries):
            self._execution.step()
            outputs = self._loaded.query(self._batch(index))
            begin = time.perf_counter_ns()
            judge(outputs, frames)
            durations.append(time.perf_counter_ns() - begin)
        return PartTime("postprocess", "host", statistics.median(durations) / 1e6, None, included=False)

    def _batch(self, index: int) -> Batch:
        return self._batches[index % len(self._batches)]
