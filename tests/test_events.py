import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.detections import Detections
from detector.events import LONGEST_FLASH_S, LONGEST_GAP_S, find_events
from detector.report import Event
from detector.sightings import LOOK_ALIKE, Sighting
from tests.sightings import look, looks, still

QUIET, LOUD = [0.1] * 10, [0.8] * 10


def events_of(seen: Sequence[Sighting], kind: str = "smoke", threshold: float = 0.5) -> list[Event]:
    last = (seen[-1].frame + 4, (seen[-1].frame + 4) / 25) if seen else (0, 0.0)
    return find_events(seen, kind, threshold, still(seen), last, shot=3)


def events(scores: Sequence[float]) -> list[Event]:
    return events_of(looks(scores))


def test_a_stretch_above_the_threshold_is_an_event() -> None:
    [event] = events(QUIET + LOUD + QUIET)
    assert (event.kind, event.start, event.end, event.shot) == ("smoke", 50, 99, 3)
    assert event.score == pytest.approx(0.8)
    assert event.start <= event.peak <= event.end
    assert event.start_s == 2.0
    assert (event.uncertain, event.look_alike_score) == (False, None)


def test_its_region_is_that_of_the_peak() -> None:
    seen = looks(QUIET + LOUD)
    seen[15] = look(75, 0.95, (12, 20, 55, 60))
    [event] = events_of(seen)
    assert event.peak == 75
    assert event.region == (12, 20, 55, 60)


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
    assert events_of(looks(LOUD), kind="fire") == []


def test_looks_out_of_turn_have_no_vote() -> None:
    seen = looks(QUIET)
    crowd = [look(frame, 0.9, due=False, lit=True) for frame in range(21, 25)]
    assert events_of([*seen[:5], *crowd, *seen[5:]]) == []


def test_dust_that_scores_as_well_makes_it_uncertain() -> None:
    smoke = looks(LOUD + LOUD)
    [event] = events_of([replace(one, frame_scores={"smoke": 0.8, LOOK_ALIKE: 0.6}) for one in smoke])
    assert event.uncertain
    assert (event.score, event.look_alike_score) == (pytest.approx(0.8), 0.6)
    [event] = events_of([replace(one, frame_scores={"smoke": 0.8, LOOK_ALIKE: 0.1}) for one in smoke])
    assert not event.uncertain
    [event] = events_of([replace(one, frame_scores={"fire": 0.8, LOOK_ALIKE: 0.6}) for one in smoke], "fire")
    assert not event.uncertain, "dust is no look-alike of fire"


def burning(scores: Sequence[float], lit: Sequence[int]) -> list[Sighting]:
    """Looks for fire, at some of which something lit up."""
    return [
        replace(one, boxes={"fire": one.boxes["fire"]}, lit=number in lit)
        for number, one in enumerate(looks(scores, "fire"))
    ]


def test_fire_of_one_frame_is_a_flash_where_something_lit_up() -> None:
    [event] = events_of(burning([*QUIET, 0.9, *QUIET], lit=[10]), "fire")
    assert (event.kind, event.start, event.end, event.peak) == ("flash", 50, 54, 50)
    assert event.score == pytest.approx(0.9)
    assert events_of(burning([*QUIET, 0.9, *QUIET], lit=[]), "fire") == []


def test_what_lights_up_and_goes_on_is_fire() -> None:
    [event] = events_of(burning([*QUIET, 0.9, *[0.4] * 6, *QUIET], lit=[10]), "fire")
    assert (event.kind, event.start) == ("fire", 50)
    assert event.end_s - event.start_s >= LONGEST_FLASH_S


def test_flashes_shortly_after_one_another_are_one() -> None:
    [event] = events_of(burning([*QUIET, 0.9, 0.0, 0.9, *QUIET], lit=[10, 12]), "fire")
    assert (event.kind, event.start, event.end) == ("flash", 50, 64)


def test_an_explosion_that_burns_on_is_one_fire() -> None:
    [event] = events_of(burning(QUIET + LOUD, lit=[10]), "fire")
    assert (event.kind, event.start, event.end) == ("fire", 50, 99)


def test_a_flash_shortly_before_a_fire_belongs_to_it() -> None:
    [event] = events_of(burning([*QUIET, 0.9, 0.1, *LOUD], lit=[10]), "fire")
    assert (event.kind, event.start, event.end) == ("fire", 50, 109)


scores = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=40)


@settings(max_examples=30, deadline=None)
@given(scores, st.sets(st.integers(0, 39)))
def test_events_are_apart_in_order_and_inside_the_shot(scores: list[float], lit: set[int]) -> None:
    last_frame = (len(scores) - 1) * 5 + 4
    for kind, seen in (("smoke", looks(scores)), ("fire", burning(scores, sorted(lit)))):
        found = events_of(seen, kind)
        assert all(0 <= event.start <= event.peak <= event.end <= last_frame for event in found)
        for before, after in itertools.pairwise(found):
            assert after.start_s - before.end_s >= LONGEST_GAP_S


@settings(max_examples=30, deadline=None)
@given(st.floats(0.51, 1), st.integers(4, 60))
def test_a_score_that_stays_is_one_event_over_the_shot(score: float, count: int) -> None:
    [event] = events([score] * count)
    assert (event.start, event.end) == (0, 5 * count - 1)
    assert event.score == pytest.approx(score)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_boxes_scattered_over_the_picture_are_no_event(seed: int) -> None:
    corners = np.random.default_rng(seed).permutation(40) * 100.0
    seen = [look(5 * n, 0.9, (left, 0.0, left + 50, 50.0)) for n, left in enumerate(corners)]
    assert events_of(seen) == []


def test_no_looks_are_no_events() -> None:
    assert events_of([]) == []
    assert events_of([Sighting(0, 0.0, {"smoke": Detections.none()})]) == []
