from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.measure import memory


def test_the_peak_grows_with_what_was_touched_and_does_not_shrink() -> None:
    before = memory.process_peak().value
    touched = np.ones(64 * 1024 * 1024, dtype=np.uint8)
    del touched
    after = memory.process_peak().value
    assert before is not None
    assert after is not None
    assert after >= before
    assert after > 64 * 1024 * 1024


def test_without_the_status_file_the_peak_comes_from_resource_use(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = memory.process_peak().value
    monkeypatch.setattr(memory, "_STATUS", Path("/nowhere"))
    rough = memory.process_peak().value
    assert exact is not None
    assert rough is not None
    assert abs(rough - exact) < 0.05 * exact
