import pytest

from detector.burning import rests_on, tracks_that_burn
from detector.sightings import Box
from detector.track_boxes import TrackBox, TrackBoxes
from detector.tracking import Track

TRUCK: Box = (100, 100, 140, 120)
FLAMES: Box = (110, 85, 130, 110)
TIMES_S = {frame: frame / 25 for frame in range(100)}


def track(number: int, xyxy: Box, frames: range) -> Track:
    return Track(number, TrackBoxes.of(TrackBox(f, f / 25, xyxy, 0.9, 0, filled=False) for f in frames))


def burning(flames: Box, frames: range, tracks: list[Track]) -> tuple[int, ...]:
    return tracks_that_burn(dict.fromkeys(frames, flames), TIMES_S, tracks)


def test_a_truck_with_flames_on_it_burns_and_the_one_beside_it_does_not() -> None:
    beside = track(2, (200, 100, 240, 120), range(100))
    assert burning(FLAMES, range(0, 100, 5), [beside, track(1, TRUCK, range(100))]) == (1,)


def test_one_that_only_drives_past_does_not() -> None:
    boxes = [(float(x), 100.0, x + 40.0, 120.0) for x in range(0, 400, 4)]
    passing = Track(1, TrackBoxes.of(TrackBox(f, f / 25, box, 0.9, 0, filled=False) for f, box in enumerate(boxes)))
    assert burning(FLAMES, range(0, 100, 5), [passing]) == ()


def test_a_moment_is_not_enough() -> None:
    assert burning(FLAMES, range(0, 5, 5), [track(1, TRUCK, range(100))]) == ()


def test_looks_close_together_do_not_count_for_more() -> None:
    assert burning(FLAMES, range(0, 8), [track(1, TRUCK, range(100))]) == ()


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (FLAMES, True),
        (TRUCK, True),
        ((90.0, 60.0, 150.0, 125.0), True),  # a plume that rises from it
        ((0.0, 0.0, 400.0, 300.0), False),  # smoke over all of the field
        ((140.0, 100.0, 160.0, 120.0), False),  # beside it
        ((130.0, 60.0, 170.0, 105.0), False),  # touching
    ],
)
def test_what_rests_on_a_vehicle(box: Box, expected: bool) -> None:
    assert rests_on(box, TRUCK) is expected


def test_nothing_burns_where_nothing_is_seen() -> None:
    assert tracks_that_burn({}, TIMES_S, [track(1, TRUCK, range(100))]) == ()
    assert burning(FLAMES, range(0, 100, 5), []) == ()
