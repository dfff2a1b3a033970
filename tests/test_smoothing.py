"""Tracks are rendered as numbers: boxes of a known path, jittered or not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.boxes import to_centres, to_corners
from detector.smoothing import smoothed
from detector.tracklets import Shot, Tracklet

FRAMES = 90


def shot(count: int = FRAMES, motion: NDArray[np.float64] | None = None, frame_s: float = 0.04) -> Shot:
    still = np.eye(3) if motion is None else motion
    return Shot([frame_s * n for n in range(count)], [still] * count)


def path(speed: float, size: tuple[float, float] = (24.0, 12.0), count: int = FRAMES) -> NDArray[np.float64]:
    """(count, 4) centres and sizes of a vehicle that drives to the right."""
    steps = np.arange(count)
    return np.stack([100 + speed * steps, 80 + 0 * steps, size[0] + 0 * steps, size[1] + 0 * steps], axis=1)


def tracklet(centres: NDArray[np.float64], steps: list[int] | None = None) -> Tracklet:
    seen = np.arange(len(centres)) if steps is None else np.array(steps)
    return Tracklet(seen, to_corners(centres)[seen], np.full(len(seen), 0.9), np.zeros(len(seen), np.int32))


def centres_of(piece: Tracklet) -> NDArray[np.float64]:
    return to_centres(piece.xyxy)


def test_jitter_is_taken_out() -> None:
    true = path(2.0)
    noisy = true + np.random.default_rng(1).normal(0, 1.5, true.shape) * (1, 1, 0, 0)
    [found] = smoothed([tracklet(noisy)], shot())
    before, after = (np.sqrt(((c - true)[:, :2] ** 2).mean()) for c in (noisy, centres_of(found)))
    assert after < 0.5 * before


def test_clean_boxes_stay_where_they_are() -> None:
    true = path(2.0)
    true[:, 1] += 6 * np.sin(np.arange(FRAMES) / 10)
    true[:, 2] += np.arange(FRAMES) / 8
    [found] = smoothed([tracklet(true)], shot())
    assert np.abs(centres_of(found) - true).max() < 0.2


def test_sizes_are_left_alone_where_only_places_jitter() -> None:
    true = path(2.0)
    noisy = true + np.random.default_rng(1).normal(0, 1.5, true.shape) * (1, 1, 0, 0)
    [found] = smoothed([tracklet(noisy)], shot())
    assert centres_of(found)[:, 2:] == pytest.approx(true[:, 2:], abs=0.01)


def test_the_way_is_that_over_the_ground() -> None:
    """A pan and zoom that is known does not bend it."""
    zoom = np.array([[1.01, 0, 7.0], [0, 1.01, -3.0], [0, 0, 1]])
    rows, onward = [], np.eye(3)
    for step, centre in enumerate(path(1.0)):
        onward = zoom @ onward if step else onward
        place = onward[:2, :2] @ centre[:2] + onward[:2, 2]
        rows.append([*place, *(centre[2:] * onward[0, 0])])
    true = np.array(rows)
    noisy = true + np.random.default_rng(2).normal(0, 1.5, true.shape) * (1, 1, 0, 0)
    [found] = smoothed([tracklet(noisy)], shot(motion=zoom))
    before, after = (np.sqrt(((c - true)[:, :2] ** 2).mean()) for c in (noisy, centres_of(found)))
    assert after < 0.6 * before


def test_gaps_stay_gaps_and_tracks_are_not_mixed() -> None:
    one, other = path(2.0), path(-1.0) + np.array([300, 50, 0, 0])
    steps = [step for step in range(FRAMES) if not 30 <= step < 60]
    found = smoothed([tracklet(one, steps), tracklet(other, [5, 6, 80])], shot())
    assert [piece.steps.tolist() for piece in found] == [steps, [5, 6, 80]]
    assert centres_of(found[0]) == pytest.approx(one[steps], abs=0.1)
    assert centres_of(found[1]) == pytest.approx(other[[5, 6, 80]], abs=0.1)


def test_at_one_picture_a_second_nothing_is_smoothed() -> None:
    random = np.random.default_rng(7)
    true = path(0.0, count=20)
    true[:, :2] += np.cumsum(random.normal(0, 20, (20, 2)), axis=0)
    [found] = smoothed([tracklet(true)], shot(20, frame_s=1.0))
    assert np.abs(centres_of(found) - true).max() < 0.01


@pytest.mark.parametrize("count", [1, 2])
def test_one_box_or_two_stay(count: int) -> None:
    [found] = smoothed([tracklet(path(2.0, count=count))], shot(count))
    assert centres_of(found) == pytest.approx(path(2.0, count=count), abs=0.01)


def test_nothing_is_nothing() -> None:
    assert smoothed([], shot()) == []


def test_no_box_is_turned_inside_out() -> None:
    shrinking = path(0.0)
    shrinking[:, 2:] = np.maximum(0.0, 40 - np.arange(FRAMES)[:, None])
    [found] = smoothed([tracklet(shrinking)], shot())
    assert (found.xyxy[:, 2:] >= found.xyxy[:, :2]).all()


def test_a_long_shot_in_stretches_is_smoothed_as_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    zoom = np.array([[1.01, 0, 2.0], [0, 1.01, -3.0], [0, 0, 1]])
    pauses = [step for step in range(30, 85) if not 50 <= step < 55]
    seen = [tracklet(path(1.0) + random.normal(0, 1, (FRAMES, 4)), steps) for steps in (None, pauses)]
    at_once = smoothed(seen, shot(motion=zoom))
    monkeypatch.setattr("detector.smoothing.MOST_ROWS", 7)
    in_stretches = smoothed(seen, shot(motion=zoom))
    assert all(np.array_equal(one.xyxy, other.xyxy) for one, other in zip(at_once, in_stretches, strict=True))
