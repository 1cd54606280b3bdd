"""One loaded case and the batches it is measured with: what the measuring commands act on."""

from __future__ import annotations

import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from enginebench_worker import commands, messages
from enginebench_worker.backends import find_backend
from enginebench_worker.backends.base import LoadedCase
from enginebench_worker.domain import Steadiness, WorkerCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.measure.batches import load_images, rotating_batches
from enginebench_worker.measure.loop import BlockRule, TimedLoop
from enginebench_worker.measure.memory import process_peak
from enginebench_worker.measure.warmup import WarmupRule, warm_up
from enginebench_worker.outputs import run_every_image, write_arrays

if TYPE_CHECKING:
    from enginebench_worker.video.analysis import VideoAnalysis


class CaseRunner:
    def __init__(self, case: WorkerCase, loaded: LoadedCase, images: NDArray[np.float32]) -> None:
        self._case = case
        self._loaded = loaded
        self._images = images
        self._batches = rotating_batches(images, case.batch_size)
        self._video: VideoAnalysis | None = None
        self._loop = TimedLoop(loaded.query, self._batches)

    @classmethod
    def load(cls, command: commands.Prepare, execution: Execution) -> tuple[CaseRunner, messages.Prepared]:
        case = command.case
        _check_input_shape(case)
        backend = find_backend(case.backend)
        images = load_images(case.input)
        execution.step(f"loading {case.model.name}")
        started = time.perf_counter_ns()
        loaded = backend.load(case)
        load_ms = (time.perf_counter_ns() - started) / 1e6
        execution.step("proving the precision")
        runner = cls(case, loaded, images)
        proof = loaded.prove_precision(runner._batches[0])
        return runner, messages.Prepared(
            command.id,
            load_ms,
            proof,
            loaded.engine_declared,
            loaded.threads,
            {"python": platform.python_version(), "numpy": np.__version__, **loaded.versions},
        )

    def warm_up(self, command: commands.Warmup, execution: Execution) -> Steadiness:
        rule = WarmupRule(command.minimum_iterations, command.minimum_ms, command.cap_ms)
        return warm_up(self._loop, rule, execution)

    def measure_block(self, command: commands.MeasureBlock, execution: Execution) -> messages.Block:
        rule = BlockRule(command.target_ms, command.minimum_samples, command.cap_ms, command.floor_samples)
        block = self._loop.run(rule, execution)
        return messages.Block(command.id, block.started_at_ns, block.ended_at_ns, block.latencies_ms)

    def measure_memory(self, command: commands.MeasureMemory, execution: Execution) -> messages.Memory:
        self._loaded.reset_allocator_peak()
        for index in range(command.iterations):
            execution.step()
            self._loaded.query(self._batches[index % len(self._batches)])
        peak = process_peak() if self._case.device == "cpu" else self._loaded.device_process_peak()
        return messages.Memory(command.id, self._loaded.allocator_peak(), peak)

    def write_outputs(self, folder: str, execution: Execution) -> tuple[messages.WrittenOutput, ...]:
        names = self._case.model.outputs
        arrays = run_every_image(self._loaded.query, self._images, self._case.batch_size, names, execution)
        return write_arrays(arrays, Path(folder), execution)

    def open_video(self, command: commands.OpenVideo) -> messages.VideoOpened:
        """The one before is closed: a worker reads one video at a time."""
        from enginebench_worker.video.analysis import VideoAnalysis

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


def _check_input_shape(case: WorkerCase) -> None:
    expected, shape = case.model.input, case.input.shape
    sizes_fit = expected.dynamic_size or shape[2:] == (expected.height, expected.width)
    if len(shape) == 4 and shape[1] == expected.channels and sizes_fit:
        return
    wanted = f"[images, {expected.channels}, {expected.height}, {expected.width}]"
    raise BenchError(
        "input-mismatch",
        "load",
        f"{case.model.name} takes {wanted}, but the inputs are {list(shape)}.",
        "Prepare the inputs for this model, at a size it accepts.",
    )
