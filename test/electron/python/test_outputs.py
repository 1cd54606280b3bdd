from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.outputs import Differences, compare, file_stem, run_every_image, write_arrays
from enginebench_worker.wire.domain import WrittenOutput

IMAGES = np.arange(5, dtype=np.float32).reshape(5, 1, 1, 1)


def test_every_image_is_run_once_and_the_last_batch_is_trimmed(execution: Execution) -> None:
    seen: list[list[float]] = []

    def double(batch: np.ndarray) -> list[np.ndarray]:
        seen.append(batch.reshape(-1).tolist())
        return [batch.reshape(len(batch), 1).astype(np.float16) * 2]

    rows = run_every_image(double, IMAGES, 2, ["doubled"], execution)["doubled"]
    assert (seen, rows.reshape(-1).tolist(), rows.dtype) == (
        [[0, 1], [2, 3], [4, 0]],
        [0, 2, 4, 6, 8],
        np.float32,
    )


def test_fewer_images_than_a_batch_are_repeated_to_fill_it(execution: Execution) -> None:
    rows = run_every_image(lambda batch: [batch.reshape(len(batch), 1)], IMAGES, 8, ["same"], execution)
    assert rows["same"].reshape(-1).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("results", [[], [np.zeros((1, 3))], [np.float32(1)]])
def test_outputs_of_another_shape_than_the_batch_are_refused(execution: Execution, results: list[np.ndarray]) -> None:
    with pytest.raises(BenchError) as caught:
        run_every_image(lambda batch: results, IMAGES, 2, ["out"], execution)
    assert caught.value.record.code == "inference-failed"


def test_an_output_is_written_as_float32_and_described(tmp_path: Path, execution: Execution) -> None:
    values = np.ones((2, 3), dtype=np.float32)
    [written] = write_arrays({"logits": values}, tmp_path / "outputs", execution)
    file = tmp_path / "outputs" / "logits.npy"
    assert written == WrittenOutput("logits", str(file), sha256_of(file), (2, 3))
    assert np.array_equal(np.load(file, allow_pickle=False), values)


def test_a_graphs_output_name_never_leads_out_of_the_folder(tmp_path: Path, execution: Execution) -> None:
    names = ["../../escape", "/model/out", "_model_out", "..", "a b"]
    written = write_arrays({name: np.ones((1, 1), np.float32) for name in names}, tmp_path, execution)
    files = [Path(output.file) for output in written]
    assert ([output.name for output in written], {file.parent for file in files}, len(set(files))) == (
        names,
        {tmp_path},
        5,
    )


def test_outputs_have_files_of_their_own_whatever_they_are_called() -> None:
    taken: set[str] = set()
    names = ["logits", "heads/box", "heads_box", "Heads_Box", "../out", "框", "heads_box-2", "x" * 300]
    stems = ["logits", "heads_box", "heads_box-2", "Heads_Box-3", "_out", "_", "heads_box-2-2", "x" * 60]
    assert [file_stem(name, taken) for name in names] == stems


REFERENCE = np.array([[1, 0], [0, 2]], dtype=np.float32)


def test_equal_outputs_agree_fully() -> None:
    assert compare([REFERENCE], [REFERENCE], classifies=True) == Differences(1.0, 0.0, 0.0, 0, 1.0, 2)


def test_the_worst_image_and_the_largest_difference_count() -> None:
    candidate = np.array([[1, 0], [2, 0]], dtype=np.float32)
    assert compare([candidate], [REFERENCE], classifies=True) == Differences(0.0, 2.0, 1.0, 0, 0.5, 2)


def test_all_outputs_are_compared() -> None:
    figures = compare([REFERENCE, REFERENCE + 1], [REFERENCE, REFERENCE], classifies=False)
    assert (figures.max_abs_error, figures.mean_abs_error, figures.top1_agreement) == (1.0, 0.5, None)


def test_values_that_are_no_numbers_are_counted_and_leave_no_differences() -> None:
    candidate = np.array([[np.nan, 0], [np.inf, 2]], dtype=np.float32)
    assert compare([candidate], [REFERENCE], classifies=False) == Differences(None, None, None, 2, None, 2)


def test_two_rows_of_zeros_are_equal_and_zeros_against_something_are_not() -> None:
    zeros = np.zeros((1, 3), dtype=np.float32)
    pairs = [(zeros, zeros), (zeros, zeros + 1)]
    assert [compare([left], [right], False).cosine_similarity for left, right in pairs] == [1.0, 0.0]


def test_huge_values_do_not_overflow() -> None:
    huge = np.full((1, 4), 3e38, dtype=np.float32)
    cosine = compare([huge * np.float32(0.5)], [huge], False).cosine_similarity
    assert cosine is not None
    assert abs(cosine - 1) < 1e-12
