"""Image files that a user's folder may hold, sound and broken."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

LEFT, RIGHT = (200, 30, 30), (30, 30, 200)


def halves(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, LEFT)
    image.paste(RIGHT, (size[0] // 2, 0, *size))
    return image


def png_that_claims(width: int, height: int) -> bytes:
    """A header with no pixels to go with it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def turned_by_exif(file: Path) -> Path:
    """Stored upside down, with the note that says so."""
    exif = Image.Exif()
    exif[0x0112] = 3
    halves().rotate(180).save(file, exif=exif, quality=95)
    return file


def truncated(file: Path) -> Path:
    halves((640, 480)).save(file)
    file.write_bytes(file.read_bytes()[:2000])
    return file


def sixteen_bit(file: Path) -> Path:
    Image.fromarray(np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)).save(file)
    return file
