"""A clock that moves only by what sleeps and queries take."""

from __future__ import annotations

import time

import pytest

MS = 1_000_000


class FakeClock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0
        self.slept_ms: list[float] = []
        self.reads = 0
        monkeypatch.setattr(time, "perf_counter_ns", self._read)
        monkeypatch.setattr(time, "sleep", self._sleep)

    def pass_ms(self, milliseconds: float) -> None:
        self.now += int(milliseconds * MS)

    def _read(self) -> int:
        """Each read takes a tenth of a microsecond, so that watching the clock ends."""
        self.reads += 1
        self.now += 100
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.slept_ms.append(seconds * 1e3)
        self.pass_ms(seconds * 1e3)
