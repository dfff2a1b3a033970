"""Observations packed are the same observations, whole or in parts."""

import numpy as np
import pytest

from detector.detections import Detections
from detector.motion import UNKNOWN_MOTION, CameraMotion
from detector.observations import Observation, Observations

PAN = CameraMotion(np.array([[1, 0, 0.1], [0, 1, 0.2], [1e-9, 0, 1]]), np.eye(2, 3, dtype=np.float32), known=True)


def found(count: int) -> Detections:
    corners = np.arange(4 * count, dtype=np.float32).reshape(count, 4)
    return Detections(corners, np.full(count, 0.3, np.float32), np.arange(count))


def seen(frame: int) -> Observation:
    """Of every third frame nothing, of every fourth nobody knows."""
    detections = None if frame % 4 == 3 else found(frame % 3)
    size_px, motion = (None, UNKNOWN_MOTION) if detections is None else (640, PAN)
    return Observation(frame, frame / 25, detections, size_px, motion, dark=frame % 5 == 0)


def assert_same(one: Observation, other: Observation) -> None:
    assert (one.frame, one.time_s, one.size_px, one.dark) == (other.frame, other.time_s, other.size_px, other.dark)
    assert (one.detections is None) == (other.detections is None)
    if one.detections is not None and other.detections is not None:
        assert np.array_equal(one.detections.xyxy, other.detections.xyxy)
        assert np.array_equal(one.detections.scores, other.detections.scores)
        assert np.array_equal(one.detections.classes, other.detections.classes)
    assert np.array_equal(one.motion.matrix, other.motion.matrix)
    assert np.array_equal(one.motion.affine, other.motion.affine)
    assert one.motion.known == other.motion.known


def assert_all_same(held: Observations, frames: range) -> None:
    for one, frame in zip(held, frames, strict=True):
        assert_same(one, seen(frame))


def test_what_goes_in_comes_out() -> None:
    held = Observations(map(seen, range(100, 120)))
    assert_all_same(held, range(100, 120))
    assert_same(held[-1], seen(119))
    assert_all_same(held[3:7], range(103, 107))
    assert len(Observations()) == 0


@pytest.mark.parametrize("last", [99, 100, 107, 119, 200])
def test_a_shot_is_taken_out_and_the_rest_goes_on(last: int) -> None:
    held = Observations(map(seen, range(100, 120)))
    taken = held.take_until(last)
    held.append(seen(120))
    assert_all_same(taken, range(100, min(last, 119) + 1))
    assert_all_same(held, range(max(100, min(last, 119) + 1), 121))


def test_without_boxes_it_stays_known_where_somebody_looked() -> None:
    held = Observations(map(seen, range(8)))
    held.let_go_of_boxes()
    assert [one.detections is None for one in held] == [frame % 4 == 3 for frame in range(8)]
    assert not any(len(one.detections) for one in held if one.detections is not None)


def test_columns_are_those_of_all_frames() -> None:
    held = Observations(map(seen, range(10)))
    assert held.column("frame").tolist() == list(range(10))
    assert sum(block["dark"].sum() for block in held.blocks()) == 2
    assert held.column("looked_at").sum() == 8
