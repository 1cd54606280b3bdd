"""One loaded case and the batches it is measured with: what the measuring commands act on."""

from __future__ import annotations

import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from enginebench_worker.backend import LoadedCase, NotSupported
from enginebench_worker.backends import find_backend
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.measure.batches import CaseBatches, CountedBatches, load_batches
from enginebench_worker.measure.loop import BlockRule, TimedLoop
from enginebench_worker.measure.memory import process_peak
from enginebench_worker.measure.scenarios import serve, sustain
from enginebench_worker.measure.synchronization import check_answer_is_complete, check_device_is_idle
from enginebench_worker.measure.time_split import TimeSplitter, costliest_first
from enginebench_worker.outputs import run_every_row, write_answers
from enginebench_worker.spinning import set_openmp_waiting, spins, wait_until_quiet
from enginebench_worker.wire import commands, messages
from enginebench_worker.wire.domain import WorkerCase, WrittenOutput

if TYPE_CHECKING:
    from enginebench_worker.video.analysis import VideoAnalysis


class CaseRunner:
    def __init__(self, case: WorkerCase, loaded: LoadedCase, held: CaseBatches) -> None:
        self._case = case
        self._loaded = loaded
        self._row_count = held.row_count
        self._batches = held.batches
        self._video: VideoAnalysis | None = None
        self._loop = TimedLoop(loaded.query, self._batches)

    @classmethod
    def load(cls, command: commands.Prepare, execution: Execution) -> tuple[CaseRunner, messages.Prepared]:
        case = command.case
        backend = find_backend(case.backend)
        backend.require_input_shape(case)
        backend.require_known_options(case)
        set_openmp_waiting(spins(case))
        held = load_batches(case)
        execution.step(f"loading {case.model.name}")
        started = time.perf_counter_ns()
        loaded = backend.load(case)
        load_ms = (time.perf_counter_ns() - started) / 1e6
        execution.step("proving the precision")
        runner = cls(case, loaded, held)
        proof = loaded.prove_precision(runner._batches[0])
        execution.step("checking that an answer is complete when it is given")
        check_answer_is_complete(loaded, held.unseen)
        return runner, messages.Prepared(
            command.id,
            load_ms,
            proof,
            loaded.engine_declared,
            loaded.threads,
            {"python": platform.python_version(), "numpy": np.__version__, **loaded.versions},
            loaded.notes or None,
        )

    def run_block(self, command: commands.Warmup | commands.MeasureBlock, execution: Execution) -> messages.Block:
        """Answers only when this process is quiet: what spins after its block would slow the next worker's."""
        rule = BlockRule(command.target_ms, command.minimum_samples, command.cap_ms, command.floor_samples)
        block = self._loop.run(rule, execution)
        if isinstance(command, commands.MeasureBlock):
            check_device_is_idle(self._loaded, (block.ended_at_ns - block.started_at_ns) / 1e6)
        wait_until_quiet()
        return messages.Block(command.id, block.started_at_ns, block.ended_at_ns, block.latencies_ms)

    def measure_memory(self, command: commands.MeasureMemory, execution: Execution) -> messages.Memory:
        self._loaded.reset_allocator_peak()
        for index in range(command.iterations):
            execution.step()
            self._loaded.query(self._batches[index % len(self._batches)])
        peak = process_peak() if self._case.device == "cpu" else self._loaded.device_process_peak()
        return messages.Memory(command.id, self._loaded.allocator_peak(), peak)

    def sustain(self, command: commands.Sustain, execution: Execution) -> messages.Sustained:
        run = sustain(self._loaded, self._batches, command.duration_ms, command.minimum_queries, execution)
        return messages.Sustained(command.id, run.started_at_ns, run.ended_at_ns, run.queries)

    def serve(self, command: commands.Serve, execution: Execution) -> messages.Served:
        run = serve(self._loaded, self._batches, command.arrivals_ms, execution)
        return messages.Served(command.id, run.started_at_ns, run.ended_at_ns, run.latencies_ms)

    def split_time(self, command: commands.SplitTime, execution: Execution) -> messages.TimeSplit:
        split = TimeSplitter(self._case, self._loaded, self._batches, execution).split(command.queries)
        return messages.TimeSplit(command.id, split.method, split.parts)

    def profile_layers(self, command: commands.ProfileLayers, execution: Execution) -> messages.LayersProfiled:
        execution.step("profiling the layers")
        try:
            profile = self._loaded.profile_layers(CountedBatches(self._batches, execution), command.queries)
            kept = costliest_first(profile)
        except NotSupported as reason:
            remedy = "Use another backend to see layers; everything else is measured all the same."
            raise BenchError("backend-unavailable", "layers", str(reason), remedy) from None
        execution.step()
        return messages.LayersProfiled(
            command.id, profile.method, kept.layers, kept.other_layers, kept.other_ms, clock=profile.clock
        )

    def write_outputs(self, folder: str, execution: Execution) -> tuple[WrittenOutput, ...]:
        names = self._case.model.outputs
        size = self._case.batch_size
        answers = run_every_row(self._loaded.query, self._batches, self._row_count, size, names, execution)
        return write_answers(answers, Path(folder), execution)

    def open_video(self, command: commands.OpenVideo) -> messages.VideoOpened:
        """The one before is closed: a worker reads one video at a time."""
        from enginebench_worker.video.analysis import VideoAnalysis

        if self._case.feeds is not None:
            message = f"{self._case.model.name} takes other inputs than one float32 picture, so it reads no video."
            raise BenchError("input-mismatch", "inputs", message, "Use a model that takes one picture.")
        self._close_video()
        self._video = VideoAnalysis(command, self._case, self._loaded.query)
        return self._video.opened(command.id)

    def analyze_video(self, command: commands.AnalyzeVideo, execution: Execution) -> messages.VideoAnalyzed:
        if self._video is None:
            raise BenchError("bad-usage", "measure", "No video is open.", "Open one before analysing it.")
        return self._video.analyze(command, execution)

    def close(self) -> None:
        self._close_video()
        self._loaded.close()

    def _close_video(self) -> None:
        if self._video is not None:
            self._video.close()
            self._video = None
