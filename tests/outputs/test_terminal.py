from dataclasses import replace

import pytest
from rich.console import Console

from detector import analyze
from detector.outputs.terminal import clock, summary
from detector.report import DamagedPlace, Distinct, Report
from tests.fakes import FIRE_RED, ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    burning = with_squares(with_squares(ground(1), [(20, 20), (90, 20)]), [(200, 90)], FIRE_RED)
    clip = write_pictures(
        tmp_path_factory.mktemp("clip") / "two trucks.mp4", [noisy(burning, seed) for seed in range(40)]
    )
    return analyze(clip, networks=square_networks())


def printed(report: Report) -> str:
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(summary(report))
    return console.export_text()


def test_it_says_what_was_found(report: Report) -> None:
    text = printed(report)
    assert "two trucks.mp4" in text
    assert "2 distinct" in text
    assert "truck" in text
    assert "0:00.0 to" in text
    assert "none flagged" in text, "no smoke"


def test_it_says_of_events_what_one_must_know(report: Report) -> None:
    [fire] = report.events
    smoke = replace(fire, kind="smoke", uncertain=True, look_alike_score=0.5)
    flash = replace(fire, kind="flash", confidence=0.734, tracks=(2, 5))
    [shot] = report.shots
    text = " ".join(
        printed(replace(report, events=(smoke, flash), shots=(replace(shot, monochrome=True),)))
        .replace("│", " ")
        .split()
    )
    assert "uncertain: it may be dust or the like" in text
    assert "confidence 0.73, a flash, on tracks 2, 5" in text
    assert "1 without colours, where no fire is claimed" in text


def test_one_track_is_singular(report: Report) -> None:
    [fire] = report.events
    text = " ".join(printed(replace(report, events=(replace(fire, tracks=(7,)),))).replace("│", " ").split())
    assert ", on track 7 " in text


def test_it_fits_eighty_columns(report: Report) -> None:
    long = replace(report, input=replace(report.input, file="a" * 250 + ".mp4"))
    assert all(len(line) <= 80 for line in printed(long).splitlines())


def test_damage_is_told(report: Report) -> None:
    damage = (DamagedPlace(9, 0.4, "the file ends here"),)
    text = printed(replace(report, coverage=replace(report.coverage, damage=damage, frames_failed=3, share_read=0.62)))
    assert "the counts rest on 62 % of the pictures" in text
    assert "3 pictures failed" in text
    assert "from 0:00.4 to the end" in text
    assert "the file ends here" in text


def test_a_range_is_told_before_what_is_most_likely(report: Report) -> None:
    doubtful = replace(report, counts=replace(report.counts, distinct=Distinct(0, 1, 3)))
    assert "0 to 3 distinct, most likely 1 " in printed(doubtful)


def test_the_sizes_of_all_shots_are_told(report: Report) -> None:
    [shot] = report.shots
    assert ", 640 px," in " ".join(printed(report).split())
    far = replace(shot, input_size_px=1280)
    assert ", 640 to 1280 px," in " ".join(printed(replace(report, shots=(shot, far))).split())


def test_a_file_name_cannot_steer_the_terminal(report: Report) -> None:
    evil = replace(report, input=replace(report.input, file="a\x1b[2Jb[red]c\n.mp4"))
    text = printed(evil)
    assert "\x1b" not in text
    assert "[red]" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.0"), (9.96, "0:10.0"), (83.5, "1:23.5"), (3600, "1:00:00.0"), (-1.5, "-0:01.5")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_no_text_from_a_file_can_steer_the_terminal(report: Report) -> None:
    evil = "x\x1b]0;owned\x07\x9b2J\u202e[red]"
    count = next(iter(report.counts.by_class.values()))
    damage = (DamagedPlace(9, 0.4, evil),)
    text = printed(
        replace(
            report,
            counts=replace(report.counts, by_class={evil: count}, reason=evil),
            device=replace(report.device, reason=evil),
            coverage=replace(report.coverage, damage=damage),
        )
    )
    assert not set(text) & set("\x1b\x07\x9b\u202e")
