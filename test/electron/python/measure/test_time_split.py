from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.backend import LayerProfile, MarkPart, NotSupported, TimedPart
from enginebench_worker.backends.null_backend import NullCase
from enginebench_worker.execution import Execution
from enginebench_worker.measure.time_split import (
    CostliestLayers,
    PartClock,
    SplitTimes,
    TimeSplitter,
    costliest_first,
)
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import LayerTime, PartTime, WorkerCase
from enginebench_worker.wire.facts import MOST_LAYERS
from fake_clock import FakeClock
from worker_case import digits_case

ON_THE_CPU = "the case runs on the CPU: nothing is copied to or from a device"
NOTHING_FOLLOWS = "nothing follows this model: its outputs are the answer"
PREPROCESS = PartTime("preprocess", "host", None, "images are prepared before anything is timed", included=False)
POSTPROCESS = PartTime("postprocess", "host", None, NOTHING_FOLLOWS, included=False)


class Gpu(NullCase):
    """Asks its device and goes on; the device is done when it is waited for. The first query is slow."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock, self.pending_ms, self.queries = clock, 0.0, 0

    def synchronize(self) -> None:
        self.clock.pass_ms(self.pending_ms)
        self.pending_ms = 0

    def query_in_parts(self, batch: np.ndarray, part: MarkPart) -> Sequence[np.ndarray]:
        slow = 100 if self.queries == 0 else 0
        self.queries += 1
        with part("host-to-device"):
            self.pending_ms += 2 + slow
        with part("compute"):
            self.clock.pass_ms(1)
            self.pending_ms += 10 + slow
        with part("device-to-host"):
            self.clock.pass_ms(3)
        return (batch,)

    def device_part_ms(self, batch: np.ndarray) -> dict[TimedPart, float] | None:
        return {"host-to-device": 1.5, "compute": 9.0}


class EnqueueingGpu(Gpu):
    """Its host takes 4 ms to hand the computation over, which the device then needs 10 ms for."""

    def ready_to_enqueue(self, batch: np.ndarray) -> Callable[[], None]:
        self.clock.pass_ms(2)

        def enqueue() -> None:
            self.clock.pass_ms(4)
            self.pending_ms += 10

        return enqueue


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    return FakeClock(monkeypatch)


@pytest.fixture
def case(digits_record: dict[str, Any], digits_folder: Path) -> WorkerCase:
    return from_json(WorkerCase, digits_case(digits_record, digits_folder, "torch-eager", "fp32", batchSize=1))


def split(case: WorkerCase, loaded: NullCase, execution: Execution, queries: int = 3) -> SplitTimes:
    batches = [np.zeros((case.batch_size, *case.input.shape[1:]), np.float32)]
    return TimeSplitter(case, loaded, batches, execution).split(queries)


def rounded(parts: Sequence[PartTime]) -> list[tuple[str, str, float | None]]:
    return [(each.part, each.clock, each.median_ms and round(each.median_ms, 2)) for each in parts]


def test_each_part_ends_when_the_device_has_done_it_and_the_first_query_is_not_counted(
    clock: FakeClock, case: WorkerCase, execution: Execution
) -> None:
    found = split(case, Gpu(clock), execution)
    assert found.method == "host clock, the device waited for after each part; CUDA events as well"
    assert rounded(found.parts) == [
        ("preprocess", "host", None),
        ("host-to-device", "host", 2),
        ("compute", "host", 11),
        ("device-to-host", "host", 3),
        ("host-to-device", "device", 1.5),
        ("compute", "device", 9),
        ("postprocess", "host", None),
    ]


def test_enqueueing_is_timed_without_the_copy_before_it_and_the_wait_after_it(
    clock: FakeClock, case: WorkerCase, execution: Execution
) -> None:
    found = [part for part in split(case, EnqueueingGpu(clock), execution).parts if part.part == "enqueue"]
    assert [(part.clock, round(part.median_ms or 0, 2), part.included) for part in found] == [("host", 4.0, True)]


def test_only_what_the_latency_of_the_rounds_holds_is_marked_included(
    clock: FakeClock, case: WorkerCase, execution: Execution
) -> None:
    parts = split(case, Gpu(clock), execution).parts
    assert {part.part for part in parts if not part.included} == {"preprocess", "postprocess"}


def test_a_backend_that_cannot_tell_its_parts_apart_gives_its_reason_for_each(
    case: WorkerCase, execution: Execution
) -> None:
    reason = "This backend cannot time the parts of a query separately."
    assert split(case, NullCase(), execution) == SplitTimes(
        "host clock, the device waited for after each part",
        (
            PREPROCESS,
            PartTime("host-to-device", "host", None, reason, included=True),
            PartTime("compute", "host", None, reason, included=True),
            PartTime("device-to-host", "host", None, reason, included=True),
            POSTPROCESS,
        ),
    )


def test_a_part_that_does_not_exist_on_a_cpu_has_no_time_and_a_reason(
    clock: FakeClock, case: WorkerCase, execution: Execution
) -> None:
    class OnTheCpu(NullCase):
        def query_in_parts(self, batch: np.ndarray, part: MarkPart) -> Sequence[np.ndarray]:
            with part("compute"):
                clock.pass_ms(4)
            return (batch,)

    parts = split(case, OnTheCpu(), execution).parts
    assert [(part.part, part.reason) for part in parts[1:4]] == [
        ("host-to-device", ON_THE_CPU),
        ("compute", None),
        ("device-to-host", ON_THE_CPU),
    ]


def test_a_detectors_own_postprocessing_is_timed_and_not_included(
    digits_record: dict[str, Any], digits_folder: Path, execution: Execution
) -> None:
    class Detector(NullCase):
        def query(self, batch: np.ndarray) -> Sequence[np.ndarray]:
            return np.zeros((1, 100, 92), np.float32), np.full((1, 100, 4), 0.5, np.float32)

        def query_in_parts(self, batch: np.ndarray, part: MarkPart) -> Sequence[np.ndarray]:
            raise NotSupported("No parts.")

    record = {**digits_record, "postprocessing": "set-detection"}
    detector = from_json(WorkerCase, digits_case(record, digits_folder, "torch-eager", "fp32", batchSize=1))
    last = split(detector, Detector(), execution).parts[-1]
    assert (last.part, last.reason, last.included) == ("postprocess", None, False)
    assert last.median_ms is not None
    assert last.median_ms > 0


def test_a_part_that_a_query_marks_twice_counts_as_the_sum(clock: FakeClock) -> None:
    parts = PartClock(lambda: None)
    for milliseconds in (2, 3):
        with parts.part("compute"):
            clock.pass_ms(milliseconds)
    parts.end_query()
    assert {name: round(median, 2) for name, median in parts.medians_ms().items()} == {"compute": 5}


def layer(name: str, time_ms: float) -> LayerTime:
    return LayerTime(name, "Conv", time_ms)


def test_layers_come_costliest_first() -> None:
    profile = LayerProfile("a profiler", (layer("cheap", 1), layer("dear", 3), layer("free", 0)))
    assert costliest_first(profile) == CostliestLayers((layer("dear", 3), layer("cheap", 1), layer("free", 0)), 0, 0)


def test_what_is_beyond_the_costliest_is_one_sum() -> None:
    kept = costliest_first(LayerProfile("a profiler", tuple(layer(str(each), each) for each in range(MOST_LAYERS + 3))))
    assert (len(kept.layers), kept.layers[-1], kept.other_layers, kept.other_ms) == (MOST_LAYERS, layer("3", 3), 3, 3)


def test_a_profile_that_tells_no_time_is_no_profile() -> None:
    with pytest.raises(NotSupported, match="reported no layer times"):
        costliest_first(LayerProfile("a profiler", (layer("broken", float("nan")),)))
