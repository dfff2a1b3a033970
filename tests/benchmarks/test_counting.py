"""Which shots are compared, and what counts as right."""

from typing import Any

from benchmarks.counting import Agreement, agreement, compare


def clip(found: list[list[Any]], truth: list[list[Any]] | None) -> dict[str, Any]:
    """`found`: start, end, at once, low, best, high, kind. `truth`: start, end, at once, distinct, certainty, kind."""
    return {"found": {"per_shot": found}, "truth": None if truth is None else {"per_shot": truth}}


TWO_SHOTS = [[0, 50, 3, 3, 4, 5, "footage"], [51, 99, 0, 0, 0, 0, "footage"]]


def test_a_shot_is_compared_with_the_one_that_shares_most_frames() -> None:
    [early, late] = compare(
        {"a.mp4": clip(TWO_SHOTS, [[0, 48, 3, 4, "high", "footage"], [49, 99, 1, 1, "medium", "footage"]])}
    )
    assert (early.found_at_once, early.low, early.high, early.boundaries_found) == (3, 3, 5, True)
    assert (late.found_at_once, late.boundaries_found) == (0, True)


def test_boundaries_four_frames_off_are_not_found() -> None:
    [shot] = compare({"a.mp4": clip(TWO_SHOTS, [[0, 46, 3, 4, "high", "footage"]])})
    assert not shot.boundaries_found


def test_doubtful_counts_transitions_and_clips_without_truth_are_left_out() -> None:
    doubtful = [[0, 50, 3, 4, "low", "footage"], [51, 99, 0, 0, "high", "transition"]]
    assert compare({"a.mp4": clip(TWO_SHOTS, doubtful), "b.mp4": clip(TWO_SHOTS, None)}) == []


def test_exact_within_one_inside_and_width() -> None:
    truth = [[0, 50, 4, 6, "high", "footage"], [51, 99, 0, 0, "high", "footage"]]
    assert agreement(compare({"a.mp4": clip(TWO_SHOTS, truth)})) == Agreement(2, 1, 2, 1, 1.0)


def test_nothing_to_compare_is_no_error() -> None:
    assert agreement([]) == Agreement(0, 0, 0, 0, 0.0)
