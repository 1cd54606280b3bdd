from __future__ import annotations

import numpy as np
import pytest
from enginebench_worker.errors import Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.measure.batches import CountedBatches

BATCHES = [np.full((1, 1, 2, 2), value, np.float32) for value in range(2)]


def test_each_batch_taken_counts_as_progress(execution: Execution) -> None:
    counted = CountedBatches(BATCHES, execution)
    assert [counted[index % len(counted)][0, 0, 0, 0] for index in range(3)] == [0, 1, 0]
    assert execution.count.value == 3


def test_none_is_given_after_a_cancel(execution: Execution) -> None:
    counted = CountedBatches(BATCHES, execution)
    execution.cancel()
    with pytest.raises(Cancelled):
        counted[0]
