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
