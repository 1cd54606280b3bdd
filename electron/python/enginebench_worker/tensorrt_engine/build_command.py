"""A build as the app requests it: watched, reported, stoppable, and kept whole or not at all.

Progress is sent at most ten times a second, and only when something is new, so a silent builder looks silent. Memory is
watched, the log has every line, and the last line sums up what was built."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

from enginebench_worker.building.log import BuildLog
from enginebench_worker.building.steps import MemoryLimit, WatchedWork, is_abandoned
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import written_whole
from enginebench_worker.nvidia_driver import gpu_identity
from enginebench_worker.tensorrt_engine.configuration import keep_timing_cache
from enginebench_worker.tensorrt_engine.engine_build import BuiltEngine, EngineBuild
from enginebench_worker.tensorrt_engine.library import open_library
from enginebench_worker.tensorrt_engine.phases import Phases
from enginebench_worker.wire.domain import BuildRequest, Bytes, EngineFacts


def build_tensorrt_engine(request: BuildRequest, execution: Execution) -> EngineFacts:
    if is_abandoned():
        message = "This process still runs a cancelled build."
        raise BenchError("bad-usage", "build", message, "Start a fresh worker for every build.")
    log = BuildLog(Path(request.log_file))
    try:
        with log.capturing():
            return _build(request, execution, log)
    finally:
        log.close()


def _build(request: BuildRequest, execution: Execution, log: BuildLog) -> EngineFacts:
    started = time.monotonic()
    execution.step("loading TensorRT")
    library = open_library("build")
    stop, phases, limit = threading.Event(), Phases(library.kind), MemoryLimit()
    reporter = _Reporter(execution, log, phases, limit)
    try:
        built = WatchedWork(EngineBuild(library, request, log, phases, stop).run, stop).run(reporter.tick)
        size_bytes = _write(built, Path(request.out_file))
        if request.timing_cache_file is not None:
            keep_timing_cache(
                built.timing_cache, Path(request.timing_cache_file), log, request.options.timing_cache_file is not None
            )
        log.write("info", summary(request, built, size_bytes, time.monotonic() - started))
    finally:
        reporter.report_rest()
    return EngineFacts(
        kind=library.kind,
        precision_proof=built.proof,
        layer_precision=built.types.layer_shares,
        weight_precision=built.types.weight_shares,
        activation_bytes=built.activation,
        weight_bytes=built.weights,
        options={**built.options, "peakMemoryBytes": limit.peak_bytes},
        tools=library.tools,
        machine=gpu_identity() if library.kind == "tensorrt-engine" else None,
    )


def summary(request: BuildRequest, built: BuiltEngine, size_bytes: int, seconds: float) -> str:
    batch = f"{request.batch.min}:{request.batch.opt}:{request.batch.max}"
    return (
        f"Size: {_megabytes(Bytes(size_bytes))}, Precision: {built.proof.label}, Batch size: {batch}, "
        f"Build time: {seconds:.1f} s, activation memory: {_megabytes(built.activation)}, "
        f"weights memory: {_megabytes(built.weights)}"
    )


def _megabytes(size: Bytes) -> str:
    return "not known" if size.value is None else f"{size.value / 1e6:.1f} MB"


def _write(built: BuiltEngine, target: Path) -> int:
    """Straight from the library's memory."""
    engine = memoryview(built.plan)
    with written_whole(target) as temporary, temporary.open("wb", buffering=0) as file:
        left = engine
        while left:
            left = left[file.write(left) :]
    return engine.nbytes


class _Reporter:
    def __init__(self, execution: Execution, log: BuildLog, phases: Phases, limit: MemoryLimit) -> None:
        self._execution = execution
        self._log = log
        self._phases = phases
        self._limit = limit
        self._told = 0

    def tick(self) -> None:
        if self._execution.cancelled:
            raise Cancelled
        self._limit.check()
        entries, changes = self._log.take_entries(), self._phases.changes
        if entries or changes != self._told:
            self._told = changes
            self._execution.build_step(self._phases.text, self._phases.fraction, self._phases.now(), entries)

    def report_rest(self) -> None:
        """Also after a failure, whose error matters more than one raised here."""
        with contextlib.suppress(Cancelled, OSError):
            entries = self._log.take_entries(last=True)
            if entries:
                self._execution.build_step("Built", self._phases.fraction, (), entries)
