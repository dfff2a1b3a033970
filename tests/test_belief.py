"""Tracks are boxes that stay where they are, for ten frames unless said otherwise."""

import pytest

from detector.belief import PART_PROBABILITY, Believed, believe, probability, score_of
from detector.track_boxes import TrackBox, TrackBoxes
from detector.tracking import Track

USUAL = 0.27
PICTURE_PX = 640


def track(number: int, xyxy: tuple[float, float, float, float], score: float, frames: range = range(10)) -> Track:
    return Track(number, TrackBoxes.of(TrackBox(frame, frame / 10, xyxy, score, 0) for frame in frames))


def believed(*tracks: Track) -> list[Believed]:
    return believe(tracks, USUAL, PICTURE_PX)


TANK = track(1, (100, 100, 300, 200), 0.8)


def test_a_better_score_is_more_likely_and_a_large_weak_box_less() -> None:
    assert probability(0.3, 0.1, USUAL) < probability(0.5, 0.1, USUAL) < probability(0.9, 0.1, USUAL)
    assert probability(0.4, 0.5, USUAL) < 0.5 < probability(0.4, 0.03, USUAL)


def test_scores_of_another_network_are_read_by_its_own_threshold() -> None:
    assert probability(0.27, 0.1, 0.27) == pytest.approx(probability(0.5, 0.1, 0.5))


@pytest.mark.parametrize(("score", "size"), [(0.0, 0.0), (1.0, 0.0), (1.0, 10.0)])
def test_it_is_a_probability_at_the_ends_too(score: float, size: float) -> None:
    assert 0 <= probability(score, size, USUAL) <= 1


def test_nothing_is_believed_of_nothing() -> None:
    assert believed() == []


def test_a_turret_inside_its_tank_is_a_part() -> None:
    tank, turret = believed(TANK, track(2, (150, 100, 220, 140), 0.6))
    assert tank.instead is None
    assert (turret.instead, turret.probability) == ("part", PART_PROBABILITY)


def test_a_weaker_box_around_a_stronger_one_is_one_too() -> None:
    tank, around = believed(TANK, track(2, (90, 90, 600, 300), 0.5))
    assert (tank.instead, around.instead) == (None, "part")


def test_one_behind_another_is_a_vehicle() -> None:
    assert [one.instead for one in believed(TANK, track(2, (230, 80, 400, 170), 0.5))] == [None, None]


def test_passing_in_front_for_a_moment_makes_no_part() -> None:
    inside = track(2, (150, 100, 220, 140), 0.6, range(4)).boxes
    beside = track(2, (450, 100, 520, 140), 0.6, range(4, 10)).boxes
    assert believed(TANK, Track(2, TrackBoxes.of([*inside, *beside])))[1].instead is None


def test_where_an_identity_goes_over_to_another_track_one_of_the_two_is_hidden() -> None:
    """The first keeps to the front of the tank for a moment, the other takes up the tank."""
    front = tuple(TrackBox(frame, frame / 10, (150, 100, 220, 140), 0.5, 0) for frame in range(10, 14))
    before, after = believed(
        Track(1, TrackBoxes.of([*TANK.boxes, *front])), track(2, (100, 100, 300, 200), 0.7, range(10, 30))
    )
    assert (before.instead, after.instead) == (None, None)
    assert (before.hidden.tolist(), after.hidden.tolist()) == ([], [10, 11, 12, 13])


def test_boxes_that_tell_next_to_nothing_show_no_vehicle_and_hide_none() -> None:
    weak = tuple(TrackBox(frame, frame / 10, (90, 90, 600, 300), 0.05, 0) for frame in range(10, 30))
    strong = track(1, (400, 90, 600, 300), 0.9).boxes
    beside, tank = believed(Track(1, TrackBoxes.of([*strong, *weak])), track(2, TANK.boxes[0].xyxy, 0.8, range(10, 30)))
    assert (beside.instead, tank.instead) == (None, None)
    assert (beside.hidden.tolist(), tank.hidden.tolist()) == (list(range(10, 30)), [])


@pytest.mark.parametrize("size", [0.01, 0.1, 0.7])
def test_the_score_of_a_probability_is_where_the_line_has_it(size: float) -> None:
    assert probability(score_of(0.05, size, USUAL), size, USUAL) == pytest.approx(0.05)


def test_of_two_equal_boxes_one_remains() -> None:
    assert [one.instead for one in believed(TANK, track(2, (100, 100, 300, 200), 0.8))] == [None, "part"]


def test_what_is_drawn_over_the_picture_is_no_vehicle() -> None:
    [drawn] = believe([TANK], USUAL, PICTURE_PX, frozenset({1}))
    assert (drawn.instead, drawn.probability) == ("display", 0.0)


def test_boxes_without_an_area_are_no_parts_of_each_other() -> None:
    assert [one.instead for one in believed(TANK, track(2, (150, 150, 150, 150), 0.6))] == [None, None]
