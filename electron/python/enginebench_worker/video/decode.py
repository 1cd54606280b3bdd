"""Decodes a container to RGB frames: which frames are taken, their timestamps, and why a file cannot be read.

Only known containers are opened, and only this file: a playlist that names other files or addresses is refused. Decoder
threads work on slices of one frame, so a frame is complete when it is returned and no decoding overlaps later stages.
Holds one frame at a time. Does not resize, and knows nothing about models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import FrameSampling
from enginebench_worker.wire.facts import MOST_IMAGE_PIXELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf"

_SLOT_SLACK = 1e-6


class UnreadableVideo(Exception):
    """The message is for the user."""


@dataclass(frozen=True)
class VideoFacts:
    width: int
    height: int
    codec: str
    frame_rate: float | None
    duration_s: float | None


@dataclass(frozen=True)
class Frame:
    index: int
    """Counted from the first frame of the file, taken or not."""
    time_s: float
    pixels: NDArray[np.uint8]
    """[height, width, 3], rotated as the file says."""


class FrameChoice:
    """Every n-th frame, or the first of each span of 1 / rate seconds."""

    def __init__(self, sampling: FrameSampling) -> None:
        self._sampling = sampling
        self._last_slot = -1

    def takes(self, index: int, time_s: float) -> bool:
        rate = self._sampling.frames_per_second
        if rate is None:
            return index % (self._sampling.every_frames or 1) == 0
        slot = floor(time_s * rate + _SLOT_SLACK)
        if slot <= self._last_slot:
            return False
        self._last_slot = slot
        return True


class VideoReader:
    """`position_s` is where the last decoded frame ends; `problem` why decoding ended before the file did."""

    def __init__(self, file: Path, sampling: FrameSampling, threads: int) -> None:
        self._av = _import_av()
        self._choice = FrameChoice(sampling)
        self._container = _open(self._av, file)
        self.position_s = 0.0
        self.problem: str | None = None
        try:
            self._stream = _video_stream(self._container)
            self._stream.thread_type = "SLICE"
            self._stream.codec_context.thread_count = threads
            self.facts = _facts(self._container, self._stream)
        except BaseException:
            self.close()
            raise

    def frames(self) -> Iterator[Frame]:
        """Never raises because of the file: a part that cannot be decoded ends the frames; `problem` has the reason."""
        span_s = 1 / (self.facts.frame_rate or 25)
        index = -1
        try:
            for index, decoded in enumerate(self._container.decode(self._stream)):
                time_s = index * span_s if decoded.time is None else max(0.0, decoded.time - self._start_s())
                self.position_s = max(self.position_s, time_s + span_s)
                if self._choice.takes(index, time_s):
                    yield Frame(index, time_s, _upright(decoded))
        except self._av.FFmpegError as error:
            self.problem = f"it cannot be decoded after {self.position_s:.2f} s: {_words(error)}"
        else:
            self.problem = self._early_end(index + 1)

    def close(self) -> None:
        self._container.close()

    def _start_s(self) -> float:
        start, base = self._stream.start_time, self._stream.time_base
        return 0.0 if start is None or base is None else float(start * base)

    def _early_end(self, count: int) -> str | None:
        if count == 0:
            return "it has no frame that can be decoded"
        declared = self.facts.duration_s
        if declared is None or self.position_s >= declared - max(0.5, declared * 0.05):
            return None
        return f"it ends after {self.position_s:.2f} s of the {declared:.2f} s it declares"


def _import_av() -> Any:
    try:
        import av
    except ImportError as error:
        raise BenchError(
            "python-unavailable",
            "inputs",
            "This Python environment cannot decode video: PyAV is not installed.",
            "Set it up again: enginebench setup python --repair",
            error,
        ) from error
    av.logging.set_level(None)
    return av


def _open(av: Any, file: Path) -> Any:
    if not file.is_file():
        raise UnreadableVideo("it is not a file")
    if file.stat().st_size == 0:
        raise UnreadableVideo("the file is empty")
    try:
        return av.open(str(file), options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"})
    except (av.FFmpegError, ValueError) as error:
        raise UnreadableVideo(f"it cannot be opened as a video: {_words(error)}") from error


def _video_stream(container: Any) -> Any:
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise UnreadableVideo("it has no video track")
    stream = streams[0]
    if stream.codec_context is None:
        raise UnreadableVideo("no installed decoder reads its video track")
    width, height = stream.codec_context.width, stream.codec_context.height
    if not width or not height:
        raise UnreadableVideo("its video track has no size")
    if width * height > MOST_IMAGE_PIXELS:
        raise UnreadableVideo(f"its frames of {width} x {height} pixels are too large")
    return stream


def _is_cover(stream: Any) -> bool:
    disposition = stream.disposition
    return bool(disposition & type(disposition).attached_pic)


def _facts(container: Any, stream: Any) -> VideoFacts:
    duration = (
        None if stream.duration is None or stream.time_base is None else float(stream.duration * stream.time_base)
    )
    if duration is None and container.duration is not None:
        duration = container.duration / 1_000_000
    rate = float(stream.average_rate) if stream.average_rate else None
    context = stream.codec_context
    return VideoFacts(
        context.width, context.height, context.name, rate, duration if duration and duration > 0 else None
    )


def _upright(decoded: Any) -> NDArray[np.uint8]:
    pixels = decoded.to_ndarray(format="rgb24")
    turns = round(getattr(decoded, "rotation", 0) / 90) % 4
    return np.rot90(pixels, turns) if turns else pixels


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).strip() or type(error).__name__
