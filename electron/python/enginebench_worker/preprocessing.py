"""From a decoded image to the float32 array [channels, height, width] that the manifest asks for. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from enginebench_worker.wire.domain import Preprocessing

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
            scale = max(height / image.height, width / image.width)
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
