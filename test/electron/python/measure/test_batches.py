from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.measure.batches import CaseBatches, CountedBatches, load_images, rotating_batches
from enginebench_worker.wire.domain import InputArray


def saved(folder: Path, images: np.ndarray) -> InputArray:
    file = folder / "inputs.npy"
    np.save(file, images, allow_pickle=True)
    return InputArray(str(file), sha256_of(file), images.shape)


def numbered(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float32).reshape(count, 1, 1, 1)


@pytest.mark.parametrize(
    ("images", "batch_size", "batches"),
    [
        (4, 2, [[0, 1], [2, 3]]),
        (3, 2, [[0, 1], [2, 0], [1, 2]]),
        (2, 5, [[0, 1, 0, 1, 0], [1, 0, 1, 0, 1]]),
        (1, 1, [[0]]),
    ],
)
def test_batches_take_images_in_order_and_wrap_around(images: int, batch_size: int, batches: list[list[int]]) -> None:
    assert [batch.reshape(-1).tolist() for batch in rotating_batches(numbered(images), batch_size)] == batches


def test_a_batch_that_does_not_wrap_shares_the_mapped_pages(tmp_path: Path) -> None:
    images = load_images(saved(tmp_path, numbered(4)))
    assert all(np.shares_memory(batch, images) for batch in rotating_batches(images, 2))


def refusal(array: InputArray) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        load_images(array)
    return caught.value.record.code, caught.value.record.message


def test_inputs_that_changed_since_they_were_prepared_are_refused(tmp_path: Path) -> None:
    array = saved(tmp_path, numbered(4))
    saved(tmp_path, numbered(4) + 1)
    assert refusal(array) == ("input-mismatch", "The prepared inputs inputs.npy have changed.")


def test_inputs_that_are_gone_are_refused(tmp_path: Path) -> None:
    array = InputArray(str(tmp_path / "gone.npy"), "0" * 64, (1, 1, 1, 1))
    assert refusal(array) == ("input-mismatch", "The prepared inputs gone.npy are missing.")


def test_inputs_of_another_type_are_refused(tmp_path: Path) -> None:
    array = saved(tmp_path, numbered(4).astype(np.float64))
    message = "The prepared inputs are float64 [4, 1, 1, 1], but float32 [4, 1, 1, 1] was expected."
    assert refusal(array) == ("input-mismatch", message)


def test_a_pickled_array_is_never_opened(tmp_path: Path) -> None:
    array = saved(tmp_path, np.array([[[[print]]]], dtype=object))
    assert refusal(array) == ("input-mismatch", "The prepared inputs inputs.npy are not a readable array.")


BATCHES = [np.full((1, 1, 2, 2), value, np.float32) for value in range(2)]


def test_each_batch_taken_counts_as_progress(execution: Execution) -> None:
    counted = CountedBatches(BATCHES, execution)
    assert [counted[index % len(counted)][0, 0, 0, 0] for index in range(3)] == [0, 1, 0]
    assert execution.count.value == 3


def test_none_is_given_after_a_cancel(execution: Execution) -> None:
    counted = CountedBatches(BATCHES, execution)
    execution.cancel()
    with pytest.raises(Cancelled):
        counted[0]


def test_a_probe_takes_a_batch_that_was_not_asked_before() -> None:
    ones, twos = np.ones((1, 1, 2, 2), np.float32), np.full((1, 1, 2, 2), 2, np.float32)
    assert np.asarray(CaseBatches([ones, twos], 2).unseen).tolist() == np.zeros((1, 1, 2, 2)).tolist()
    listed = CaseBatches([{"ids": np.array([1])}, {"ids": np.array([2])}], 2).unseen
    assert listed == {"ids": np.array([2])}
