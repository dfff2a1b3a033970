import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.colour import GREY_CHROMA, chroma, is_monochrome
from tests.fakes import ground, noisy, with_squares

ORANGE = (0, 140, 255)


def grey(seed: int) -> NDArray[np.uint8]:
    level = cv2.cvtColor(noisy(ground(seed, 256, 144), seed), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(level, cv2.COLOR_GRAY2BGR), np.uint8)


def test_footage_has_colours_and_grey_footage_none() -> None:
    assert chroma(ground(1, 256, 144)) > GREY_CHROMA > chroma(grey(1)) == 0


def test_a_display_in_orange_over_grey_footage_is_no_colour_of_it() -> None:
    corners = [(x, y) for x in (4, 220) for y in (4, 60, 120)]
    assert chroma(with_squares(grey(1), corners, ORANGE, 20)) < GREY_CHROMA


def test_a_tint_over_the_whole_picture_is_none_either() -> None:
    assert chroma(np.asarray(grey(1) * 0.5 + (40, 60, 90), np.uint8)) < GREY_CHROMA


@pytest.mark.parametrize("colour", [0, 255])
def test_a_picture_of_one_colour_has_none(colour: int) -> None:
    assert chroma(np.full((144, 256, 3), colour, np.uint8)) == 0


def test_a_shot_is_monochrome_by_most_of_its_pictures() -> None:
    assert is_monochrome(np.array([0.0, 1.0, 30.0]))
    assert not is_monochrome(np.array([0.0, 20.0, 30.0]))
    assert not is_monochrome(np.array([]))
