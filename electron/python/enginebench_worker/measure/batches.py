"""Batches of the case's images, built before anything is timed. Batch i holds images [i*b, (i+1)*b) modulo n.

The array is mapped, so every worker of a run shares its pages; only batches that wrap around are copied. Where the
manifest lists the inputs, a batch is an array for each by name, and an image is one row of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backend import Batch
from enginebench_worker.execution import Execution
from enginebench_worker.feeding import load_images, load_rows, row_count, stacked
from enginebench_worker.wire.domain import WorkerCase

_PAGE_FLOATS = 1024


@dataclass(frozen=True)
class CaseBatches:
    batches: list[Batch]
    """All that differ, in the order in which they repeat."""
    row_count: int

    @property
    def unseen(self) -> Batch:
        """Another than the first, where there is another."""
        first = self.batches[0]
        return np.subtract(np.float32(1), first) if isinstance(first, np.ndarray) else self.batches[-1]


def load_batches(case: WorkerCase) -> CaseBatches:
    if case.feeds is None:
        images = load_images(case.input)
        return CaseBatches(list(rotating_batches(images, case.batch_size)), len(images))
    arrays = {feed.name: load_rows(feed) for feed in case.feeds}
    count = row_count(case.feeds)
    batches: list[Batch] = [
        {feed.name: stacked(arrays[feed.name], feed.batch_axis, index, case.batch_size) for feed in case.feeds}
        for index in range(count // gcd(count, case.batch_size))
    ]
    return CaseBatches(batches, count)


def rotating_batches(images: NDArray[np.float32], batch_size: int) -> list[NDArray[np.float32]]:
    """All distinct batches, in the order in which they repeat. Their pages are in memory when this returns."""
    count = len(images)
    batches: list[NDArray[np.float32]] = []
    for start in range(0, count * batch_size // gcd(count, batch_size), batch_size):
        first = start % count
        if first + batch_size <= count:
            batch = np.ascontiguousarray(images[first : first + batch_size]).view(np.ndarray)
        else:
            batch = np.ascontiguousarray(images[(np.arange(batch_size) + first) % count]).view(np.ndarray)
        float(batch.reshape(-1)[::_PAGE_FLOATS].sum())
        batches.append(batch)
    return batches


class CountedBatches(Sequence[Batch]):
    """Raises Cancelled when one is taken after a stop was requested."""

    def __init__(self, batches: Sequence[Batch], execution: Execution) -> None:
        self._batches, self._execution = batches, execution

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: Any) -> Any:
        self._execution.step()
        return self._batches[index]
