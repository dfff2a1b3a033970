from collections.abc import Sequence

from detector.counting import NO_VEHICLE, count_clip, distinct_in_shot, most_at_once
from detector.report import Distinct, MostAtOnce, Shot
from detector.tracking import Track, TrackBox

TIMES_S = {frame: frame / 10 for frame in range(100)}


def track(number: int, frames: Sequence[int], score: float = 0.9, kind: int = 0, filled: Sequence[int] = ()) -> Track:
    return Track(number, tuple(TrackBox(f, f / 10, (0, 0, 9, 9), score, kind, f in filled) for f in frames))


def shot(start: int, end: int, tracks: Sequence[Track], same_place_as: int | None = None) -> Shot:
    at_once = most_at_once(tracks, TIMES_S)
    distinct = distinct_in_shot(tracks, at_once, confidence=0.5)
    return Shot(start, end, start / 10, end / 10, "footage", at_once, distinct, same_place_as, 640, 4.0)


def test_most_at_once_is_the_fullest_frame_and_the_first_of_its_kind() -> None:
    tracks = [track(1, range(0, 20)), track(2, range(5, 9)), track(3, range(30, 40))]
    assert most_at_once(tracks, TIMES_S) == MostAtOnce(2, 5, 0.5)


def test_an_identity_lost_and_found_does_not_raise_it() -> None:
    assert most_at_once([track(1, range(0, 10)), track(2, range(10, 20))], TIMES_S).vehicles == 1


def test_carried_boxes_do_not_count() -> None:
    assert most_at_once([track(1, range(9)), track(2, range(9), filled=range(9))], TIMES_S).vehicles == 1


def test_no_track_no_vehicle() -> None:
    assert most_at_once([], TIMES_S) == NO_VEHICLE


def test_distinct_is_a_range() -> None:
    tracks = [track(1, range(9)), track(2, range(9)), track(3, range(20, 30)), track(4, range(40, 50), score=0.3)]
    assert distinct_in_shot(tracks, most_at_once(tracks, TIMES_S), confidence=0.5) == Distinct(2, 3, 4)


def test_a_clip_is_never_the_blind_sum_of_its_shots() -> None:
    first, second = [track(1, range(9)), track(2, range(9))], [track(3, range(10, 19))]
    counts = count_clip([shot(0, 9, first), shot(10, 19, second)], [first, second], TIMES_S, ["tank"], 0.5)
    assert counts.distinct == Distinct(low=2, best=3, high=3)
    assert counts.most_at_once == MostAtOnce(2, 0, 0.0)
    assert "cut" in counts.reason


def test_the_same_place_again_is_not_added() -> None:
    first, again = [track(1, range(9)), track(2, range(9))], [track(3, range(10, 19))]
    shots = [shot(0, 9, first), shot(10, 19, again, same_place_as=0)]
    counts = count_clip(shots, [first, again], TIMES_S, ["tank"], 0.5)
    assert counts.distinct == Distinct(low=2, best=2, high=3)
    assert "same place" in counts.reason


def test_by_class() -> None:
    tracks = [track(1, range(9), kind=0), track(2, range(9), kind=2), track(3, range(9), kind=2)]
    counts = count_clip([shot(0, 9, tracks)], [tracks], TIMES_S, ["tank", "car", "truck"], 0.5)
    assert list(counts.by_class) == ["tank", "truck"]
    assert counts.by_class["truck"].distinct == Distinct(2, 2, 2)
    assert counts.by_class["truck"].most_at_once.vehicles == 2


def test_nothing_found_is_said_to_prove_nothing() -> None:
    counts = count_clip([shot(0, 9, [])], [[]], TIMES_S, ["tank"], 0.5)
    assert counts.distinct == Distinct(0, 0, 0)
    assert counts.by_class == {}
    assert "no proof" in counts.reason


def test_no_shot_at_all() -> None:
    assert count_clip([], [], {}, ["tank"], 0.5).most_at_once == NO_VEHICLE
