"""An engine from an ONNX file: the backend builds it; this module times it, hashes it, and keeps it whole or not at
all.

An engine of several files (an IR's .xml and .bin) shares one stem. Its hash covers a line `name sha256` for each file,
in name order, so a change in any file changes it. An engine of one file has that file's hash."""

from __future__ import annotations

import hashlib
import time
from dataclasses import fields
from pathlib import Path

from enginebench_worker.backends import find_backend
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.wire.commands import BuildEngine
from enginebench_worker.wire.messages import EngineBuilt


def build_engine(command: BuildEngine, execution: Execution) -> EngineBuilt:
    backend = find_backend(command.backend)
    started = time.perf_counter_ns()
    try:
        facts = backend.build(command, execution)
        build_time_ms = (time.perf_counter_ns() - started) / 1e6
        files = _engine_files(command.out_file)
        if not files:
            raise BenchError(
                "build-failed", "build", f"{backend.label} did not write an engine.", "The log has the details."
            )
        sha256, size_bytes = hash_of(files), sum(file.stat().st_size for file in files)
    except BaseException:
        for left in _engine_files(command.out_file):
            left.unlink(missing_ok=True)
        raise
    told = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return EngineBuilt(command.id, sha256=sha256, size_bytes=size_bytes, build_time_ms=build_time_ms, **told)


def hash_of(files: list[Path]) -> str:
    if len(files) == 1:
        return sha256_of(files[0])
    lines = "".join(f"{file.name} {sha256_of(file)}\n" for file in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def _engine_files(out_file: str) -> list[Path]:
    target = Path(out_file)
    return sorted(target.parent.glob(f"{target.stem}.*")) if target.parent.is_dir() else []
