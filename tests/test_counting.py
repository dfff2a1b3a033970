from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.belief import Believed
from detector.counting import NO_VEHICLE, count_clip, count_shot, most_at_once
from detector.report import Counts, Distinct, MostAtOnce, Shot
from detector.track_boxes import TrackBox, TrackBoxes
from detector.tracking import Track

TIMES_S = {frame: frame / 10 for frame in range(100)}
CLASSES = ["tank", "car", "truck"]
CONFIDENCE = 0.3


def track(number: int, frames: Sequence[int], score: float = 0.9, kind: int = 0, filled: Sequence[int] = ()) -> Track:
    return Track(number, TrackBoxes.of(TrackBox(f, f / 10, (0, 0, 9, 9), score, kind, f in filled) for f in frames))


def believed(tracks: Sequence[Track]) -> list[Believed]:
    """Each track as likely as its score says."""
    return [Believed(one, one.score) for one in tracks]


def counts_of(tracks: Sequence[Track]) -> Counts:
    return count_shot(believed(tracks), TIMES_S, CLASSES, CONFIDENCE)


def shot(start: int, end: int, tracks: Sequence[Track], same_place_as: int | None = None) -> Shot:
    of = counts_of([replace_score(one, 0.99) for one in tracks])
    counts = (of.most_at_once, of.distinct, of.by_class, of.by_group, of.reason)
    return Shot(start, end, start / 10, end / 10, "footage", False, *counts, same_place_as, 640, 4.0, end - start + 1)


def replace_score(one: Track, score: float) -> Track:
    return Track(one.id, TrackBoxes.of(replace(box, score=score) for box in one.boxes))


def test_most_at_once_is_the_fullest_frame_and_the_first_of_its_kind() -> None:
    tracks = [track(1, range(0, 20)), track(2, range(5, 9)), track(3, range(30, 40))]
    assert most_at_once(believed(tracks), TIMES_S) == MostAtOnce(2, 5, 0.5)


def test_an_identity_lost_and_found_does_not_raise_it() -> None:
    assert most_at_once(believed([track(1, range(0, 10)), track(2, range(10, 20))]), TIMES_S).vehicles == 1


def test_carried_boxes_do_not_count() -> None:
    seen, carried = track(1, range(9)), track(2, range(9), filled=range(9))
    assert most_at_once([Believed(seen, 0.9), Believed(carried, 0.9)], TIMES_S).vehicles == 1


def test_frames_in_which_a_track_is_hidden_do_not_count() -> None:
    """One vehicle that goes over from one track to another: of those four frames one track is enough."""
    one, other = (
        Believed(track(1, range(0, 14)), 0.96),
        Believed(track(2, range(10, 30)), 0.94, hidden=np.arange(10, 14)),
    )
    assert most_at_once([one, other], TIMES_S) == MostAtOnce(1, 0, 0.0)
    assert count_shot([one, other], TIMES_S, CLASSES, CONFIDENCE).distinct == Distinct(low=1, best=1, high=2)


def test_what_counts_is_one_even_if_it_is_hidden_throughout() -> None:
    counts = count_shot([Believed(track(1, range(9)), 0.6, hidden=np.arange(9))], TIMES_S, CLASSES, CONFIDENCE)
    assert counts.most_at_once.vehicles == 0
    assert counts.distinct == Distinct(0, 1, 1)


def test_no_track_no_vehicle() -> None:
    assert most_at_once([], TIMES_S) == NO_VEHICLE


def test_low_are_those_certain_and_together_and_high_what_counts() -> None:
    tracks = [
        track(1, range(9), 0.97),
        track(2, range(9), 0.6),
        track(3, range(20, 30), 0.97),
        track(4, range(40, 50), 0.97),
    ]
    counts = counts_of(tracks)
    assert counts.most_at_once.vehicles == 2
    assert counts.distinct == Distinct(low=1, best=3, high=4)
    assert (
        counts.reason
        == "of 2 in the picture at once 1 is certain; 2 more, seen at other times, may be some of them again"
    )


def test_the_best_guess_is_never_below_what_was_seen_at_once() -> None:
    counts = counts_of([track(1, range(9), 0.97), track(2, range(9), 0.6), track(3, range(9), 0.6)])
    assert counts.distinct == Distinct(low=1, best=3, high=3)


def test_what_is_rather_not_a_vehicle_is_not_counted_but_widens_the_range() -> None:
    counts = counts_of([track(1, range(9), 0.97), track(2, range(9), 0.4)])
    assert counts.most_at_once.vehicles == 1
    assert counts.distinct == Distinct(1, 1, 2)
    assert counts.reason == "1 too doubtful to count"


def test_what_stays_below_the_confidence_is_not_counted_however_likely() -> None:
    below = [Believed(track(1, range(9), score=CONFIDENCE / 2), 0.99)]
    counts = count_shot(below, TIMES_S, CLASSES, CONFIDENCE)
    assert counts.most_at_once.vehicles == 0
    assert counts.distinct == Distinct(0, 0, 1)


def test_the_chances_of_many_doubtful_ones_are_added_up() -> None:
    """Of twenty with 6 chances of 10 at least 8 are vehicles, of twenty with 4 at most 12 (binomial tables)."""
    counts = counts_of([track(number, range(9), 0.6) for number in range(20)])
    assert counts.distinct == Distinct(low=8, best=20, high=20)
    doubtful = counts_of([track(number, range(9), 0.4) for number in range(20)])
    assert doubtful.distinct == Distinct(low=0, best=0, high=12)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5), st.integers(1, 5)), max_size=12))
def test_low_best_and_high_are_in_order_and_best_holds_the_most_at_once(seen: list[tuple[float, int, int]]) -> None:
    some = [Believed(track(n, range(at, at + long), 0.2 + 0.1 * long), p) for n, (p, at, long) in enumerate(seen)]
    counts = count_shot(some, TIMES_S, CLASSES, CONFIDENCE)
    assert 0 <= counts.distinct.low <= counts.distinct.best <= counts.distinct.high <= len(some)
    assert counts.distinct.best >= counts.most_at_once.vehicles
    assert counts.reason or not some


def test_parts_and_displays_are_named_and_not_counted() -> None:
    some = [
        Believed(track(1, range(9)), 0.99),
        Believed(track(2, range(9)), 0.2, "part"),
        Believed(track(3, range(9)), 0.0, "display"),
    ]
    counts = count_shot(some, TIMES_S, CLASSES, CONFIDENCE)
    assert counts.distinct == Distinct(1, 1, 2)
    assert "within a stronger one" in counts.reason
    assert "drawn over the picture" in counts.reason


def test_a_shot_that_shows_all_at_once_has_no_range() -> None:
    counts = counts_of([track(1, range(9), 0.99), track(2, range(5), 0.99)])
    assert counts.distinct == Distinct(2, 2, 2)
    assert "at the same time" in counts.reason


def test_a_clip_is_never_the_blind_sum_of_its_shots() -> None:
    counts = count_clip([shot(0, 9, [track(1, range(9)), track(2, range(9))]), shot(10, 19, [track(3, range(10, 19))])])
    assert counts.distinct == Distinct(low=2, best=3, high=3)
    assert counts.most_at_once == MostAtOnce(2, 0, 0.0)
    assert "cut" in counts.reason


def test_the_same_place_again_is_not_added() -> None:
    first, again = [track(1, range(9)), track(2, range(9))], [track(3, range(10, 19))]
    counts = count_clip([shot(0, 9, first), shot(10, 19, again, same_place_as=0)])
    assert counts.distinct == Distinct(low=2, best=2, high=3)
    assert "same place" in counts.reason


def test_by_class_and_by_group() -> None:
    tracks = [track(1, range(9), kind=0), track(2, range(9), kind=2), track(3, range(9), kind=2)]
    of_shot = counts_of([replace_score(one, 0.99) for one in tracks])
    for counts in (of_shot, count_clip([shot(0, 9, tracks)])):
        assert list(counts.by_class) == ["tank", "truck"]
        assert counts.by_class["truck"].distinct == Distinct(2, 2, 2)
        assert counts.by_class["truck"].most_at_once.vehicles == 2
        assert {name: count.distinct.best for name, count in counts.by_group.items()} == {"armoured": 1, "other": 2}


def test_a_class_of_two_shots_is_counted_like_all_vehicles() -> None:
    first, second = [track(1, range(9), kind=0)], [track(2, range(10, 19), kind=0), track(3, range(10, 19), kind=1)]
    counts = count_clip([shot(0, 9, first), shot(10, 19, second)])
    assert counts.by_class["tank"].distinct == Distinct(1, 2, 2)
    assert counts.by_class["car"].most_at_once == MostAtOnce(1, 10, 1.0)


def test_nothing_found_is_said_to_prove_nothing() -> None:
    for counts in (counts_of([]), count_clip([shot(0, 9, [])])):
        assert counts.distinct == Distinct(0, 0, 0)
        assert counts.by_class == counts.by_group == {}
        assert "no proof" in counts.reason


def test_no_shot_at_all() -> None:
    assert count_clip([]).most_at_once == NO_VEHICLE
