"""Runs every image once and writes one float32 .npy an output. The last batch wraps around and is trimmed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.wire.domain import WrittenOutput

Query = Callable[[NDArray[np.float32]], Sequence[NDArray[np.generic]]]


def run_every_image(
    query: Query, images: NDArray[np.float32], batch_size: int, names: Sequence[str], execution: Execution
) -> dict[str, NDArray[np.float32]]:
    """Outputs by name, one row an image, in the order of the images."""
    rows: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    for start in range(0, len(images), batch_size):
        execution.step()
        kept = min(batch_size, len(images) - start)
        batch = np.ascontiguousarray(images[(np.arange(batch_size) + start) % len(images)])
        results = query(batch)
        _check_results(results, names, batch_size)
        for name, result in zip(names, results, strict=True):
            rows[name].append(np.asarray(result, dtype=np.float32)[:kept])
    return {name: np.concatenate(parts) for name, parts in rows.items()}


def write_arrays(
    arrays: dict[str, NDArray[np.float32]], folder: Path, execution: Execution
) -> tuple[WrittenOutput, ...]:
    written: list[WrittenOutput] = []
    for name, values in arrays.items():
        execution.step()
        target = folder / f"{_file_stem(name, taken={Path(output.file).stem for output in written})}.npy"
        with written_whole(target) as temporary, temporary.open("wb") as file:
            np.save(file, values, allow_pickle=False)
        written.append(WrittenOutput(name, str(target), sha256_of(target), values.shape))
    return tuple(written)


def _file_stem(name: str, taken: set[str]) -> str:
    """A graph's output may be named anything, `/` included: the file's name is not."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "output"
    return stem if stem not in taken else f"{stem}-{len(taken)}"


def _check_results(results: Sequence[NDArray[np.generic]], names: Sequence[str], batch_size: int) -> None:
    shapes = [list(result.shape) for result in results]
    if len(results) != len(names) or any(result.ndim == 0 or len(result) != batch_size for result in results):
        raise BenchError(
            "inference-failed",
            "parity",
            f"The model gave outputs of shapes {shapes}, where {list(names)} with {batch_size} rows were expected.",
            "Check the outputs that the model's manifest names.",
        )
