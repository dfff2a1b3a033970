"""Pieces are rendered as numbers: straight ways at 25 pictures a second over standing ground."""

import numpy as np

from detector.stitching import stitch
from detector.tracklets import Shot, Tracklet

SHOT = Shot([0.04 * n for n in range(200)], [np.eye(3)] * 200)


def piece(first: int, last: int, x: float, speed: float, y: float = 100.0, size: float = 20.0) -> Tracklet:
    """A vehicle at x in picture `first`, driving on at `speed` pixels a picture."""
    steps = np.arange(first, last + 1)
    left, top = x + speed * (steps - first) - size / 2, np.full(len(steps), y - size / 2)
    boxes = np.stack([left, top, left + size, top + size], axis=1)
    return Tracklet(steps, boxes, np.full(len(steps), 0.9), np.zeros(len(steps), np.int32))


def lengths(*pieces: Tracklet) -> list[int]:
    return [len(whole.steps) for whole in stitch(list(pieces), SHOT)]


def test_a_piece_that_goes_on_where_another_ends_is_joined_to_it() -> None:
    assert lengths(piece(0, 40, 100, 2.0), piece(61, 100, 222, 2.0)) == [81]


def test_one_that_leaves_as_another_comes_the_other_way_are_two() -> None:
    assert lengths(piece(0, 40, 100, -2.0), piece(65, 100, 25, 2.0)) == [41, 36]


def test_a_vehicle_that_stops_out_of_sight_is_one() -> None:
    assert lengths(piece(0, 40, 100, 0.8), piece(61, 100, 140, 0.0)) == [81]


def test_sizes_that_differ_by_more_than_a_network_jitters_are_two_vehicles() -> None:
    assert lengths(piece(0, 40, 100, 2.0), piece(42, 100, 184, 2.0, size=40)) == [41, 59]


def test_pieces_that_overlap_in_time_are_never_joined() -> None:
    assert lengths(piece(0, 40, 100, 2.0), piece(40, 100, 180, 2.0)) == [41, 61]


def test_more_than_two_seconds_apart_nothing_is_joined() -> None:
    assert lengths(piece(0, 40, 100, 0.0), piece(95, 120, 100, 0.0)) == [41, 26]


def test_nothing_is_nothing() -> None:
    assert lengths() == []
