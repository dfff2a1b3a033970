"""Which frames are looked at, told frame by frame to a schedule that sees no picture."""

from collections.abc import Callable

import numpy as np
import pytest

from detector.detections import Detections
from detector.look_schedule import EveryChoice, schedule
from detector.motion import UNKNOWN_MOTION, CameraMotion

STILL = CameraMotion(np.eye(3), np.eye(2, 3, dtype=np.float32), known=True)
Shows = Callable[[int], Detections]


def vehicles(*places: float, score: float = 0.9) -> Detections:
    left = np.array(places, np.float32)
    boxes = np.stack([left, 0 * left, left + 20, 0 * left + 20], axis=1)
    return Detections(boxes, np.full(len(left), score, np.float32), np.zeros(len(left), np.int64))


def going(pixels: float) -> Shows:
    """One vehicle of 20 pixels that goes so far in a frame."""
    return lambda frame: vehicles(pixels * frame)


STANDING = going(0)


def looks(
    every: EveryChoice = "auto",
    frames: int = 60,
    rate: float = 25.0,
    shows: Shows = STANDING,
    cuts: frozenset[int] = frozenset(),
    motion: CameraMotion = STILL,
    size_px: int = 640,
) -> list[int]:
    """The frames that are looked at."""
    plan, looked = schedule(every, 0.5), []
    for frame in range(frames):
        if plan.due(frame / rate, motion, (640, 360), frame in cuts):
            looked.append(frame)
            plan.looked(shows(frame), size_px)
    return looked


def pan(pixels: float) -> CameraMotion:
    matrix = np.array([[1, 0, pixels], [0, 1, 0], [0, 0, 1]], np.float64)
    return CameraMotion(matrix, matrix[:2].astype(np.float32), known=True)


def steps(looked: list[int]) -> set[int]:
    """Frames between looks, once the scene is known."""
    return set(np.diff(looked[8:]).tolist())


def test_every_frame() -> None:
    assert looks(1) == list(range(60))


def test_every_nth_frame_from_the_first_of_each_scene() -> None:
    assert looks(4, frames=12, cuts=frozenset({6})) == [0, 4, 6, 10]


@pytest.mark.parametrize("every", [0, -1, 1001, True, "often", 2.5, None])
def test_anything_else_is_refused_with_what_to_give(every: object) -> None:
    with pytest.raises(ValueError, match="give auto, or a number from 1 to 1000"):
        schedule(every, 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rate", "step"), [(24, 3), (25, 3), (30, 3), (60, 6), (5, 1), (1, 1)])
def test_what_is_sure_and_slow_is_looked_at_as_often_a_second_at_any_rate(rate: float, step: int) -> None:
    assert steps(looks(rate=rate, frames=120)) == {step}


def test_looks_that_cost_more_are_fewer() -> None:
    assert len(looks(rate=60, size_px=1280)) < len(looks(rate=60, size_px=640))


def test_a_scene_begins_with_looks_at_each_of_its_first_frames() -> None:
    assert {0, 1, 2, 31, 32, 33} <= set(looks(cuts=frozenset({31})))


def test_nowhere_are_there_more_than_some_25_looks_a_second() -> None:
    everywhere_new = looks(rate=60, shows=lambda frame: vehicles(100.0 * (frame % 5)), motion=UNKNOWN_MOTION)
    assert set(np.diff(everywhere_new).tolist()) == {2}
    assert looks(rate=60)[:3] == [0, 2, 4]


def test_doubtful_ones_too_are_looked_at_less_often_where_a_look_costs_more() -> None:
    assert steps(looks(rate=25, frames=120, shows=lambda frame: vehicles(100.0, score=0.6), size_px=1280)) <= {3, 4}


def test_doubtful_vehicles_are_looked_at_more_often() -> None:
    assert steps(looks(shows=lambda frame: vehicles(100.0, score=0.6))) == {2}


def test_vehicles_that_are_fast_beside_their_size_are_looked_at_more_often() -> None:
    assert len(looks(shows=going(12))) > 1.5 * len(looks(shows=going(1)))


def test_one_that_appears_brings_the_next_look_forward() -> None:
    looked = looks(shows=lambda frame: vehicles(100.0) if frame < 30 else vehicles(100.0, 300.0))
    first = next(frame for frame in looked if frame >= 30)
    assert first + 1 in looked


def test_where_the_motion_is_not_known_every_frame_is_looked_at_if_there_is_something_to_carry() -> None:
    assert steps(looks(motion=UNKNOWN_MOTION)) == {1}
    assert steps(looks(motion=UNKNOWN_MOTION, shows=lambda frame: vehicles())) == {3}


def test_a_pan_is_followed_and_a_fast_one_shows_new_ground() -> None:
    assert steps(looks(motion=pan(8), shows=going(8))) == {3}
    assert steps(looks(motion=pan(60), shows=going(60))) <= {1, 2}


def test_time_stamps_that_go_back_do_not_stop_it() -> None:
    plan, looked = schedule("auto", 0.5), []
    for frame, time_s in enumerate([*np.arange(100.0, 101.0, 0.04), *np.arange(0.0, 1.0, 0.04)]):
        if plan.due(float(time_s), STILL, (640, 360), False):
            looked.append(frame)
            plan.looked(vehicles(100.0), 640)
    assert max(np.diff([*looked, 50])) <= 3
