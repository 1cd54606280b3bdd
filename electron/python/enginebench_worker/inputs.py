"""Decodes and preprocesses images once, into one .npy that every worker of a run maps: float32 NCHW, or the layout and
the type that the manifest lists.

A broken file is skipped with its reason, and the counts add up: every file looked at is either used or skipped, and
looking stops at the limit. The array is written whole or not at all, row by row, so memory holds one image at a time.
An image's size is checked before its pixels are read. A file name is data: nothing is run, and no archive is opened."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.wire.commands import PrepareInputs
from enginebench_worker.wire.domain import ModelManifest, Preprocessing, SkippedFile
from enginebench_worker.wire.facts import MOST_IMAGE_ASPECT, MOST_IMAGE_BYTES, MOST_IMAGE_PIXELS
from enginebench_worker.wire.messages import InputsPrepared


def prepare_inputs(command: PrepareInputs, execution: Execution) -> InputsPrepared:
    if not command.files:
        raise BenchError("no-images", "inputs", "No images were given.", "Name a folder that holds images.")
    target = Path(command.out_file)
    form = _form_of(command.model)
    image_shape = form.shape(command.model.input.channels or 3, command.height, command.width)
    used: list[str] = []
    skipped: list[SkippedFile] = []
    with written_whole(target) as temporary, temporary.open("wb+") as output:
        header_length = _write_header(output, (command.limit, *image_shape), form.stored)
        for file in command.files:
            if len(used) == command.limit:
                break
            _append(command, form, file, output, used, skipped)
            done = min(1.0, len(used) / min(command.limit, len(command.files)))
            execution.step(f"prepared {len(used)} images", done)
        if not used:
            raise _none_readable(skipped)
        output.seek(0)
        if _write_header(output, (len(used), *image_shape), form.stored) != header_length:
            raise AssertionError("the array's header changed its length")
    return InputsPrepared(command.id, (len(used), *image_shape), sha256_of(target), tuple(used), tuple(skipped))


@dataclass(frozen=True)
class _Form:
    """How a picture is laid out and stored."""

    channels_last: bool
    stored: np.dtype[Any]
    is_brain: bool
    """bfloat16, stored as its bits."""

    def shape(self, channels: int, height: int, width: int) -> tuple[int, ...]:
        return (height, width, channels) if self.channels_last else (channels, height, width)

    def bytes_of(self, pixels: NDArray[np.float32]) -> bytes:
        laid_out = pixels.transpose(1, 2, 0) if self.channels_last else pixels
        if self.is_brain:
            bits = np.ascontiguousarray(laid_out, dtype=np.float32).view(np.uint32)
            rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
            return rounded.astype(np.uint16).tobytes()
        if self.stored.kind in "iu":
            limits = np.iinfo(self.stored)
            return np.clip(np.rint(laid_out), limits.min, limits.max).astype(self.stored).tobytes()
        return np.ascontiguousarray(laid_out, dtype=self.stored).tobytes()


def _form_of(model: ModelManifest) -> _Form:
    listed = next((each for each in model.inputs or () if each.name == model.input.name), None)
    if listed is None:
        return _Form(False, np.dtype("<f4"), is_brain=False)
    is_brain = listed.type == "bfloat16"
    stored = np.dtype("uint16" if is_brain else listed.type).newbyteorder("<")
    return _Form((listed.layout or "NCHW").endswith("C"), stored, is_brain)


def _append(
    command: PrepareInputs, form: _Form, file: str, output: BinaryIO, used: list[str], skipped: list[SkippedFile]
) -> None:
    try:
        image = decode(Path(file), command.model.input.channels or 3)
    except (UnreadableImage, OSError) as error:
        skipped.append(SkippedFile(file, str(error)))
        return
    output.write(form.bytes_of(preprocess(image, command.model.preprocessing, command.height, command.width)))
    used.append(file)


def _write_header(output: BinaryIO, shape: tuple[int, ...], stored: np.dtype[Any]) -> int:
    """NumPy pads a header so that the first number can grow in place: any count up to the limit fits."""
    header = {"descr": np.lib.format.dtype_to_descr(stored), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(output, header)
    return output.tell()


def _none_readable(skipped: list[SkippedFile]) -> BenchError:
    first = skipped[0]
    message = f"None of {len(skipped)} images could be read; {Path(first.file).name}: {first.reason}."
    return BenchError("no-readable-images", "inputs", message, "Use JPEG, PNG, WebP, BMP or TIFF images.")


FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
Image.MAX_IMAGE_PIXELS = None  # checked here, with a message for the user
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
    if size > MOST_IMAGE_BYTES:
        raise UnreadableImage(f"the file is over {MOST_IMAGE_BYTES // 1024**2} MiB")
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
            raise UnreadableImage("does not fit in this machine's memory") from None
        except Exception as error:  # decoders of broken files raise almost anything
            raise UnreadableImage(f"broken: {error}") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_IMAGE_PIXELS:
        raise UnreadableImage(f"{width}x{height} is over {MOST_IMAGE_PIXELS // 1_000_000} megapixels")
    if min(width, height) < SMALLEST_SIDE or max(width, height) > MOST_IMAGE_ASPECT * min(width, height):
        raise UnreadableImage(f"{width}x{height} is too narrow for a photo")


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


_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def preprocess(image: Image.Image, rule: Preprocessing, height: int, width: int) -> NDArray[np.float32]:
    fitted = _fit(image, rule, height, width)
    pixels = np.asarray(fitted, dtype=np.float32)
    pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    channels = len(pixels)
    mean, deviation = (_per_channel(values, channels) for values in (rule.mean, rule.standard_deviation))
    return np.ascontiguousarray((pixels * np.float32(rule.rescale) - mean) / deviation, dtype=np.float32)


def _fit(image: Image.Image, rule: Preprocessing, height: int, width: int) -> Image.Image:
    resample = _FILTERS[rule.interpolation]
    match rule.resize:
        case "exact":
            return image.resize((width, height), resample)
        case "letterbox":
            return _letterbox(image, rule, height, width)
        case "shortest-edge":
            scale = max(height / image.height, width / image.width) / (rule.crop_fraction or 1)
            size = (max(width, round(image.width * scale)), max(height, round(image.height * scale)))
            resized = image.resize(size, resample)
            return _crop_center(resized, height, width) if rule.center_crop else resized.crop((0, 0, width, height))
    return _crop_center(image, height, width) if rule.center_crop else image.resize((width, height), resample)


def _letterbox(image: Image.Image, rule: Preprocessing, height: int, width: int) -> Image.Image:
    scale = min(height / image.height, width / image.width)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    shade = rule.pad_value if image.mode == "L" else (rule.pad_value,) * 3
    canvas = Image.new(image.mode, (width, height), shade)
    canvas.paste(image.resize(inner, _FILTERS[rule.interpolation]), ((width - inner[0]) // 2, (height - inner[1]) // 2))
    return canvas


def _crop_center(image: Image.Image, height: int, width: int) -> Image.Image:
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _per_channel(values: tuple[float, ...], channels: int) -> NDArray[np.float32]:
    return np.broadcast_to(np.asarray(values, dtype=np.float32), (channels,)).reshape(channels, 1, 1)
