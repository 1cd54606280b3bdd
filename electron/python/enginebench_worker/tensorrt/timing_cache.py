"""What the builder measured before, kept between builds so that the next one need not measure it again.

Best effort: a cache that is absent, damaged or of another machine is an empty one, and one that cannot be kept costs
only time. Written whole, so that two builds at once leave the one or the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from enginebench_worker.files import written_whole
from enginebench_worker.tensorrt.build_log import BuildLog


def use_timing_cache(config: Any, file: Path, log: BuildLog) -> None:
    try:
        kept = file.read_bytes()
    except OSError:
        kept = b""
    cache = config.create_timing_cache(kept)
    if cache is None and kept:
        cache = config.create_timing_cache(b"")
    if cache is None or not config.set_timing_cache(cache, False):
        log.write("warning", "The timing cache could not be used; the build measures again.")


def timing_cache_bytes(config: Any) -> bytes | None:
    cache = config.get_timing_cache()
    serialized = None if cache is None else cache.serialize()
    return None if serialized is None else bytes(memoryview(serialized))


def keep_timing_cache(content: bytes | None, file: Path, log: BuildLog) -> None:
    if content is None:
        return
    try:
        with written_whole(file) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        log.write("warning", f"The timing cache could not be kept: {error.strerror}.")
