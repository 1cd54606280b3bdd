from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from enginebench_worker.files import sha256_of, written_whole


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file.bin"
    with written_whole(target) as temporary:
        temporary.write_bytes(b"content")
        assert not target.exists()
    assert (target.read_bytes(), list(target.parent.iterdir())) == (b"content", [target])


def test_an_error_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), written_whole(target) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"old", [target])


def test_a_hash_is_of_the_bytes_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(b"x" * 3_000_000)
    assert sha256_of(file) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
