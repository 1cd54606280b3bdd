from __future__ import annotations

from pathlib import Path

import pytest
from enginebench_worker.video.decode import UnreadableVideo, VideoReader
from enginebench_worker.wire.domain import FrameSampling
from video_files import moving_photograph, playlist, sound_alone, truncated

ALL = FrameSampling(every_frames=1, frames_per_second=None)


def times(file: Path, sampling: FrameSampling) -> list[tuple[int, float]]:
    reader = VideoReader(file, sampling, 1)
    found = [(frame.index, round(frame.time_s, 3)) for frame in reader.frames()]
    reader.close()
    return found


def refusal(file: Path) -> str:
    with pytest.raises(UnreadableVideo) as caught:
        VideoReader(file, ALL, 1)
    return str(caught.value)


@pytest.mark.parametrize(
    ("codec", "name", "read_as"),
    [("mpeg4", "a.mp4", "mpeg4"), ("libx264", "b.mkv", "h264"), ("libvpx", "c.webm", "vp8")],
)
def test_every_frame_of_a_video_is_given_with_its_time(tmp_path: Path, codec: str, name: str, read_as: str) -> None:
    file = moving_photograph(tmp_path / name, codec=codec)
    reader = VideoReader(file, ALL, 1)
    frames = list(reader.frames())
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.time_s for frame in frames] == pytest.approx([index / 10 for index in range(20)], abs=0.002)
    assert {(frame.pixels.shape, str(frame.pixels.dtype)) for frame in frames} == {((64, 96, 3), "uint8")}
    assert reader.problem is None
    assert reader.position_s == pytest.approx(2.0, abs=0.002)
    facts = reader.facts
    assert (facts.width, facts.height, facts.codec, facts.frame_rate) == (96, 64, read_as, 10.0)
    assert facts.duration_s == pytest.approx(2.0, abs=0.11)
    reader.close()


def test_every_third_frame_is_taken(tmp_path: Path) -> None:
    file = moving_photograph(tmp_path / "a.mp4", seconds=1)
    assert times(file, FrameSampling(3, None)) == [(0, 0.0), (3, 0.3), (6, 0.6), (9, 0.9)]


def test_so_many_frames_of_each_second_are_taken(tmp_path: Path) -> None:
    file = moving_photograph(tmp_path / "a.mp4")
    assert times(file, FrameSampling(None, 2)) == [(0, 0.0), (5, 0.5), (10, 1.0), (15, 1.5)]


def test_asking_for_more_frames_than_there_are_gives_each_once(tmp_path: Path) -> None:
    file = moving_photograph(tmp_path / "a.mp4", seconds=0.5)
    assert [index for index, _ in times(file, FrameSampling(None, 100))] == [0, 1, 2, 3, 4]


def test_fault_33_a_file_that_breaks_off_gives_what_it_has_and_says_where_it_ended(tmp_path: Path) -> None:
    whole = moving_photograph(tmp_path / "a.mkv", seconds=4)
    reader = VideoReader(truncated(whole, 0.5), ALL, 1)
    frames = list(reader.frames())
    assert 1 <= len(frames) < 35
    assert reader.problem is not None
    assert reader.problem.startswith(("it ends after ", "it cannot be decoded after "))
    reader.close()


def test_fault_33_a_file_without_its_index_is_refused(tmp_path: Path) -> None:
    assert refusal(truncated(moving_photograph(tmp_path / "a.mp4"), 0.6)).startswith(
        "it cannot be opened as a video"
    )


def test_fault_33_sound_alone_is_refused(tmp_path: Path) -> None:
    assert refusal(sound_alone(tmp_path / "a.mp4")) == "it has no video track"


def test_fault_33_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    assert refusal(tmp_path / "a.mp4") == "the file is empty"


def test_fault_33_text_under_the_name_of_a_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("not a video at all", encoding="utf-8")
    assert refusal(tmp_path / "a.mp4").startswith("it cannot be opened as a video")


def test_fault_33_a_playlist_that_names_another_file_is_refused(tmp_path: Path) -> None:
    other = moving_photograph(tmp_path / "other.ts", codec="mpeg2video", seconds=1, rate=25)
    assert len(times(other, ALL)) == 25
    assert refusal(playlist(tmp_path / "a.mp4", other)).startswith("it cannot be opened as a video")
