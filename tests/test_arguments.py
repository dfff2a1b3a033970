"""Sizes and numbers of frames as a user types them; times and classes go through the command, in test_cli.py."""

import click
import pytest

from detector.arguments import Every, InputSize
from detector.input_size import sizes_to_try


@pytest.mark.parametrize(("typed", "meant"), [("auto", "auto"), ("640", 640), (" 2560 ", 2560)])
def test_a_size_is_auto_or_pixels(typed: str, meant: object) -> None:
    assert InputSize().convert(typed, None, None) == meant


@pytest.mark.parametrize("typed", [650, 0, -640, 2592])
def test_a_size_out_of_range_is_refused_in_the_words_of_the_range_itself(typed: int) -> None:
    with pytest.raises(ValueError, match="multiple of") as told:
        sizes_to_try(typed)
    with pytest.raises(click.BadParameter) as refused:
        InputSize().convert(str(typed), None, None)
    assert refused.value.message == str(told.value)


@pytest.mark.parametrize("typed", ["", "large", "640.5", "Auto", "6" * 5000])
def test_what_is_no_size_at_all_is_refused_likewise(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="cannot be used: give auto, or pixels, a multiple of 32"):
        InputSize().convert(typed, None, None)


@pytest.mark.parametrize(("typed", "meant"), [("auto", "auto"), ("1", 1), (" 25 ", 25)])
def test_every_is_auto_or_a_number_of_frames(typed: str, meant: object) -> None:
    assert Every().convert(typed, None, None) == meant


@pytest.mark.parametrize("typed", ["0", "-1", "x", "", "2.5", "1001", "6" * 5000])
def test_anything_else_is_refused_with_what_to_give(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="give auto, or a number from 1 to 1000"):
        Every().convert(typed, None, None)
