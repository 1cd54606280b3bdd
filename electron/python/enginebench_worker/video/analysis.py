"""Analyzes one video with one loaded case, a part at a time, so that two engines can take turns on its frames.

Five stages, one after another, are timed on the monotonic clock: decode, preprocess, infer, postprocess, write. Batches
are filled up by repeating their last frame, since engines may be built for one size; the filler is dropped. Hashing
frames, to prove that two engines saw the same, is outside the stages. Results are JSON lines, one file per part; the
folder is unfinished work that its reader completes or discards, so a part is not synced."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.inputs import preprocess
from enginebench_worker.outputs import Query
from enginebench_worker.video.decode import Frame, UnreadableVideo, VideoReader
from enginebench_worker.video.postprocess import FrameSize, Rows, postprocessor
from enginebench_worker.wire import commands, messages
from enginebench_worker.wire.domain import StageTimes, WorkerCase

Stage = Literal["decode", "preprocess", "infer", "postprocess", "write"]

_NS_PER_MS = 1_000_000


class StageClock:
    """Sums of the timed stages, and the sum of the current batch."""

    def __init__(self) -> None:
        self._totals: dict[Stage, int] = {"decode": 0, "preprocess": 0, "infer": 0, "postprocess": 0, "write": 0}
        self._batch_start: dict[Stage, int] = dict(self._totals)

    @contextmanager
    def timing(self, stage: Stage) -> Iterator[None]:
        started = time.perf_counter_ns()
        try:
            yield
        finally:
            self._totals[stage] += time.perf_counter_ns() - started

    def end_batch(self) -> tuple[float, float]:
        """Times in ms since the previous batch: of all stages together, and of `infer`."""
        spent = {stage: total - self._batch_start[stage] for stage, total in self._totals.items()}
        self._batch_start = dict(self._totals)
        return sum(spent.values()) / _NS_PER_MS, spent["infer"] / _NS_PER_MS

    def times(self) -> StageTimes:
        return StageTimes(**{stage: total / _NS_PER_MS for stage, total in self._totals.items()})


class PartWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._frames: list[str] = []
        self._results: list[str] = []

    def add(self, frame: Frame, rows: Rows) -> None:
        key = {"frame": frame.index, "timeS": frame.time_s}
        self._frames.append(_line({**key, "results": len(rows)}))
        self._results.extend(_line({**key, **row}) for row in rows)

    def write(self, part: int) -> int:
        """Returns the number of results in the part; a part without a frame is not written."""
        count = len(self._results)
        if self._frames:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, lines in (("frames", self._frames), ("results", self._results)):
                (self._folder / f"{name}-{part:06d}.ndjson").write_text("".join(lines), encoding="utf-8")
        self._frames, self._results = [], []
        return count


def _line(row: dict[str, Any]) -> str:
    try:
        return json.dumps(row, allow_nan=False, separators=(",", ":")) + "\n"
    except ValueError as error:
        raise BenchError(
            "inference-failed",
            "measure",
            f"The model produced values that are not finite on frame {row['frame']}.",
            "Use another precision for this model, or another engine.",
            error,
        ) from error


class VideoAnalysis:
    def __init__(self, command: commands.OpenVideo, case: WorkerCase, query: Query) -> None:
        self._case = case
        self._query = query
        self._network = FrameSize(*case.input.shape[2:])
        self._hashes = command.hash_frames
        threshold = (
            command.score_threshold if command.score_threshold is not None else case.model.score_threshold or 0.5
        )
        self._postprocess = postprocessor(case.model, self._network, threshold)
        self._parts = PartWriter(Path(command.folder))
        self._reader = _opened(command, case)
        self._frames = self._reader.frames()

    def opened(self, command_id: int) -> messages.VideoOpened:
        facts = self._reader.facts
        return messages.VideoOpened(
            command_id, facts.width, facts.height, facts.codec, facts.frame_rate, facts.duration_s
        )

    def analyze(self, command: commands.AnalyzeVideo, execution: Execution) -> messages.VideoAnalyzed:
        clock, digest = StageClock(), hashlib.sha256()
        batches: list[tuple[float, float]] = []
        frame_count = 0
        started = time.perf_counter_ns()
        is_end = False
        result_count = 0
        while frame_count < command.frames and not is_end:
            execution.step()
            wanted = min(self._case.batch_size, command.frames - frame_count)
            frames = self._decoded(wanted, clock)
            is_end = len(frames) < wanted
            frame_count += len(frames)
            is_last = is_end or frame_count >= command.frames
            if frames:
                self._infer(frames, clock)
            if is_last:
                with clock.timing("write"):
                    result_count = self._parts.write(command.part)
            if frames:
                batches.append(clock.end_batch())
                self._hash(frames, digest)
        return messages.VideoAnalyzed(
            command.id,
            started_at_ns=started,
            ended_at_ns=time.perf_counter_ns(),
            frames=frame_count,
            results=result_count,
            latencies_ms=tuple(total for total, _ in batches),
            infer_ms=tuple(infer for _, infer in batches),
            stage_ms=clock.times(),
            position_s=self._reader.position_s,
            frames_sha256=digest.hexdigest() if self._hashes else None,
            is_end=is_end,
            problem=self._reader.problem,
        )

    def close(self) -> None:
        self._reader.close()

    def _decoded(self, wanted: int, clock: StageClock) -> list[Frame]:
        with clock.timing("decode"):
            return list(islice(self._frames, wanted))

    def _infer(self, frames: list[Frame], clock: StageClock) -> None:
        with clock.timing("preprocess"):
            batch = self._batch_of(frames)
        with clock.timing("infer"):
            outputs = self._query(batch)
        with clock.timing("postprocess"):
            sizes = [FrameSize(*frame.pixels.shape[:2]) for frame in frames]
            found = self._postprocess(outputs, sizes)
        with clock.timing("write"):
            for frame, rows in zip(frames, found, strict=True):
                self._parts.add(frame, rows)

    def _batch_of(self, frames: list[Frame]) -> NDArray[np.float32]:
        channels = self._case.model.input.channels
        rule = self._case.model.preprocessing
        rows = [
            preprocess(_image(frame, channels), rule, self._network.height, self._network.width) for frame in frames
        ]
        rows += [rows[-1]] * (self._case.batch_size - len(rows))
        return np.stack(rows)

    def _hash(self, frames: list[Frame], digest: hashlib._Hash) -> None:
        if self._hashes:
            for frame in frames:
                digest.update(f"{frame.index} {frame.time_s:.6f} {frame.pixels.shape}".encode())
                digest.update(np.ascontiguousarray(frame.pixels))


def _opened(command: commands.OpenVideo, case: WorkerCase) -> VideoReader:
    try:
        return VideoReader(Path(command.file), command.sampling, case.threads)
    except (UnreadableVideo, OSError) as error:
        name = Path(command.file).name
        message = f"{name} cannot be analysed: {error}."
        raise BenchError(
            "unreadable-video", "inputs", message, "Convert it to MP4 or Matroska, or leave it out."
        ) from error


def _image(frame: Frame, channels: int) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(frame.pixels))
    return image.convert("L") if channels == 1 else image
