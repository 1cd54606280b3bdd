from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.array_archive import unpack_array
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.wire.commands import UnpackArray
from enginebench_worker.wire.messages import ArrayUnpacked


def unpacked(file: Path, array: str | None, execution: Execution) -> np.ndarray:
    out = file.with_name("out.npy")
    answer = unpack_array(UnpackArray(1, str(file), array, str(out)), execution)
    values = np.load(out, allow_pickle=False)
    assert answer == ArrayUnpacked(1, values.shape)
    return values


def refusal(file: Path, array: str | None, execution: Execution) -> str:
    with pytest.raises(BenchError) as caught:
        unpacked(file, array, execution)
    assert not file.with_name("out.npy").exists()
    return f"{caught.value.record.code}: {caught.value.record.message}".replace(f"{file.parent}/", "")


def test_an_array_is_taken_by_its_name_in_its_type(tmp_path: Path, execution: Execution) -> None:
    file = tmp_path / "arrays.npz"
    np.savez_compressed(file, ids=np.arange(6, dtype=np.int32).reshape(2, 3).T, other=np.float16(2))
    ids = unpacked(file, "ids", execution)
    assert (ids.dtype, ids.tolist()) == (np.int32, [[0, 3], [1, 4], [2, 5]])


def test_the_only_array_needs_no_name(tmp_path: Path, execution: Execution) -> None:
    file = tmp_path / "one.npz"
    np.savez(file, np.ones(2))
    assert unpacked(file, None, execution).tolist() == [1, 1]


def test_what_is_not_there_is_refused_with_what_is(tmp_path: Path, execution: Execution) -> None:
    file = tmp_path / "arrays.npz"
    np.savez(file, a=np.ones(1), b=np.ones(1))
    assert refusal(file, None, execution) == (
        "input-mismatch: arrays.npz cannot be used as an array: it holds several arrays (a, b), and none is named."
    )
    assert refusal(file, "c", execution) == (
        'input-mismatch: arrays.npz cannot be used as an array: it holds no "c", only a, b.'
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no archive at all"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, execution: Execution, content: bytes) -> None:
    file = tmp_path / "broken.npz"
    file.write_bytes(content)
    assert refusal(file, "a", execution).startswith("input-mismatch: broken.npz cannot be used as an array: ")


def test_no_pickle_is_opened(tmp_path: Path, execution: Execution) -> None:
    file = tmp_path / "objects.npz"
    np.savez(file, a=np.array([{}], dtype=object))
    assert refusal(file, "a", execution).startswith("input-mismatch: objects.npz cannot be used as an array: ")
