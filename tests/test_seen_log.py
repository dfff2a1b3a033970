"""Boxes written down picture by picture come back track by track."""

import numpy as np

from detector.detections import Detections
from detector.seen_log import SeenLog


def found(*lefts: float) -> Detections:
    corners = np.array([(left, 0, left + 1, 1) for left in lefts], np.float32)
    return Detections(corners, np.array(lefts, np.float32) / 100, np.arange(len(lefts)))


def test_each_track_gets_its_own_in_order_of_time() -> None:
    log = SeenLog()
    log.add(np.array([2, 0]), 7, found(10, 20, 30), np.array([0, 2]))
    log.add(np.array([0]), 3, found(40), np.array([0]))
    first, second, third = log.tracklets(3)
    assert first.steps.tolist() == [3, 7]
    assert first.xyxy[:, 0].tolist() == [40, 30]
    assert first.scores.tolist() == [np.float32(0.4), np.float32(0.3)]
    assert first.classes.tolist() == [0, 2]
    assert second.steps.tolist() == []
    assert third.xyxy[:, 0].tolist() == [10]


def test_it_is_empty_then() -> None:
    log = SeenLog()
    log.add(np.array([0]), 0, found(1), np.array([0]))
    assert [len(piece.steps) for piece in (*log.tracklets(1), *log.tracklets(1))] == [1, 0]
    assert SeenLog().tracklets(0) == []
