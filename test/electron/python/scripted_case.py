"""A loaded case that does what a test says, and nothing of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from enginebench_worker.backends.null_backend import NullCase


class ScriptedCase(NullCase):
    def __init__(self, on_query: Callable[[], object], on_synchronize: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._on_query, self._on_synchronize = on_query, on_synchronize
        self.asked: list[np.ndarray] = []

    def query(self, batch: np.ndarray) -> Sequence[np.ndarray[Any, Any]]:
        self.asked.append(batch)
        self._on_query()
        return (batch * 2,)

    def synchronize(self) -> None:
        self._on_synchronize()
