from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from enginebench_worker.inputs import preprocess
from enginebench_worker.wire.domain import Preprocessing
from image_files import halves
from PIL import Image

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
