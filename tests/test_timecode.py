"""A time is what the file states, and later pictures are later."""

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.timecode import Clock, Timecode

MILLI = Fraction(1, 1000)


def picture(pts: int | None, dts: int | None = None, duration: int = 0) -> SimpleNamespace:
    return SimpleNamespace(pts=pts, dts=dts, duration=duration)


def stamps(pictures: list[SimpleNamespace], rate: Fraction | None = Fraction(25)) -> list[int]:
    clock = Clock(MILLI, rate)
    return [clock.stamp(each)[0].pts for each in pictures]


def test_times_compare_by_value_between_time_bases() -> None:
    assert Timecode(1001, Fraction(1, 30000)) < Timecode(34, MILLI)
    assert Timecode(1, Fraction(1, 25)) == Timecode(40, MILLI)
    assert len({Timecode(1, Fraction(1, 25)), Timecode(40, MILLI)}) == 1
    assert Timecode(40, MILLI).seconds == 0.04
    assert Timecode(40, MILLI) != 0.04


@pytest.mark.parametrize(("pts", "time_base"), [(0.5, MILLI), (1, 0.001), (None, MILLI)])
def test_a_float_is_no_time(pts: int, time_base: Fraction) -> None:
    with pytest.raises(TypeError):
        Timecode(pts, time_base)


def test_a_time_base_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Timecode(1, Fraction(0))


def test_good_stamps_are_left_alone() -> None:
    clock = Clock(MILLI, None)
    assert [clock.stamp(picture(pts)) for pts in (-20, 0, 700)] == [
        (Timecode(pts, MILLI), None) for pts in (-20, 0, 700)
    ]


def test_a_missing_stamp_is_taken_from_decoding_order_or_the_picture_before() -> None:
    assert stamps([picture(None), picture(None), picture(None, duration=33), picture(None, dts=200)]) == [
        0,
        40,
        73,
        200,
    ]


def test_pictures_of_packets_that_tell_only_decoding_time_take_those_times_in_order() -> None:
    clock = Clock(MILLI, None)
    for dts in (0, 40):
        clock.expect(dts)
    first = clock.stamp(picture(None, dts=40))  # what the decoder says: the packet it took last
    clock.expect(80)
    clock.expect(120)
    clock.expect_no_more()  # that one could not be decoded
    rest = [clock.stamp(picture(None, dts=dts)) for dts in (80, None)]

    assert [(time.pts, repair) for time, repair in (first, *rest)] == [(0, None), (40, None), (80, None)]


def test_a_stamp_that_repeats_or_slips_back_moves_one_tick() -> None:
    assert stamps([picture(pts) for pts in (0, 40, 40, 30, 120)]) == [0, 40, 41, 42, 120]


def test_a_clock_that_starts_again_is_counted_on() -> None:
    assert stamps([picture(pts) for pts in (5000, 5040, 0, 40, 80)]) == [5000, 5040, 5080, 5120, 5160]


@given(st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), min_size=2), st.integers(0, 100))
def test_later_pictures_are_always_later(sequence: list[int | None], duration: int) -> None:
    given_stamps = stamps([picture(pts, duration=duration) for pts in sequence])
    assert all(earlier < later for earlier, later in pairwise(given_stamps))
