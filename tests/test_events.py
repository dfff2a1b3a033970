import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.detections import Detections, FrameScores
from detector.events import Sighting, find_events
from detector.report import Event


def sightings(scores: Sequence[float], every: int = 5, first: int = 0) -> list[Sighting]:
    """Smoke scores of frames looked at five times a second, of a clip of 25 frames a second."""
    seen = []
    for index, score in enumerate(scores):
        frame = first + index * every
        boxes = np.array([[10, 20, 30 + index, 40]], np.float32)
        one = Detections(boxes, np.array([score], np.float32), np.array([0]))
        seen.append(Sighting(frame, frame / 25, one if score else Detections.none()))
    return seen


def events(scores: Sequence[float], threshold: float = 0.5) -> list[Event]:
    seen = sightings(scores)
    last = (seen[-1].frame + 4, (seen[-1].frame + 4) / 25) if seen else (0, 0.0)
    return find_events(seen, "smoke", 0, threshold, last, shot=3)


QUIET, LOUD = [0.1] * 10, [0.8] * 10


def test_what_the_network_says_of_the_whole_frame_goes_before_its_boxes() -> None:
    frame = FrameScores(np.float32([0.7, 0.1]), np.float32([[1, 2, 3, 4], [5, 6, 7, 8]]), 0.2)
    box = Detections(np.float32([[10, 20, 30, 40]]), np.float32([0.4]), np.array([0]), frame)
    seen = Sighting(0, 0.0, box)
    assert [seen.score(0), seen.score(1)] == pytest.approx([0.7, 0.1])
    assert seen.region(0) == (10, 20, 30, 40)
    assert seen.region(1) == (5, 6, 7, 8), "no box of fire: where the frame's answer comes from"


def test_a_stretch_above_the_threshold_is_an_event() -> None:
    [event] = events(QUIET + LOUD + QUIET)
    assert (event.kind, event.start, event.end, event.shot) == ("smoke", 50, 99, 3)
    assert event.score == pytest.approx(0.8)
    assert event.start <= event.peak <= event.end
    assert event.start_s == 2.0


def test_its_region_is_that_of_the_peak() -> None:
    scores = QUIET + LOUD
    scores[15] = 0.95
    [event] = events(scores)
    assert event.peak == 75
    assert event.region == (10, 20, 45, 40)


def test_it_goes_on_to_the_end_of_the_shot() -> None:
    assert events(QUIET + LOUD)[0].end == 99


def test_a_flicker_is_no_event() -> None:
    assert events([*QUIET, 0.9, *QUIET]) == []


def test_a_short_gap_does_not_split_it() -> None:
    assert len(events([*LOUD, 0.0, *LOUD])) == 1


def test_a_long_gap_does() -> None:
    assert len(events(LOUD + QUIET + LOUD)) == 2


def test_it_goes_on_while_the_score_only_sags() -> None:
    assert len(events(LOUD + [0.4] * 10 + LOUD)) == 1


def test_what_never_reaches_the_threshold_is_none() -> None:
    assert events([0.4] * 30) == []


def test_another_kind_is_not_mixed_in() -> None:
    assert find_events(sightings(LOUD), "fire", 1, 0.5, (49, 1.96), 0) == []


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60))
def test_events_are_apart_in_order_and_inside_the_shot(scores: list[float]) -> None:
    found = events(scores)
    last_frame = (len(scores) - 1) * 5 + 4
    assert all(0 <= event.start <= event.peak <= event.end <= last_frame for event in found)
    assert all(before.end < after.start for before, after in itertools.pairwise(found))
