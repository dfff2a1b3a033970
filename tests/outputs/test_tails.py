import pytest

from detector.outputs.tails import MOST_POINTS, Tails
from tests.reports import box, record


def vehicle(x: float) -> tuple[float, float, float, float]:
    return x, 100.0, x + 30, 120.0


def pan(step_px: float) -> tuple[float, ...]:
    return 1.0, 0.0, step_px, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0


def test_a_moving_vehicle_drags_its_last_second() -> None:
    tails = Tails()
    for frame in range(60):
        found = tails.update(record(frame, box(1, vehicle(100 + 4 * frame))))
    tail = found[1]
    assert len(tail) <= MOST_POINTS
    assert tail[-1] == pytest.approx((100 + 4 * 59 + 15, 120))
    assert 90 <= tail[-1, 0] - tail[0, 0] <= 100, "25 frames of 4 px"


def test_a_parked_vehicle_under_a_panning_camera_has_none() -> None:
    tails = Tails()
    for frame in range(40):
        motion = {"camera_motion": pan(-5.0)} if frame else {}
        assert tails.update(record(frame, box(1, vehicle(400 - 5 * frame)), **motion)) == {}


def test_a_vehicle_that_the_camera_follows_has_one_although_it_stands_in_the_picture() -> None:
    tails = Tails()
    for frame in range(40):
        motion = {"camera_motion": pan(-5.0)} if frame else {}
        found = tails.update(record(frame, box(1, vehicle(300)), **motion))
    assert found[1][0, 0] < found[1][-1, 0] - 100


def test_tails_begin_anew_where_the_motion_is_not_known() -> None:
    tails = Tails()
    for frame in range(20):
        assert frame < 10 or tails.update(record(frame, box(1, vehicle(100 + 6 * frame)))) is not None
    assert tails.update(record(20, box(1, vehicle(220)), camera_motion=None)) == {}


def test_the_tail_ends_when_the_vehicle_is_gone() -> None:
    tails = Tails()
    for frame in range(20):
        tails.update(record(frame, box(1, vehicle(100 + 6 * frame))))
    assert tails.update(record(20)) == {}


def test_no_vehicles() -> None:
    tails = Tails()
    assert tails.update(record(0)) == tails.update(record(1)) == {}
