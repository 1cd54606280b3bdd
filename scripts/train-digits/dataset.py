"""scikit-learn's handwritten digits, split once: 60 % to train, 20 % to choose the epoch, 20 % to report."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SPLIT_SEED = 20261124
SHEET_COLUMNS = 24
THUMBNAIL_PIXELS = 32
CALIBRATION_FILE = "calibration-inputs.npy"


@dataclass(frozen=True)
class Split:
    #: float32 [n, 1, 8, 8], 0..1
    pixels: np.ndarray
    #: int64 [n]
    labels: np.ndarray


@dataclass(frozen=True)
class Splits:
    train: Split
    validation: Split
    test: Split


def load_splits() -> Splits:
    digits = load_digits()
    pixels = (digits.images / 16.0).astype(np.float32)[:, np.newaxis]
    labels = digits.target.astype(np.int64)
    rest, test = _divide(np.arange(len(labels)), labels, 0.2)
    train, validation = _divide(rest, labels, 0.25)
    return Splits(*(Split(np.ascontiguousarray(pixels[part]), labels[part]) for part in (train, validation, test)))


def _divide(indices: np.ndarray, labels: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    return train_test_split(indices, test_size=share, random_state=SPLIT_SEED, stratify=labels[indices])


def write_calibration(train: Split, count: int, folder: Path) -> None:
    """The first `count` training images, which the split has shuffled."""
    np.save(folder / CALIBRATION_FILE, train.pixels[:count])


def write_evaluation(test: Split, folder: Path) -> None:
    """The test split as arrays, and as one sheet of thumbnails in the same order, left to right, top to bottom."""
    np.save(folder / "test-inputs.npy", test.pixels)
    np.save(folder / "test-labels.npy", test.labels)
    rows = -(-len(test.labels) // SHEET_COLUMNS)
    sheet = Image.new("L", (SHEET_COLUMNS * THUMBNAIL_PIXELS, rows * THUMBNAIL_PIXELS), 255)
    for index, image in enumerate(test.pixels[:, 0]):
        thumbnail = Image.fromarray(((1.0 - image) * 255).round().astype(np.uint8))
        place = (index % SHEET_COLUMNS * THUMBNAIL_PIXELS, index // SHEET_COLUMNS * THUMBNAIL_PIXELS)
        sheet.paste(thumbnail.resize((THUMBNAIL_PIXELS,) * 2, Image.Resampling.NEAREST), place)
    sheet.quantize(32).save(folder / "test-thumbnails.png", optimize=True)
