from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.inputs import UnreadableImage, decode
from image_files import LEFT, RIGHT, halves, png_that_claims, sixteen_bit, truncated, turned_by_exif
from PIL import Image


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
        (1, 60_000, "1x60000 is too narrow to be a photograph"),
        (10_001, 100, "10001x100 is too narrow to be a photograph"),
    ],
)
def test_a_size_out_of_bounds_is_refused_before_its_pixels_are_read(
    tmp_path: Path, width: int, height: int, reason: str
) -> None:
    file = tmp_path / "size.png"
    file.write_bytes(png_that_claims(width, height))
    assert reason_for(file) == reason
