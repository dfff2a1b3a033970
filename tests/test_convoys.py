"""Tracks are rendered as numbers: boxes of known ways at 25 frames a second."""

from collections.abc import Callable

import numpy as np
import pytest

from detector.convoys import Presence, find_convoys
from detector.track_boxes import TrackBox, TrackBoxes
from detector.tracking import Track

FRAMES = 75  # three seconds at 25 frames a second
TIMES_S = {frame: frame / 25 for frame in range(FRAMES)}
STILL = {frame: np.eye(3) for frame in range(FRAMES)}


def track(number: int, place: Callable[[float], tuple[float, float]], frames: range = range(FRAMES)) -> Track:
    """A 40x20 px vehicle whose centre is where `place` says at each second."""
    boxes = []
    for frame in frames:
        x, y = place(frame / 25)
        boxes.append(TrackBox(frame, frame / 25, (x - 20, y - 10, x + 20, y + 10), 0.9, 0))
    return Track(number, TrackBoxes.of(boxes))


def column(count: int, speed_px_s: float) -> list[Track]:
    """Vehicles 80 px apart driving to the right; number 1 leads."""
    return [track(n, lambda s, n=n: (600 - 80 * n + speed_px_s * s, 200)) for n in range(1, count + 1)]  # type: ignore[misc]


def test_a_column_on_the_move_is_a_convoy_led_by_its_first() -> None:
    [convoy] = find_convoys(column(4, speed_px_s=60), TIMES_S, STILL)
    assert convoy.tracks == (1, 2, 3, 4)
    assert (convoy.start, convoy.end) == (0, FRAMES - 1)


def test_two_are_no_convoy() -> None:
    assert find_convoys(column(2, speed_px_s=60), TIMES_S, STILL) == []


def test_a_parked_row_is_no_convoy() -> None:
    assert find_convoys(column(5, speed_px_s=0), TIMES_S, STILL) == []


def test_nothing_is_no_convoy() -> None:
    assert find_convoys([], TIMES_S, STILL) == []


def test_a_parked_row_seen_by_a_panning_camera_is_no_convoy() -> None:
    panned = {frame: np.array([[1, 0, -2.4 * frame], [0, 1, 0], [0, 0, 1.0]]) for frame in range(FRAMES)}
    assert find_convoys(column(5, speed_px_s=60), TIMES_S, panned) == []


def test_a_column_the_camera_keeps_in_place_is_a_convoy() -> None:
    followed = {frame: np.array([[1, 0, 2.4 * frame], [0, 1, 0], [0, 0, 1.0]]) for frame in range(FRAMES)}
    assert [convoy.tracks for convoy in find_convoys(column(4, speed_px_s=0), TIMES_S, followed)] == [(1, 2, 3, 4)]


def test_traffic_that_crosses_and_comes_the_other_way_is_not_in_it() -> None:
    crossing = track(8, lambda s: (400, 80 + 60 * s))
    oncoming = track(9, lambda s: (550 - 60 * s, 230))
    [convoy] = find_convoys([*column(3, speed_px_s=60), crossing, oncoming], TIMES_S, STILL)
    assert convoy.tracks == (1, 2, 3)


def test_neighbours_side_by_side_are_no_convoy() -> None:
    abreast = [track(n, lambda s, n=n: (100 + 60 * s, 100 * n)) for n in range(1, 5)]  # type: ignore[misc]
    assert find_convoys(abreast, TIMES_S, STILL) == []


def test_it_lasts_while_three_are_in_the_picture() -> None:
    *others, last = column(3, speed_px_s=60)
    shorter = Track(last.id, TrackBoxes.of(box for box in last.boxes if 10 <= box.frame <= 60))
    [convoy] = find_convoys([*others, shorter], TIMES_S, STILL)
    assert (convoy.start, convoy.end) == (10, 60)


def test_how_many_are_there_from_when_to_when() -> None:
    first, second, third, fourth = column(4, speed_px_s=60)
    late = Track(fourth.id, TrackBoxes.of(box for box in fourth.boxes if box.frame >= 10))
    early = Track(first.id, TrackBoxes.of(box for box in first.boxes if box.frame < 60))
    [convoy] = find_convoys([early, second, third, late], TIMES_S, STILL)
    assert convoy.presence == (Presence(0, 9, 3), Presence(10, 59, 4), Presence(60, 74, 3))


@pytest.mark.parametrize("gap_px", [80, 120])
def test_spacing_is_from_middle_to_middle_in_vehicle_lengths(gap_px: int) -> None:
    """Vehicles are 40 px long."""
    spaced = [track(n, lambda s, n=n: (600 - gap_px * n + 60 * s, 200)) for n in range(1, 5)]  # type: ignore[misc]
    [convoy] = find_convoys(spaced, TIMES_S, STILL)
    assert convoy.spacing_lengths == pytest.approx(gap_px / 40)


@pytest.mark.parametrize("degrees", [0, 45, 90, 180, 225, 300])
def test_direction_is_clockwise_from_upwards_and_spacing_does_not_depend_on_it(degrees: int) -> None:
    """Boxes stand upright around vehicles of 40 by 20 px that drive at an angle."""
    ahead = np.array([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))])
    half = np.abs(np.array([[ahead[0], ahead[1]], [ahead[1], ahead[0]]])) @ np.array([20, 10])
    tracks = []
    for number in range(1, 4):
        boxes = []
        for frame in range(FRAMES):
            x, y = (400, 300) + ahead * (60 * frame / 25 - 100 * number)
            corners = (float(x - half[0]), float(y - half[1]), float(x + half[0]), float(y + half[1]))
            boxes.append(TrackBox(frame, frame / 25, corners, 0.9, 0))
        tracks.append(Track(number, TrackBoxes.of(boxes)))
    [convoy] = find_convoys(tracks, TIMES_S, STILL)
    assert convoy.tracks == (1, 2, 3)
    assert (convoy.direction_degrees - degrees + 180) % 360 == pytest.approx(180, abs=1)
    assert convoy.spacing_lengths == pytest.approx(2.5, abs=0.05)


def test_direction_is_that_over_the_ground() -> None:
    """A camera that overtakes a column sees it go backwards."""
    overtaking = {frame: np.array([[1, 0, 4.8 * frame], [0, 1, 0], [0, 0, 1.0]]) for frame in range(FRAMES)}
    [convoy] = find_convoys(column(4, speed_px_s=-60), TIMES_S, overtaking)
    assert convoy.direction_degrees == pytest.approx(90, abs=1)
    assert convoy.tracks == (1, 2, 3, 4)


def test_a_column_that_halts_stays_a_convoy() -> None:
    halting = [track(n, lambda s, n=n: (600 - 80 * n + 60 * min(s, 2.0), 200)) for n in range(1, 5)]  # type: ignore[misc]
    [convoy] = find_convoys(halting, TIMES_S, STILL)
    assert convoy.tracks == (1, 2, 3, 4)
    assert (convoy.start, convoy.end) == (0, FRAMES - 1)


def test_a_vehicle_parked_beside_the_road_is_not_in_it() -> None:
    parked = track(9, lambda s: (480, 225))
    [convoy] = find_convoys([*column(4, speed_px_s=60), parked], TIMES_S, STILL)
    assert 9 not in convoy.tracks


def test_what_stands_in_a_column_that_moves_off_belongs_to_it() -> None:
    """The first two drive on, the third still stands behind them."""
    [convoy] = find_convoys([*column(2, speed_px_s=30), column(3, speed_px_s=0)[2]], TIMES_S, STILL)
    assert convoy.tracks == (1, 2, 3)
    assert convoy.direction_degrees == pytest.approx(90, abs=1)


def test_one_that_drives_past_a_parked_row_makes_no_column_of_it() -> None:
    row = [track(n, lambda s, n=n: (100 + 60 * n, 200)) for n in range(2, 6)]  # type: ignore[misc]
    assert find_convoys([track(1, lambda s: (60 * s, 200)), *row], TIMES_S, STILL) == []


def test_what_stands_where_two_ways_cross_is_in_no_column() -> None:
    right, down = track(1, lambda s: (60 * s, 200)), track(2, lambda s: (400, 60 * s))
    assert find_convoys([right, down, track(3, lambda s: (400, 200))], TIMES_S, STILL) == []


def test_two_columns_apart_are_two_convoys() -> None:
    other = [track(n, lambda s, n=n: (300 + 80 * n - 60 * s, 600)) for n in range(11, 14)]  # type: ignore[misc]
    found = find_convoys([*column(3, speed_px_s=60), *other], TIMES_S, STILL)
    assert [convoy.tracks for convoy in found] == [(1, 2, 3), (11, 12, 13)]


def test_a_thousand_vehicles_at_random_are_judged_as_few_are() -> None:
    random = np.random.default_rng(1)
    ways = [(random.uniform(0, 40_000, 2), random.normal(0, 60, 2)) for _ in range(1000)]
    strewn = [
        track(100 + n, lambda s, at=at, way=way: (float(at[0] + way[0] * s), float(at[1] + 2000 + way[1] * s)))  # type: ignore[misc]
        for n, (at, way) in enumerate(ways)
    ]
    found = find_convoys([*column(4, speed_px_s=60), *strewn], TIMES_S, STILL)
    assert (1, 2, 3, 4) in [convoy.tracks for convoy in found]
