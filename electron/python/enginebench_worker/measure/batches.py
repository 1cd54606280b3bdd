"""Batches of the case's images, built before anything is timed. Batch i holds images [i*b, (i+1)*b) modulo n.

The array is mapped, so every worker of a run shares its pages; only batches that wrap around are copied."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.wire.domain import InputArray

_PAGE_FLOATS = 1024


def load_images(array: InputArray) -> NDArray[np.float32]:
    file = Path(array.file)
    remedy = "Start the run again: the inputs will be prepared again."
    if not file.is_file():
        raise BenchError("input-mismatch", "load", f"The prepared inputs {file.name} are missing.", remedy)
    if sha256_of(file) != array.sha256:
        raise BenchError("input-mismatch", "load", f"The prepared inputs {file.name} have changed.", remedy)
    try:
        images = np.load(file, mmap_mode="c", allow_pickle=False)
    except (ValueError, OSError) as error:
        message = f"The prepared inputs {file.name} are not a readable array."
        raise BenchError("input-mismatch", "load", message, remedy, error) from error
    if images.dtype != np.float32 or images.shape != array.shape or images.ndim != 4 or not images.shape[0]:
        found = f"{images.dtype} {list(images.shape)}"
        message = f"The prepared inputs are {found}, but float32 {list(array.shape)} was expected."
        raise BenchError("input-mismatch", "load", message, remedy)
    return images


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


class CountedBatches(Sequence[NDArray[np.float32]]):
    """Raises Cancelled when one is taken after a stop was requested."""

    def __init__(self, batches: Sequence[NDArray[np.float32]], execution: Execution) -> None:
        self._batches, self._execution = batches, execution

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: Any) -> Any:
        self._execution.step()
        return self._batches[index]
