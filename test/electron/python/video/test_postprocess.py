from __future__ import annotations

import numpy as np
import pytest
from enginebench_worker.video.postprocess import (
    WITH_GAPS,
    WITHOUT_GAPS,
    FrameSize,
    class_name,
    embeddings,
    set_detections,
    yolo_detections,
)
from enginebench_worker.wire.domain import Preprocessing

LETTERBOX = Preprocessing("letterbox", "bilinear", False, 114, 1 / 255, (0.0,), (1.0,))


def test_embeddings_have_unit_length_and_filled_up_rows_are_dropped() -> None:
    rows = embeddings([np.array([[3, 4], [0, 0], [9, 9]], np.float32)], [FrameSize(1, 1)] * 2)
    assert [found[0]["embedding"] for found in rows] == [pytest.approx([0.6, 0.8]), [0.0, 0.0]]


def test_a_set_gives_boxes_in_pixels_best_first_and_never_the_class_of_nothing() -> None:
    logits = np.full((1, 3, 92), -10, np.float32)
    logits[0, 0, 17] = 10
    logits[0, 1, 91] = 10  # no object
    logits[0, 2, [1, 2]] = [5, 4]
    boxes = np.array([[[0.5, 0.5, 0.5, 0.5], [0.1, 0.1, 0.1, 0.1], [0.95, 0.5, 0.2, 0.2]]], np.float32)
    [rows] = set_detections([logits, boxes], [FrameSize(100, 200)], 0.5)
    assert [(row["classId"], row["className"]) for row in rows] == [(17, "cat"), (1, "person")]
    assert rows[0] | {"score": 1.0} == {
        "classId": 17,
        "className": "cat",
        "score": 1.0,
        "left": 50.0,
        "top": 25.0,
        "right": 150.0,
        "bottom": 75.0,
    }
    assert rows[1]["score"] == pytest.approx(1 / (1 + np.exp(-1)), rel=1e-3)
    assert [rows[1][side] for side in ("left", "top", "right", "bottom")] == pytest.approx([170, 40, 200, 60])


def test_yolo_keeps_the_best_of_a_heap_and_takes_the_letterbox_away() -> None:
    raw = np.zeros((1, 84, 3), np.float32)
    raw[0, :4] = np.array([[320, 320, 64, 64], [322, 320, 64, 64], [64, 400, 64, 64]], np.float32).T
    raw[0, 4 + 2] = [0.9, 0.8, 0.0]
    raw[0, 4 + 15] = [0.0, 0.0, 0.7]
    [rows] = yolo_detections([raw], [FrameSize(320, 640)], 0.25, LETTERBOX, FrameSize(640, 640))
    assert [(row["className"], round(row["score"], 3)) for row in rows] == [("car", 0.9), ("cat", 0.7)]
    assert [rows[0][side] for side in ("left", "top", "right", "bottom")] == pytest.approx([288, 128, 352, 192])


def test_values_that_are_no_numbers_are_no_detections() -> None:
    logits = np.full((1, 1, 92), np.nan, np.float32)
    assert set_detections([logits, np.zeros((1, 1, 4), np.float32)], [FrameSize(8, 8)], 0.5) == [[]]


def test_class_names_follow_the_count_of_classes() -> None:
    assert (len(WITHOUT_GAPS), len(WITH_GAPS)) == (80, 91)
    assert [class_name(0, 80), class_name(1, 91), class_name(12, 91), class_name(79, 80), class_name(90, 91)] == [
        "person",
        "person",
        None,
        "toothbrush",
        "toothbrush",
    ]
    assert class_name(3, 7) is None
