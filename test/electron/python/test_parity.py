from __future__ import annotations

import numpy as np
from enginebench_worker.outputs import compare
from enginebench_worker.wire.domain import ParityFigures

REFERENCE = np.array([[1, 0], [0, 2]], dtype=np.float32)


def test_equal_outputs_agree_fully() -> None:
    assert compare([REFERENCE], [REFERENCE], classifies=True) == ParityFigures(1.0, 0.0, 0.0, 0, 1.0, 2)


def test_the_worst_image_and_the_largest_difference_count() -> None:
    candidate = np.array([[1, 0], [2, 0]], dtype=np.float32)
    assert compare([candidate], [REFERENCE], classifies=True) == ParityFigures(0.0, 2.0, 1.0, 0, 0.5, 2)


def test_all_outputs_are_compared() -> None:
    figures = compare([REFERENCE, REFERENCE + 1], [REFERENCE, REFERENCE], classifies=False)
    assert (figures.max_abs_error, figures.mean_abs_error, figures.top1_agreement) == (1.0, 0.5, None)


def test_values_that_are_no_numbers_are_counted_and_leave_no_differences() -> None:
    candidate = np.array([[np.nan, 0], [np.inf, 2]], dtype=np.float32)
    assert compare([candidate], [REFERENCE], classifies=False) == ParityFigures(None, None, None, 2, None, 2)


def test_two_rows_of_zeros_are_equal_and_zeros_against_something_are_not() -> None:
    zeros = np.zeros((1, 3), dtype=np.float32)
    pairs = [(zeros, zeros), (zeros, zeros + 1)]
    assert [compare([left], [right], False).cosine_similarity for left, right in pairs] == [1.0, 0.0]


def test_huge_values_do_not_overflow() -> None:
    huge = np.full((1, 4), 3e38, dtype=np.float32)
    cosine = compare([huge * np.float32(0.5)], [huge], False).cosine_similarity
    assert cosine is not None
    assert abs(cosine - 1) < 1e-12
