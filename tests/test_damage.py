"""Where damage is put among the frames, and when stamps leap."""

from fractions import Fraction

from detector.damage import GUESSED, Damage, DamageLog
from detector.timecode import Timecode


def log(stamps: list[int]) -> DamageLog:
    damage_log = DamageLog()
    for stamp in stamps:
        damage_log.frame(Timecode(stamp, Fraction(1, 10)))
    return damage_log


def test_a_trouble_is_put_where_its_stamp_belongs_though_it_is_met_earlier() -> None:
    damage_log = log([0, 1, 2])
    damage_log.trouble("broken", pts=5)
    for stamp in (3, 4, 6):
        damage_log.frame(Timecode(stamp, Fraction(1, 10)))

    assert damage_log.places() == (Damage(4, 0.5, "broken", until_s=0.6),)


def test_a_trouble_without_a_stamp_is_put_after_the_frames_so_far() -> None:
    damage_log = DamageLog()
    damage_log.trouble("no start")
    damage_log.frame(Timecode(7, Fraction(1, 10)))
    damage_log.trouble("no end")

    assert damage_log.places() == (Damage(-1, None, "no start", until_s=0.7), Damage(0, 0.7, "no end"))


def test_one_run_of_trouble_is_one_place() -> None:
    damage_log = log([0, 1, 2, 3, 4, 5, 6, 7])
    for stamp in (2, 3, 4, 7):
        damage_log.trouble(GUESSED, pts=stamp)
    damage_log.trouble("refused", pts=7)

    assert damage_log.places() == (Damage(1, 0.2, GUESSED, until_s=0.5), Damage(6, 0.7, f"{GUESSED}; refused"))


def test_only_a_steady_clip_can_leap() -> None:
    assert log(list(range(50))).leaps() is None
    assert log([*range(50), *range(60, 100)]).leaps() == (1, 49, 1.1)
    assert log([0, 1, 5, 6, 20, 21, 30]).leaps() is None
    assert log([0]).leaps() is None


def test_a_leap_is_damage_where_the_clip_is_damaged_anyway() -> None:
    damage_log = log([*range(50), *range(60, 100)])
    assert damage_log.places() == ()
    damage_log.trouble("broken", pts=3)
    assert [(place.after_frame, place.until_s) for place in damage_log.places()] == [(2, 0.4), (49, 6.0)]


def test_a_few_leaps_of_whole_steps_are_no_varying_rate() -> None:
    assert log([*range(25), *range(29, 34), *range(36, 50)]).leaps() == (2, 24, 0.5)
    assert log([*range(0, 250, 10), 294, *range(300, 340, 10), 377, *range(390, 500, 10)]).leaps() is None


def test_a_broken_picture_that_came_out_all_the_same_is_no_sound_one() -> None:
    damage_log = log([0, 1, 2, 3])
    damage_log.trouble("broken", pts=2)
    assert damage_log.places() == (Damage(1, 0.2, "broken", until_s=0.3),)


def test_what_is_lost_before_a_sound_picture_begins_after_the_frame_before_it() -> None:
    damage_log = log([0, 1, 8, 9])
    damage_log.trouble("bytes passed over", pts=8, spoiling=False)
    assert damage_log.places() == (Damage(1, 0.1, "bytes passed over", until_s=0.8),)


def test_pictures_lean_on_broken_ones_until_the_next_key_frame() -> None:
    damage_log = DamageLog()
    for stamp in range(10):
        damage_log.frame(Timecode(stamp, Fraction(1, 10)), key=stamp in (0, 6))
    damage_log.trouble(GUESSED, pts=2)
    damage_log.trouble(GUESSED, pts=8)
    [first, second] = damage_log.places()
    assert (first.until_s, first.leaning_until_s) == (0.3, 0.6)
    assert (second.until_s, second.leaning_until_s) == (0.9, None)
