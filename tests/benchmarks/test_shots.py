"""What counts as a right boundary, and as a right kind."""

import pytest

from benchmarks.shots import Score, kinds_right, score
from detector.shots import ShotSpan


def test_no_boundary_wanted_and_none_found_is_right() -> None:
    assert score([], []) == Score(wanted=0, found=0, right=0)
    assert score([], []).f1 == 1.0


@pytest.mark.parametrize(("found", "right"), [(37, 1), (40, 1), (43, 1), (36, 0), (44, 0)])
def test_a_boundary_is_right_within_three_frames(found: int, right: int) -> None:
    assert score([40], [found]) == Score(1, 1, right)


def test_found_twice_counts_once() -> None:
    assert score([40], [39, 41]) == Score(wanted=1, found=2, right=1)


def test_one_found_between_two_true_ones_counts_for_one() -> None:
    assert score([40, 44], [42]) == Score(wanted=2, found=1, right=1)


def test_the_nearest_is_taken_and_the_other_left_for_the_next() -> None:
    assert score([40, 44], [43, 40]) == Score(2, 2, 2)


def test_nothing_found_and_nothing_wanted_are_both_wrong_where_the_other_is_not() -> None:
    assert score([40, 80], []) == Score(2, 0, 0)
    assert score([], [40]) == Score(0, 1, 0)
    assert score([40, 80], []).f1 == score([], [40]).f1 == 0.0


def test_scores_add_up() -> None:
    total = score([40, 80, 120], [41, 80, 200]) + score([], [7])
    assert total.figures() == {
        "wanted": 3, "found": 4, "right": 2, "precision": 0.5, "recall": 0.667, "f1": 0.571,
    }  # fmt: skip


def span(start: int, end: int, kind: str) -> ShotSpan:
    return ShotSpan(start, end, kind, ())  # type: ignore[arg-type]


def test_a_kind_is_right_that_the_middle_of_the_true_shot_is_given() -> None:
    truth = [(0, 40, "footage"), (41, 60, "title"), (61, 99, "black")]
    assert kinds_right([span(0, 45, "footage"), span(46, 99, "title")], truth) == (2, 3)
    assert kinds_right([], truth) == (0, 3)
    assert kinds_right([], []) == (0, 0)
