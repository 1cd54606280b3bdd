"""How far a candidate's outputs are from the reference's, over the same images. Figures only: a verdict needs
tolerances and is given elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.wire.domain import ParityFigures


def compare(
    candidate: Sequence[NDArray[np.float32]], reference: Sequence[NDArray[np.float32]], classifies: bool
) -> ParityFigures:
    """Row by row over all outputs: the smallest cosine of any image, the largest and mean absolute difference.
    A non-finite value leaves the differences None: they would not be numbers."""
    count = len(reference[0])
    non_finite = int(sum(np.size(output) - np.count_nonzero(np.isfinite(output)) for output in candidate))
    top1 = None
    if classifies:
        top1 = float(np.mean(_top1(candidate[0]) == _top1(reference[0])))
    if non_finite or any(left.shape != right.shape for left, right in zip(candidate, reference, strict=True)):
        return ParityFigures(None, None, None, non_finite, top1, count)
    pairs = [
        (left.reshape(count, -1).astype(np.float64), right.reshape(count, -1).astype(np.float64))
        for left, right in zip(candidate, reference, strict=True)
    ]
    cosines = [_cosines(left, right) for left, right in pairs]
    differences = [np.abs(left - right) for left, right in pairs]
    total = sum(difference.size for difference in differences)
    return ParityFigures(
        cosine_similarity=float(min(cosine.min() for cosine in cosines)),
        max_abs_error=float(max(difference.max() for difference in differences)),
        mean_abs_error=float(sum(difference.sum() for difference in differences) / total),
        non_finite_count=0,
        top1_agreement=top1,
        image_count=count,
    )


def _top1(output: NDArray[np.float32]) -> NDArray[np.intp]:
    return output.reshape(len(output), -1).argmax(axis=1)


def _cosines(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    same = (left == right).all(axis=1)
    products = (left * right).sum(axis=1)
    return np.where(same, 1.0, np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0))
