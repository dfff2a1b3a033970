"""Boxes of a track as columns are the same boxes."""

from detector.track_boxes import AT_A_TIME, TrackBox, TrackBoxes


def boxes(frames: range) -> list[TrackBox]:
    return [TrackBox(n, n / 25, (n, 1.0, n + 0.5, 2.0), 0.1 + n / 1e5, n % 3, n % 2 == 0, n % 2 == 1) for n in frames]


def test_what_goes_in_comes_out() -> None:
    given = boxes(range(5, 10))
    held = TrackBoxes.of(given)
    assert list(held) == given
    assert [held[0], held[-1]] == [given[0], given[-1]]
    assert list(held[1:3]) == given[1:3]
    assert held == TrackBoxes.of(given) != held[1:]


def test_however_many_there_are() -> None:
    given = boxes(range(2 * AT_A_TIME + 1))
    assert list(TrackBoxes.of(given)) == given
    assert list(TrackBoxes.of([])) == []


def test_they_are_found_by_their_frames() -> None:
    held = TrackBoxes.of([*boxes(range(10, 13)), *boxes(range(20, 23))])
    assert held[held.between(12, 21)].frames.tolist() == [12, 20]
    assert held.numbers_of([9, 10, 13, 20, 22, 23]).tolist() == [0, 3, 5]
    assert held.numbers_of([]).tolist() == []
