from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.flashes import FlashCue, flash_runs
from tests.fakes import ground, noisy, with_squares
from tests.sightings import look, still

ORANGE, WHITE, GREEN = (40, 160, 255), (255, 255, 255), (60, 255, 60)


def lit(pictures: Sequence[NDArray[np.uint8]]) -> list[int]:
    cue = FlashCue()
    return [index for index, picture in enumerate(pictures) if cue.update(picture)]


def footage(count: int) -> list[NDArray[np.uint8]]:
    return [noisy(ground(1, 256, 144), seed) for seed in range(count)]


def test_a_fireball_lights_up_once() -> None:
    dark = footage(20)
    assert lit([*dark[:8], *(with_squares(one, [(50, 50)], ORANGE, 12) for one in dark[8:])]) == [8]


@pytest.mark.parametrize("colour", [WHITE, GREEN])
def test_what_is_not_of_the_colour_of_fire_does_not(colour: tuple[int, int, int]) -> None:
    dark = footage(12)
    assert lit([*dark[:8], *(with_squares(one, [(50, 50)], colour, 12) for one in dark[8:])]) == []


def test_orange_things_that_move_soon_do_not() -> None:
    moving = [with_squares(one, [(10 + 4 * n, 50)], ORANGE, 12) for n, one in enumerate(footage(40))]
    assert [frame for frame in lit(moving) if frame > 4] == []


def test_nothing_lights_up_in_the_first_picture_or_in_one_of_another_size() -> None:
    orange = with_squares(ground(1, 256, 144), [(50, 50)], ORANGE, 30)
    assert lit([orange]) == lit([ground(1, 128, 72), orange]) == []


def flashes(scores: Sequence[float], lit: Sequence[int]) -> list[tuple[int, int]]:
    seen = [look(5 * n, score, kind="fire", lit=n in lit) for n, score in enumerate(scores)]
    return flash_runs(seen, 0.5, still(seen))


def test_fire_that_was_not_there_before_is_a_flash_until_it_is_gone() -> None:
    assert flashes([0, 0, 0.9, 0.4, 0, 0], lit=[2]) == [(2, 3)]


def test_it_must_reach_the_threshold_and_something_must_have_lit_up() -> None:
    assert flashes([0, 0, 0.45, 0], lit=[2]) == flashes([0, 0, 0.9, 0], lit=[1]) == []


def test_fire_that_was_there_is_none() -> None:
    assert flashes([0.8, 0.8, 0.9, 0.8], lit=[2]) == []


def test_the_first_look_of_a_shot_is_none() -> None:
    assert flashes([0.9, 0, 0], lit=[0]) == flashes([], lit=[]) == []
