"""A cut is suspected; what moves, flickers or is black is not."""

import numpy as np
from numpy.typing import NDArray

from detector.scene_cue import SceneCue
from detector.shots import thumbnail
from tests.fakes import ground, noisy


def suspected(pictures: list[NDArray[np.uint8]]) -> list[int]:
    cue = SceneCue()
    return [number for number, image in enumerate(pictures) if cue.update(thumbnail(image))]


def test_a_cut_is_suspected_in_its_first_frame() -> None:
    assert suspected([noisy(ground(1), n) for n in range(5)] + [noisy(ground(2), n) for n in range(5)]) == [5]


def test_a_camera_that_moves_is_no_cut() -> None:
    assert suspected([np.roll(ground(1), 2 * n, axis=1) for n in range(10)]) == []


def test_black_with_noise_is_no_row_of_cuts() -> None:
    assert suspected([noisy(np.zeros((192, 320, 3), np.uint8), n) for n in range(5)]) == []
