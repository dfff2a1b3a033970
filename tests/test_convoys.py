from collections.abc import Callable

import numpy as np

from detector.convoys import find_convoys
from detector.tracking import Track, TrackBox

FRAMES = 75  # three seconds at 25 frames a second
TIMES_S = {frame: frame / 25 for frame in range(FRAMES)}
STILL = {frame: np.eye(3) for frame in range(FRAMES)}


def track(number: int, place: Callable[[float], tuple[float, float]], frames: range = range(FRAMES)) -> Track:
    """A 40x20 px vehicle whose centre is where `place` says at each second."""
    boxes = []
    for frame in frames:
        x, y = place(frame / 25)
        boxes.append(TrackBox(frame, frame / 25, (x - 20, y - 10, x + 20, y + 10), 0.9, 0))
    return Track(number, tuple(boxes))


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
    shorter = Track(last.id, tuple(box for box in last.boxes if 10 <= box.frame <= 60))
    [convoy] = find_convoys([*others, shorter], TIMES_S, STILL)
    assert (convoy.start, convoy.end) == (10, 60)
