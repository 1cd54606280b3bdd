"""Decodes one image file: size checked before its pixels are read, turned by its EXIF, as 8-bit RGB or grey.

Raises UnreadableImage with words for the user. The file's name is data: nothing is run, and no archive is opened."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
MAXIMUM_PIXELS = 100_000_000
Image.MAX_IMAGE_PIXELS = None  # checked here, in words for the user
MAXIMUM_BYTES = 512 * 1024 * 1024
MAXIMUM_ASPECT = 100
SMALLEST_SIDE = 2

_SIXTEEN_BIT_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})


class UnreadableImage(Exception):
    pass


def decode(file: Path, channels: int) -> Image.Image:
    if not file.is_file():
        raise UnreadableImage("not a file")
    size = file.stat().st_size
    if size == 0:
        raise UnreadableImage("the file is empty")
    if size > MAXIMUM_BYTES:
        raise UnreadableImage(f"the file is over {MAXIMUM_BYTES // 1024**2} MiB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=FORMATS) as opened:
                _check_size(*opened.size)
                opened.load()
                return _as_channels(ImageOps.exif_transpose(opened), channels)
        except UnidentifiedImageError:
            raise UnreadableImage("not a JPEG, PNG, WebP, BMP or TIFF image") from None
        except UnreadableImage:
            raise
        except MemoryError:
            raise UnreadableImage("too large for this machine's memory") from None
        except Exception as error:  # decoders of broken files raise almost anything
            raise UnreadableImage(f"broken: {error}") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAXIMUM_PIXELS:
        raise UnreadableImage(f"{width}x{height} is over {MAXIMUM_PIXELS // 1_000_000} megapixels")
    if min(width, height) < SMALLEST_SIDE or max(width, height) > MAXIMUM_ASPECT * min(width, height):
        raise UnreadableImage(f"{width}x{height} is too narrow to be a photograph")


def _as_channels(image: Image.Image, channels: int) -> Image.Image:
    if image.mode in _SIXTEEN_BIT_MODES:
        depth = np.asarray(image).astype(np.int64)
        top = 65535 if depth.max(initial=0) > 255 else 255
        image = Image.fromarray((np.clip(depth, 0, top) * 255 // top).astype(np.uint8))
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, layered)
    return image.convert("L" if channels == 1 else "RGB")
