"""Batches that count as they are taken, for a backend that runs its own loop: each one taken is a sign of life, and the
moment at which a cancel is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.execution import Execution


class CountedBatches(Sequence[NDArray[np.float32]]):
    """Raises Cancelled on taking one after a stop was asked for."""

    def __init__(self, batches: Sequence[NDArray[np.float32]], execution: Execution) -> None:
        self._batches, self._execution = batches, execution

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: Any) -> Any:
        self._execution.step()
        return self._batches[index]
