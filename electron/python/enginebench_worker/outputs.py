"""Runs every image once, writes one .npy per output, and computes how far two sets of outputs differ.

The last batch wraps around to the first images and is trimmed. An output without one row per image (a list whose length
depends on the data, a scalar, a constant) is kept whole at batch 1, and left out at any other. Differences put layers
in order; parity is judged by shared/statistics."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.backend import Batch
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.wire.domain import WrittenOutput

Query = Callable[[NDArray[np.float32]], Sequence[NDArray[np.generic]]]


def run_every_image(
    query: Query, images: NDArray[np.float32], batch_size: int, names: Sequence[str], execution: Execution
) -> dict[str, NDArray[np.float32]]:
    """Outputs by name: float32 arrays with one row per image, in the order of the images."""
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


@dataclass(frozen=True)
class Answers:
    values: NDArray[np.generic]
    """float32, or float64 for whole numbers and float64. One row per image, or all answers one after another."""
    shapes: tuple[tuple[int, ...], ...] | None
    """Of each image's answer, where it is no row."""


def run_every_row(
    query: Callable[[Batch], Sequence[NDArray[np.generic]]],
    batches: Sequence[Batch],
    row_count: int,
    batch_size: int,
    names: Sequence[str],
    execution: Execution,
) -> dict[str, Answers]:
    """`batches` in the order in which they repeat, the first of which cover all rows."""
    found: dict[str, list[NDArray[np.generic]]] = {name: [] for name in names}
    for index in range(-(-row_count // batch_size)):
        execution.step()
        results = query(batches[index % len(batches)])
        if len(results) != len(names):
            raise BenchError(
                "inference-failed",
                "parity",
                f"The model gave {len(results)} outputs, but {list(names)} were expected.",
                "Check the outputs that the model's manifest names.",
            )
        for name, result in zip(names, results, strict=True):
            found[name].append(_kept(np.asarray(result)))
    joined = {name: _joined(parts, batch_size, row_count) for name, parts in found.items()}
    return {name: answers for name, answers in joined.items() if answers is not None}


def _kept(result: NDArray[np.generic]) -> NDArray[np.generic]:
    """A copy: a library may reuse its memory. Whole numbers stay exact."""
    is_wide = result.dtype.kind in "iub" or result.dtype == np.float64
    return np.array(result, dtype=np.float64 if is_wide else np.float32)


def _joined(parts: list[NDArray[np.generic]], batch_size: int, row_count: int) -> Answers | None:
    first = parts[0]
    if all(part.ndim > 0 and len(part) == batch_size and part.shape[1:] == first.shape[1:] for part in parts):
        return Answers(np.concatenate(parts)[:row_count], None)
    if batch_size != 1:
        return None
    return Answers(np.concatenate([part.reshape(-1) for part in parts]), tuple(part.shape for part in parts))


def write_arrays(
    arrays: Mapping[str, NDArray[np.generic]], folder: Path, execution: Execution
) -> tuple[WrittenOutput, ...]:
    return write_answers({name: Answers(values, None) for name, values in arrays.items()}, folder, execution)


def write_answers(answers: Mapping[str, Answers], folder: Path, execution: Execution) -> tuple[WrittenOutput, ...]:
    written: list[WrittenOutput] = []
    taken: set[str] = set()
    for name, answer in answers.items():
        execution.step()
        target = folder / f"{file_stem(name, taken)}.npy"
        with written_whole(target) as temporary, temporary.open("wb") as file:
            np.save(file, answer.values, allow_pickle=False)
        written.append(WrittenOutput(name, str(target), sha256_of(target), answer.values.shape, answer.shapes))
    return tuple(written)


def file_stem(name: str, taken: set[str]) -> str:
    """Adds to `taken`. A graph's output may have any name of any length; a duplicate file name gets a number. Names
    differ in more than case."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:60] or "output"
    stem, number = plain, 1
    while stem.lower() in taken:
        number += 1
        stem = f"{plain}-{number}"
    taken.add(stem.lower())
    return stem


def _check_results(results: Sequence[NDArray[np.generic]], names: Sequence[str], batch_size: int) -> None:
    shapes = [list(result.shape) for result in results]
    if len(results) != len(names) or any(result.ndim == 0 or len(result) != batch_size for result in results):
        raise BenchError(
            "inference-failed",
            "parity",
            f"The model gave outputs of shapes {shapes}, but {list(names)} with {batch_size} rows were expected.",
            "Check the outputs that the model's manifest names.",
        )


@dataclass(frozen=True)
class Differences:
    cosine_similarity: float | None
    max_abs_error: float | None
    mean_abs_error: float | None
    non_finite_count: int
    top1_agreement: float | None
    image_count: int


def compare(
    candidate: Sequence[NDArray[np.float32]], reference: Sequence[NDArray[np.float32]], classifies: bool
) -> Differences:
    """Row by row over all outputs: the smallest cosine of any image, the largest and mean absolute difference.
    Infinities in both are equal. Any other value that is not finite leaves the differences None, and shapes that differ
    the agreement too. The same figures as shared/statistics/compare-outputs.ts, by the vectors of
    test/contract."""
    count = len(reference[0])
    fits = all(left.shape == right.shape for left, right in zip(candidate, reference, strict=True))
    if fits:
        pairs = [_without_infinities(left, right) for left, right in zip(candidate, reference, strict=True)]
        candidate, reference = [left for left, _ in pairs], [right for _, right in pairs]
    non_finite = int(sum(np.size(output) - np.count_nonzero(np.isfinite(output)) for output in candidate))
    if not fits:
        return Differences(None, None, None, non_finite, None, count)
    top1 = float(np.mean(_top1(candidate[0]) == _top1(reference[0]))) if classifies else None
    if non_finite:
        return Differences(None, None, None, non_finite, top1, count)
    rows = [
        (left.reshape(count, -1).astype(np.float64), right.reshape(count, -1).astype(np.float64))
        for left, right in zip(candidate, reference, strict=True)
    ]
    cosines = [_cosines(left, right) for left, right in rows]
    differences = [np.abs(left - right) for left, right in rows]
    total = sum(difference.size for difference in differences)
    return Differences(
        cosine_similarity=float(min(cosine.min() for cosine in cosines)),
        max_abs_error=float(max(difference.max() for difference in differences)),
        mean_abs_error=float(sum(difference.sum() for difference in differences) / total),
        non_finite_count=0,
        top1_agreement=top1,
        image_count=count,
    )


def _without_infinities(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    equal = np.isinf(right) & (left == right)
    return np.where(equal, np.float32(0), left), np.where(equal, np.float32(0), right)


def _top1(output: NDArray[np.float32]) -> NDArray[np.intp]:
    return output.reshape(len(output), -1).argmax(axis=1)


def _cosines(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    """One number per row has a sign but no direction."""
    if left.shape[1] == 1:
        return np.ones(len(left))
    same = (left == right).all(axis=1)
    products = (left * right).sum(axis=1)
    return np.where(same, 1.0, np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0))
