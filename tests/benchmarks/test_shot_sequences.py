"""Every scene under every condition, with a truth that fits its pictures; the same for the same seed."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.shot_scenes import RENDERERS, Pictures, Source
from benchmarks.shot_sequences import CONDITIONS, letterboxed, night, overlaid, plain, sequences
from tests.fakes import ground, noisy

Change = Callable[[Pictures, np.random.Generator], Pictures]


def source(seed: int) -> Source:
    still = ground(seed, width=128, height=72)
    return Source(f"ground {seed}", np.stack([noisy(still, number) for number in range(12)]), still)


SOURCES = [source(seed) for seed in (1, 2, 3)]


def shot() -> Pictures:
    return [noisy(ground(1, width=128, height=72), number) for number in range(4)]


def test_every_scene_comes_once_under_every_condition_with_a_truth_that_fits_it() -> None:
    names = []
    for kind, condition, made in sequences(SOURCES, seed=1, each=1):
        names.append((kind, condition.name))
        edges = [0, *made.boundaries, len(made.pictures)]
        assert all(start < end for start, end in itertools.pairwise(edges)), names[-1]
        assert len(made.kinds) == len(edges) - 1, names[-1]
        assert {picture.dtype for picture in made.pictures} == {np.dtype(np.uint8)}
        assert len({picture.shape for picture in made.pictures}) == 1
    assert names == list(itertools.product(RENDERERS, [condition.name for condition in CONDITIONS]))


def test_none_of_each_is_nothing() -> None:
    assert list(sequences(SOURCES, seed=1, each=0)) == []


def first(seed: int) -> Pictures:
    _, _, made = next(sequences(SOURCES, seed=seed, each=1))
    return made.pictures


def test_a_seed_gives_the_same_pictures_again_and_another_seed_others() -> None:
    assert np.array_equal(first(1), first(1))
    assert not np.array_equal(first(1), first(2))


def test_several_of_each_differ() -> None:
    one, other = (made.pictures for _, _, made in itertools.islice(sequences(SOURCES, seed=1, each=2), 2))
    assert not np.array_equal(one, other)


def test_an_overlay_is_the_same_in_every_frame() -> None:
    before, after = np.array(shot()), np.array(overlaid(shot(), np.random.default_rng(1)))
    drawn = (before != after).any(axis=(0, 3))
    assert 0.02 < drawn.mean() < 0.5
    assert (after[:, drawn] == after[0, drawn]).all()


def test_letterbox_bars_are_black_and_leave_the_size_and_the_middle() -> None:
    before, after = np.array(shot()), np.array(letterboxed(shot(), np.random.default_rng(1)))
    assert after.shape == before.shape
    assert not after[:, [0, -1]].any()
    assert np.array_equal(after[:, 20:-20], before[:, 20:-20])


def test_night_leaves_little_light_and_noise_that_moves() -> None:
    one = shot()[0]
    dark, later = night([one, one], np.random.default_rng(1))
    assert dark.mean() < 0.3 * one.mean()
    assert not np.array_equal(dark, later)


@pytest.mark.parametrize("change", [plain, overlaid, letterboxed, night])
def test_a_condition_leaves_the_pictures_it_was_given_as_they_are(change: Change) -> None:
    given = shot()
    change(given, np.random.default_rng(1))
    assert np.array_equal(given, shot())
