"""Weak boxes beside tracks, rendered as numbers: 25 pictures a second over standing ground."""

import numpy as np

from detector.detections import Detections
from detector.looking_back import Reach, look_back
from detector.tracklets import Shot, Tracklet

FRAMES = 60
SHOT = Shot([0.04 * n for n in range(FRAMES)], [np.eye(3)] * FRAMES)
REACH = Reach(within_s=0.3, within_frames=2, buffer=0.3, least_overlap=0.3)


def box(x: float) -> list[float]:
    return [x - 10, 90, x + 10, 110]


def weak(*places: float) -> Detections:
    count = len(places)
    boxes = np.array([box(x) for x in places], np.float32).reshape(-1, 4)
    return Detections(boxes, np.full(count, 0.1, np.float32), np.zeros(count, np.int64))


def track(steps: list[int]) -> Tracklet:
    """A vehicle at 100 + 3 x step."""
    count = len(steps)
    boxes = np.array([box(100 + 3 * n) for n in steps], np.float32)
    return Tracklet(np.array(steps), boxes, np.full(count, 0.9, np.float32), np.zeros(count, np.int32))


def test_weak_boxes_before_the_beginning_are_taken() -> None:
    leftover = [weak(100 + 3 * n, 400) if n < 30 else weak() for n in range(FRAMES)]
    [whole] = look_back([track(list(range(30, 60)))], leftover, SHOT, REACH)
    assert whole.steps.tolist() == list(range(60))
    assert set(whole.scores[:30]) == {np.float32(0.1)}


def test_weak_boxes_in_a_gap_are_taken() -> None:
    steps = [n for n in range(FRAMES) if not 20 <= n < 30]
    leftover = [weak(100 + 3 * n) if 20 <= n < 30 else weak() for n in range(FRAMES)]
    [whole] = look_back([track(steps)], leftover, SHOT, REACH)
    assert whole.steps.tolist() == list(range(60))


def test_nothing_is_taken_across_a_longer_pause() -> None:
    leftover = [weak(100 + 3 * n) if n < 20 else weak() for n in range(FRAMES)]
    [whole] = look_back([track(list(range(30, 60)))], leftover, SHOT, REACH)
    assert whole.steps.tolist() == list(range(30, 60))


def test_a_box_goes_to_one_track_only() -> None:
    leftover = [weak(100 + 3 * n) if n < 30 else weak() for n in range(FRAMES)]
    one, other = track(list(range(30, 60))), track(list(range(32, 60)))
    found = look_back([one, other], leftover, SHOT, REACH)
    assert sum(len(whole.steps) for whole in found) == 30 + 28 + 30


def test_without_tracks_there_is_nothing_to_do() -> None:
    assert look_back([], [weak(100)] * FRAMES, SHOT, REACH) == []
    assert look_back([], [], Shot(), REACH) == []
