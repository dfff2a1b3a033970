"""What the rendered scenes show, told from shots that are one grey each: 40 and 200."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.shot_scenes import RENDERERS, Rendered, Scene, Source
from tests.fakes import ground

DARK, BRIGHT = 40, 200


def grey(level: int) -> Source:
    thumbnails = np.full((12, 36, 64, 3), level, np.uint8)
    return Source("grey", thumbnails, thumbnails[0])


def render(kind: str, seed: int = 0) -> Rendered:
    return RENDERERS[kind](Scene(grey(DARK), grey(BRIGHT), 1.0, np.random.default_rng(seed)))


def levels(made: Rendered) -> NDArray[np.float64]:
    return np.array([picture.mean() for picture in made.pictures])


def counting(frames: int) -> Source:
    """A source whose pictures say their own number."""
    thumbnails = np.stack([np.full((36, 64, 3), number, np.uint8) for number in range(frames)])
    return Source("counting", thumbnails, thumbnails[0])


@pytest.mark.parametrize(
    ("frames", "speed", "shown"),
    [(4, 1.0, [0, 1, 2, 3, 2, 1, 0, 1]), (4, 0.5, [0, 0, 1, 1, 2, 2, 3, 3]), (1, 1.0, [0] * 8)],
)
def test_a_shot_that_is_over_runs_backwards(frames: int, speed: float, shown: list[int]) -> None:
    assert [picture[0, 0, 0] for picture in counting(frames).play(0, 8, speed)] == shown


def test_no_pictures_asked_for() -> None:
    assert counting(4).play(0, 0, 1.0) == []


@pytest.mark.parametrize("kind", ["cut", "quick cuts"])
def test_the_other_shot_begins_on_the_boundary(kind: str) -> None:
    made = render(kind)
    changes = np.flatnonzero(np.diff(levels(made))) + 1
    assert tuple(changes) == made.boundaries


def test_the_mixed_frame_of_a_blended_cut_is_the_first_of_the_new_shot() -> None:
    made = render("blended cut")
    [boundary] = made.boundaries
    before, mixed, after = levels(made)[boundary - 1 : boundary + 2]
    assert (before, after) == (DARK, BRIGHT)
    assert before < mixed < after


@pytest.mark.parametrize("frames", [6, 12, 25, 50])
def test_a_dissolve_lasts_as_long_as_both_shots_show(frames: int) -> None:
    made = render(f"dissolve {frames}")
    start, end = made.boundaries
    assert end - start == frames
    assert (np.diff(levels(made)[start - 1 : end + 1]) > 0).all()
    assert set(levels(made)[:start]) == {DARK}
    assert set(levels(made)[end:]) == {BRIGHT}


@pytest.mark.parametrize(
    ("kind", "level", "name"), [("fade, black held", 0, "black"), ("fade, white held", 255, "title")]
)
def test_a_held_fade_is_a_shot_between_two_transitions(kind: str, level: int, name: str) -> None:
    made = render(kind)
    assert made.kinds == ("footage", "transition", name, "transition", "footage")
    assert set(levels(made)[made.boundaries[1] : made.boundaries[2]]) == {level}


@pytest.mark.parametrize(
    ("kind", "level"), [("fade through black", 0), ("fade through white", 255), ("dip to white", 255)]
)
@pytest.mark.parametrize("seed", range(4))
def test_a_fade_that_is_not_held_is_one_transition(kind: str, level: int, seed: int) -> None:
    made = render(kind, seed)
    start, end = made.boundaries
    assert made.kinds == ("footage", "transition", "footage")
    assert set(levels(made)[:start]) == {DARK}
    assert set(levels(made)[end:]) == {BRIGHT}
    assert np.abs(levels(made)[start:end] - level).min() < 40


@pytest.mark.parametrize("kind", ["flash", "explosion", "pan", "zoom", "jolt", "inset", "split screen"])
def test_what_is_no_boundary_is_one_shot(kind: str) -> None:
    made = render(kind)
    assert (made.boundaries, made.kinds) == ((), ("footage",))


@pytest.mark.parametrize("kind", ["flash", "explosion"])
def test_a_light_goes_out_again(kind: str) -> None:
    seen = levels(render(kind))
    assert seen.max() > DARK + 5
    assert (seen[0], seen[-1]) == (DARK, DARK)


@pytest.mark.parametrize("kind", ["pan", "zoom", "jolt"])
def test_a_camera_shows_another_part_of_its_still(kind: str) -> None:
    still = ground(1)
    source = Source("ground", np.stack([still]), still)
    pictures = RENDERERS[kind](Scene(source, source, 1.0, np.random.default_rng(1))).pictures
    furthest = max(np.abs(picture.astype(int) - pictures[0]).mean() for picture in pictures)
    assert furthest > 5


@pytest.mark.parametrize("kind", RENDERERS)
def test_no_scene_writes_into_its_sources(kind: str) -> None:
    one, other = grey(DARK), grey(BRIGHT)
    RENDERERS[kind](Scene(one, other, 1.0, np.random.default_rng(0)))
    assert set(np.unique(one.thumbnails)) | set(np.unique(one.still)) == {DARK}
    assert set(np.unique(other.thumbnails)) == {BRIGHT}
