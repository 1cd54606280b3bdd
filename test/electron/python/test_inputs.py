from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.inputs import prepare_inputs
from enginebench_worker.wire.commands import PrepareInputs
from enginebench_worker.wire.domain import ModelManifest
from enginebench_worker.wire.messages import InputsPrepared
from image_files import halves, png_that_claims, truncated


@pytest.fixture
def colour_model(digits: ModelManifest) -> ModelManifest:
    rule = replace(digits.preprocessing, resize="exact", rescale=1.0, mean=(0.0,), standard_deviation=(1.0,))
    return replace(digits, input=replace(digits.input, channels=3, dynamic_size=True), preprocessing=rule)


@pytest.fixture
def photographs(tmp_path: Path) -> list[str]:
    folder = tmp_path / "quotes ' and ; $(touch pwned) é"
    folder.mkdir()
    for index in range(3):
        halves().save(folder / f"-{index}.png")
    return [str(file) for file in sorted(folder.iterdir())]


def command(model: ModelManifest, files: list[str], out_file: Path, limit: int = 10) -> PrepareInputs:
    return PrepareInputs(1, model, 6, 8, tuple(files), limit, str(out_file))


def test_broken_files_are_skipped_with_their_reason_and_counts_add_up(
    colour_model: ModelManifest, photographs: list[str], tmp_path: Path, execution: Execution
) -> None:
    empty, cut, bomb = tmp_path / "empty.jpg", tmp_path / "cut.jpg", tmp_path / "bomb.png"
    empty.touch()
    truncated(cut)
    bomb.write_bytes(png_that_claims(50_000, 50_000))
    out_file = tmp_path / "out" / "inputs.npy"
    files = [str(empty), photographs[0], str(cut), str(bomb), *photographs[1:]]
    prepared = prepare_inputs(command(colour_model, files, out_file), execution)
    reasons = {Path(each.file).name: each.reason.split(":")[0] for each in prepared.skipped}
    assert prepared == InputsPrepared(1, (3, 3, 6, 8), sha256_of(out_file), tuple(photographs), prepared.skipped)
    assert reasons == {
        "empty.jpg": "the file is empty",
        "cut.jpg": "broken",
        "bomb.png": "50000x50000 is over 100 megapixels",
    }
    assert len(prepared.used) + len(prepared.skipped) == len(files)


def test_the_array_holds_the_pixels_in_order(
    colour_model: ModelManifest, photographs: list[str], tmp_path: Path, execution: Execution
) -> None:
    out_file = tmp_path / "inputs.npy"
    prepare_inputs(command(colour_model, photographs, out_file, limit=100_000), execution)
    images = np.load(out_file, allow_pickle=False)
    assert (images.shape, images.dtype, images[:, 0, 0, 0].tolist()) == ((3, 3, 6, 8), np.float32, [200.0] * 3)


def test_looking_stops_at_the_limit(
    colour_model: ModelManifest, photographs: list[str], tmp_path: Path, execution: Execution
) -> None:
    prepared = prepare_inputs(command(colour_model, photographs, tmp_path / "inputs.npy", limit=2), execution)
    assert (prepared.shape, prepared.used, prepared.skipped) == ((2, 3, 6, 8), tuple(photographs[:2]), ())


def test_the_same_images_give_the_same_bytes(
    colour_model: ModelManifest, photographs: list[str], tmp_path: Path, execution: Execution
) -> None:
    hashes = {
        prepare_inputs(command(colour_model, photographs, tmp_path / name, limit), execution).sha256
        for name, limit in (("a.npy", 3), ("b.npy", 4000))
    }
    assert len(hashes) == 1


def test_only_broken_images_are_an_error_that_names_the_first(
    colour_model: ModelManifest, tmp_path: Path, execution: Execution
) -> None:
    broken = tmp_path / "empty.jpg"
    broken.touch()
    with pytest.raises(BenchError) as caught:
        prepare_inputs(command(colour_model, [str(broken)], tmp_path / "out" / "inputs.npy"), execution)
    record = caught.value.record
    words = "None of 1 images could be read; empty.jpg: the file is empty."
    assert (record.code, record.message, list((tmp_path / "out").iterdir())) == ("no-readable-images", words, [])


def test_no_images_are_an_error(colour_model: ModelManifest, tmp_path: Path, execution: Execution) -> None:
    with pytest.raises(BenchError) as caught:
        prepare_inputs(command(colour_model, [], tmp_path / "inputs.npy"), execution)
    assert caught.value.record.code == "no-images"


def test_cancelling_leaves_no_file(
    colour_model: ModelManifest, photographs: list[str], tmp_path: Path, execution: Execution
) -> None:
    execution.cancel()
    with pytest.raises(Cancelled):
        prepare_inputs(command(colour_model, photographs, tmp_path / "out" / "inputs.npy"), execution)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_leaves_no_file(
    colour_model: ModelManifest, photographs: list[str], tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / f".inputs.npy.{os.getpid()}.part").symlink_to("/dev/full")  # the device that is always full
    with pytest.raises(OSError, match="No space left"):
        prepare_inputs(command(colour_model, photographs, out / "inputs.npy"), execution)
    assert list(out.iterdir()) == []
