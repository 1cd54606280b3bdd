from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.inputs import UnreadableImage, decode, prepare_inputs, preprocess
from enginebench_worker.wire.commands import PrepareInputs
from enginebench_worker.wire.domain import ModelManifest, Preprocessing
from enginebench_worker.wire.messages import InputsPrepared
from image_files import LEFT, RIGHT, halves, png_that_claims, sixteen_bit, truncated, turned_by_exif
from PIL import Image


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


def test_fault_33_broken_files_are_skipped_with_their_reason_and_counts_add_up(
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


def corners(file: Path) -> tuple[tuple[int, int], bool, bool]:
    image = decode(file, 3)
    left, right = image.getpixel((4, 4)), image.getpixel((image.width - 4, 4))
    near = [np.abs(np.subtract(found, wanted)).max() < 12 for found, wanted in ((left, LEFT), (right, RIGHT))]
    return image.size, near[0], near[1]


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "bmp", "tiff"])
def test_each_format_decodes(tmp_path: Path, extension: str) -> None:
    file = tmp_path / f"image.{extension}"
    halves().save(file)
    assert corners(file) == ((64, 48), True, True)


def test_an_image_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    assert corners(turned_by_exif(tmp_path / "turned.jpg")) == ((64, 48), True, True)


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    file = tmp_path / "cmyk.jpg"
    halves().convert("CMYK").save(file, quality=95)
    assert decode(file, 3).mode == "RGB"


def test_sixteen_bits_are_scaled_and_not_cut_off(tmp_path: Path) -> None:
    pixels = np.asarray(decode(sixteen_bit(tmp_path / "deep.png"), 3))
    assert (pixels.min(), pixels.max(), int(pixels.mean().round())) == (0, 255, 127)


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    file = tmp_path / "clear.png"
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file)
    assert decode(file, 3).getpixel((0, 0)) == (255, 255, 255)


def test_grey_is_given_where_the_model_takes_one_channel(tmp_path: Path) -> None:
    file = tmp_path / "image.png"
    halves().save(file)
    assert decode(file, 1).mode == "L"


def reason_for(file: Path) -> str:
    with pytest.raises(UnreadableImage) as caught:
        decode(file, 3)
    return str(caught.value)


def test_an_empty_file_is_named_so(tmp_path: Path) -> None:
    file = tmp_path / "empty.jpg"
    file.touch()
    assert reason_for(file) == "the file is empty"


def test_a_truncated_file_is_broken(tmp_path: Path) -> None:
    assert reason_for(truncated(tmp_path / "cut.jpg")).startswith("broken: ")


def test_a_file_that_is_no_image_is_named_so(tmp_path: Path) -> None:
    file = tmp_path / "notes.png"
    file.write_text("%!PS-Adobe-3.0 EPSF-3.0", encoding="utf-8")
    assert reason_for(file) == "not a JPEG, PNG, WebP, BMP or TIFF image"


def test_a_folder_and_a_missing_file_are_no_images(tmp_path: Path) -> None:
    assert [reason_for(tmp_path), reason_for(tmp_path / "gone.jpg")] == ["not a file", "not a file"]


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (60_000, 60_000, "60000x60000 is over 100 megapixels"),
        (1, 60_000, "1x60000 is too narrow for a photo"),
        (10_001, 100, "10001x100 is too narrow for a photo"),
    ],
)
def test_a_size_out_of_bounds_is_refused_before_its_pixels_are_read(
    tmp_path: Path, width: int, height: int, reason: str
) -> None:
    file = tmp_path / "size.png"
    file.write_bytes(png_that_claims(width, height))
    assert reason_for(file) == reason


PLAIN = Preprocessing("exact", "bilinear", False, 114, 1.0, (0.0,), (1.0,))


def test_exact_stretches() -> None:
    pixels = preprocess(Image.new("RGB", (50, 10), (1, 2, 3)), PLAIN, 4, 6)
    assert (pixels.shape, pixels.dtype, pixels[:, 2, 3].tolist()) == ((3, 4, 6), np.float32, [1, 2, 3])


def test_letterbox_pads_evenly_with_the_given_shade() -> None:
    pixels = preprocess(Image.new("RGB", (40, 20), (9, 9, 9)), replace(PLAIN, resize="letterbox"), 8, 8)
    assert pixels[0, :, 0].tolist() == [114, 114, 9, 9, 9, 9, 114, 114]


def test_shortest_edge_with_a_centre_crop_keeps_the_middle() -> None:
    rule = replace(PLAIN, resize="shortest-edge", center_crop=True)
    pixels = preprocess(halves((160, 40)), rule, 20, 20)
    assert (pixels.shape, pixels[0, 10, 2] > 150, pixels[2, 10, 17] > 150) == ((3, 20, 20), True, True)


@pytest.mark.parametrize("size", [(3, 300), (300, 3), (224, 224), (223, 225), (1, 1)])
@pytest.mark.parametrize("resize", ["exact", "letterbox", "shortest-edge", "none"])
@pytest.mark.parametrize("center_crop", [True, False])
def test_every_rule_gives_the_asked_size(size: tuple[int, int], resize: str, center_crop: bool) -> None:
    rule = replace(PLAIN, resize=resize, center_crop=center_crop)  # type: ignore[arg-type]
    assert preprocess(Image.new("RGB", size), rule, 32, 64).shape == (3, 32, 64)


def test_values_are_rescaled_then_centred_a_channel_at_a_time() -> None:
    rule = replace(PLAIN, rescale=1 / 255, mean=(0.5, 0.25, 0.0), standard_deviation=(0.5, 0.25, 2.0))
    pixels = preprocess(Image.new("RGB", (2, 2), (255, 0, 255)), rule, 2, 2)
    assert pixels[:, 0, 0].tolist() == pytest.approx([1.0, -1.0, 0.5])


def test_grey_gives_one_channel() -> None:
    assert preprocess(Image.new("L", (9, 9), 7), PLAIN, 3, 3).tolist() == [[[7.0] * 3] * 3]
