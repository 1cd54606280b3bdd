from __future__ import annotations

import random
import time

import pytest
from enginebench_worker.execution import Execution
from enginebench_worker.measure.loop import TimedLoop
from enginebench_worker.measure.warmup import WarmupRule, judge, warm_up
from enginebench_worker.wire.domain import Steadiness


def noisy(count: int, spread: float, seed: int) -> list[float]:
    source = random.Random(seed)
    return [10 * source.lognormvariate(0, spread) for _ in range(count)]


def test_equal_latencies_are_steady() -> None:
    assert judge([10.0] * 100) == (
        "steady",
        "the last two windows of 50 queries each differ by 0.0%, within 5.0%",
    )


def test_a_step_between_the_windows_is_not_steady() -> None:
    assert judge([10.0] * 50 + [9.0] * 50) == (
        "no-steady-state",
        "the last two windows of 50 queries each differ by 10.0%, above 5.0%",
    )


def test_a_slow_drift_one_way_is_not_steady_though_the_windows_agree() -> None:
    verdict, reason = judge([10 - 0.004 * index for index in range(100)])
    assert (verdict, reason) == ("no-steady-state", "medians moved one way by -3.2% over the last 100 queries")


def test_few_samples_are_judged_by_what_fits_and_say_so() -> None:
    verdict, reason = judge([10.0] * 8)
    assert (verdict, "4 queries each (all that fitted)" in reason) == ("steady", True)


def test_too_few_samples_are_not_judged() -> None:
    assert judge([10.0] * 5) == ("not-checked", "only 5 queries fitted in the warm-up: too few to judge")


@pytest.mark.parametrize("spread", [0.02, 0.1, 0.6])
def test_noise_alone_seldom_refuses(spread: float) -> None:
    refused = sum(judge(noisy(100, spread, seed))[0] != "steady" for seed in range(400))
    assert refused / 400 < 0.05


class Latencies:
    """A clock that moves only by what each query takes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, latency_of_query: object) -> None:
        self.now = 0
        self.queries = 0
        self._latency_of_query = latency_of_query
        monkeypatch.setattr(time, "perf_counter_ns", lambda: self.now)

    def query(self, batch: object) -> None:
        self.now += int(self._latency_of_query(self.queries) * 1e6)  # type: ignore[operator]
        self.queries += 1


RULE = WarmupRule(minimum_iterations=20, minimum_ms=2000, cap_ms=30_000)


def test_warming_up_goes_on_until_iterations_and_time_are_reached(
    monkeypatch: pytest.MonkeyPatch, execution: Execution
) -> None:
    latencies = Latencies(monkeypatch, lambda index: 10)
    reason = "the last two windows of 50 queries each differ by 0.0%, within 5.0%"
    assert warm_up(TimedLoop(latencies.query, ["a"]), RULE, execution) == Steadiness("steady", 200, 2000.0, reason)


def test_a_slow_start_is_waited_out(monkeypatch: pytest.MonkeyPatch, execution: Execution) -> None:
    latencies = Latencies(monkeypatch, lambda index: 10 if index > 300 else 30 - index * 0.05)
    steadiness = warm_up(TimedLoop(latencies.query, ["a"]), RULE, execution)
    assert (steadiness.verdict, steadiness.iterations > 350) == ("steady", True)


def test_what_never_settles_ends_at_the_cap(monkeypatch: pytest.MonkeyPatch, execution: Execution) -> None:
    latencies = Latencies(monkeypatch, lambda index: 10 * 1.01**index)
    steadiness = warm_up(TimedLoop(latencies.query, ["a"]), RULE, execution)
    assert steadiness.verdict == "no-steady-state"
    assert 30_000 <= steadiness.elapsed_ms < 30_000 + latencies.now


def test_it_never_takes_longer_than_its_cap_and_one_query(
    monkeypatch: pytest.MonkeyPatch, execution: Execution
) -> None:
    latencies = Latencies(monkeypatch, lambda index: 7000)
    steadiness = warm_up(TimedLoop(latencies.query, ["a"]), RULE, execution)
    assert (steadiness.verdict, steadiness.iterations, steadiness.elapsed_ms) == ("not-checked", 5, 35_000.0)
