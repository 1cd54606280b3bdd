"""Files written whole or not at all: a temporary one in the same folder, fsync, rename, fsync of the folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CHUNK_BYTES = 1 << 20


def temporary_root() -> str | None:
    """The folder for temporary files that the supervisor removes whatever becomes of this process; None without one."""
    folder = os.environ.get("ENGINEBENCH_TEMPORARY")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return folder or None


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Yields a path to write to; it becomes `target` if the block ends without an error and is removed otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
