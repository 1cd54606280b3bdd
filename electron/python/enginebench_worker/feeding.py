"""The prepared rows of a case's inputs: mapped, so that all workers of a run share their pages, and stacked to queries.

A row has no batch dimension; a query takes its rows side by side along the batch axis, or else a row as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.files import sha256_of
from enginebench_worker.wire.model_input import Feed, InputArray

_PREPARE_AGAIN = "Start the run again: the inputs will be prepared again."


def load_rows(feed: Feed) -> NDArray[Any]:
    rows = _mapped(feed)
    stored = "uint16" if feed.type == "bfloat16" else feed.type
    if rows.ndim and not rows.shape[0]:
        message = f"There are no values for {feed.name}: its array has no rows."
        raise BenchError("input-mismatch", "load", message, "Give at least one row.")
    if rows.dtype.name != stored or rows.shape != feed.shape:
        found = f"{rows.dtype} {list(rows.shape)}"
        message = f"The prepared values of {feed.name} are {found}, but {stored} {list(feed.shape)} was expected."
        raise BenchError("input-mismatch", "load", message, _PREPARE_AGAIN)
    return rows


def load_images(array: InputArray) -> NDArray[np.float32]:
    images = _mapped(array)
    if images.dtype != np.float32 or images.shape != array.shape or images.ndim != 4 or not images.shape[0]:
        found = f"{images.dtype} {list(images.shape)}"
        message = f"The prepared inputs are {found}, but float32 {list(array.shape)} was expected."
        raise BenchError("input-mismatch", "load", message, _PREPARE_AGAIN)
    return images


def stacked(rows: NDArray[Any], batch_axis: int | None, index: int, batch_size: int) -> NDArray[Any]:
    """The query of that index, which starts at row index * batch size and wraps around. In memory when this returns."""
    if batch_axis is None:
        return np.array(rows[index % len(rows)])
    taken = rows[(np.arange(batch_size) + index * batch_size) % len(rows)]
    return np.ascontiguousarray(np.moveaxis(taken, 0, batch_axis)).view(np.ndarray)


def row_count(feeds: tuple[Feed, ...]) -> int:
    """Inputs with fewer rows start again."""
    return max(feed.shape[0] for feed in feeds)


def _mapped(array: InputArray | Feed) -> NDArray[Any]:
    file = Path(array.file)
    if not file.is_file():
        raise BenchError("input-mismatch", "load", f"The prepared inputs {file.name} are missing.", _PREPARE_AGAIN)
    if sha256_of(file) != array.sha256:
        raise BenchError("input-mismatch", "load", f"The prepared inputs {file.name} have changed.", _PREPARE_AGAIN)
    try:
        return np.load(file, mmap_mode="c", allow_pickle=False)
    except (ValueError, OSError) as error:
        message = f"The prepared inputs {file.name} are not a readable array."
        raise BenchError("input-mismatch", "load", message, _PREPARE_AGAIN, error) from error
