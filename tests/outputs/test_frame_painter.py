from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.frame_records import FrameRecord
from detector.outputs.frame_painter import FramePainter
from detector.report import Counts, Distinct, MostAtOnce, Report
from tests.reports import box, convoy, event, record, report, track

GREY = 120


def painted(found: Report, *records: FrameRecord, size: tuple[int, int] = (640, 360)) -> NDArray[np.uint8]:
    """The picture of the last of these frames."""
    painter = FramePainter(found)
    for one in records:
        image = np.full((size[1], size[0], 3), GREY, np.uint8)
        painter.draw(image, one)
    return image


def touched(image: NDArray[np.uint8], left: float, top: float, right: float, bottom: float) -> int:
    """How many pixels of a region were drawn on."""
    return int((image[round(top) : round(bottom), round(left) : round(right)] != GREY).any(axis=2).sum())


def around(xyxy: tuple[float, ...], margin: int) -> tuple[float, ...]:
    return xyxy[0] - margin, xyxy[1] - margin, xyxy[2] + margin, xyxy[3] + margin


@pytest.mark.parametrize("size", [(640, 360), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("side", [8, 20, 60])
def test_no_pixel_of_a_vehicle_is_drawn_on(size: tuple[int, int], side: int) -> None:
    found, place = report(tracks=(track(1),)), (200.0, 150.0, 200.0 + side, 150.0 + side)
    earlier = [record(n, box(1, (100.0 + 4 * n, 150.0, 100.0 + 4 * n + side, 150.0 + side))) for n in range(25)]
    image = painted(found, *earlier, record(25, box(1, place)), size=size)
    assert touched(image, *place) == 0
    assert touched(image, *around(place, 8)) > 0


def test_small_and_carried_vehicles_have_only_corners() -> None:
    found = report(tracks=(track(1), track(2), track(3)))
    large, small, carried = (50.0, 100.0, 90.0, 140.0), (300.0, 100.0, 320.0, 120.0), (500.0, 100.0, 540.0, 140.0)
    image = painted(found, record(0, box(1, large), box(2, small), box(3, carried, filled=True)))
    for xyxy, closed in ((large, True), (small, False), (carried, False)):
        left_of_the_middle = (xyxy[0] - 2, (xyxy[1] + xyxy[3]) / 2 - 1, xyxy[0], (xyxy[1] + xyxy[3]) / 2 + 1)
        assert (touched(image, *left_of_the_middle) > 0) is closed


def test_tails_cover_no_other_vehicle() -> None:
    found = report(tracks=(track(1), track(2)))
    parked = (250.0, 130.0, 280.0, 160.0)
    frames = [record(n, box(1, (100.0 + 8 * n, 120.0, 130.0 + 8 * n, 140.0)), box(2, parked)) for n in range(30)]
    image = painted(found, *frames)
    assert touched(image, *parked) == 0
    assert touched(image, 200, 138, 245, 150) > 20, "the tail"


def test_hull_and_region_leave_other_vehicles_free() -> None:
    parked = (150.0, 150.0, 190.0, 210.0)
    boxes = [box(n, (100.0 * n, 200.0, 100.0 * n + 40, 230.0)) for n in (1, 2, 3)]
    found = report(
        tracks=tuple(track(n) for n in range(1, 5)),
        convoys=(convoy(1, 2, 3),),
        events=(event("smoke", 0, 9, region=(100.0, 160.0, 300.0, 300.0)),),
    )
    assert touched(painted(found, record(5, *boxes)), *parked) > 0
    assert touched(painted(found, record(5, *boxes, box(4, parked))), *parked) == 0


def test_the_convoy_has_a_line_around_it_while_it_lasts() -> None:
    found = report(tracks=(track(1), track(2), track(3)), convoys=(convoy(1, 2, 3, end=10),))
    boxes = [box(n, (100.0 * n, 200.0, 100.0 * n + 40, 230.0)) for n in (1, 2, 3)]
    between = (160, 185, 180, 245)
    assert touched(painted(found, record(10, *boxes)), *between) > 20
    assert touched(painted(found, record(11, *boxes)), *between) == 0
    assert touched(painted(found, record(10, boxes[0])), *between) == 0, "one vehicle has no hull"


@pytest.mark.parametrize("kind", ["smoke", "fire", "flash"])
def test_banner_and_region_while_flagged(kind: str) -> None:
    found = report(events=(event(kind, 5, 10, region=(300.0, 100.0, 500.0, 300.0)),))
    banner, edge = (5, 5, 40, 20), (300, 99, 500, 101)
    inside, after = painted(found, record(10, flags=(kind,))), painted(found, record(11))
    assert touched(inside, *banner) > 100
    assert touched(inside, *edge) > 100
    assert touched(after, *banner) == touched(after, *edge) == 0


def test_the_region_is_that_of_the_frame_where_it_is_known() -> None:
    found = report(events=(event("smoke", 5, 10, region=(300.0, 100.0, 500.0, 300.0)),))
    image = painted(found, record(7, flags=("smoke",), smoke_box=(100.0, 150.0, 200.0, 250.0)))
    assert touched(image, 300, 99, 500, 101) == 0
    assert touched(image, 100, 149, 200, 151) > 50


def test_an_event_without_a_region_has_its_banner() -> None:
    assert touched(painted(report(events=(event(region=None),)), record(30)), 5, 5, 40, 20) > 100


def count_shown(found: Report, frame: FrameRecord) -> NDArray[np.uint8]:
    """The lower left corner, which holds clock and count."""
    return painted(found, frame)[330:, :200]


def test_the_count_leaves_out_carried_boxes_and_weak_tracks() -> None:
    found = replace(report(tracks=(track(1), track(2), track(3, counted=False))), counts=at_once(2))
    places = [(100.0 * n, 100.0, 100.0 * n + 40, 130.0) for n in range(3)]
    one, two = record(3, box(1, places[0])), record(3, box(1, places[0]), box(2, places[1]))
    weak, carried = box(3, places[1]), box(2, places[2], filled=True)
    shown = count_shown(found, record(3, box(1, places[0]), weak, carried))
    assert (shown == count_shown(found, one)).all()
    assert (shown != count_shown(found, two)).any()


def test_the_count_is_never_more_than_the_most_at_once() -> None:
    found = replace(report(tracks=(track(1), track(2))), counts=at_once(1))
    one, same = box(1, (0.0, 100.0, 40.0, 130.0)), box(2, (0.0, 100.0, 40.0, 130.0))
    assert (count_shown(found, record(3, one)) == count_shown(found, record(3, one, same))).all()


def at_once(vehicles: int) -> Counts:
    return Counts(MostAtOnce(vehicles, 3, 0.3), Distinct(vehicles, vehicles, vehicles), {}, {}, "")


def test_odd_frames_are_drawn_all_the_same() -> None:
    found = report(tracks=(track(1),), events=(event("smoke", 0, 9), event("fire", 0, 9, uncertain=True)))
    outside = box(1, (-50.0, -40.0, 5.0, 6.0), class_name="a class of one's own")
    for size in ((16, 16), (640, 360), (90, 1600)):
        assert painted(found, record(0, outside), record(1, outside), size=size).shape == (size[1], size[0], 3)


def test_three_thousand_tracks() -> None:
    found = report(tracks=tuple(track(n) for n in range(3000)))
    assert touched(painted(found, record(0, box(2999, (100.0, 100.0, 140.0, 130.0)))), 90, 90, 150, 140) > 0
