import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from detector.outputs.formats import Writer
from detector.outputs.subtitles import _clock, write_srt, write_vtt
from tests.reports import analysed, convoy, event, report

LATE = report(events=(event("smoke", 25, 49), event("fire", 30, 31, tracks=(4, 7))), convoys=(convoy(1, 2, 3, end=9),))


def text(folder: Path, write: Writer, found=LATE, zero_s: float = 10.0) -> str:  # type: ignore[no-untyped-def]
    write(analysed(folder, found, video_zero_s=zero_s), folder / "subtitles")
    return (folder / "subtitles").read_bytes().decode()


def test_subrip(tmp_path: Path) -> None:
    assert text(tmp_path, write_srt) == (
        "1\n00:00:00,000 --> 00:00:00,400\nConvoy of 3 vehicles\n\n"
        "2\n00:00:01,000 --> 00:00:02,000\nSmoke (confidence 0.75)\n\n"
        "3\n00:00:01,200 --> 00:00:01,280\nFire on vehicle 4, 7 (confidence 0.75)\n"
    )


def test_webvtt(tmp_path: Path) -> None:
    lines = text(tmp_path, write_vtt).splitlines()
    assert lines[:4] == ["WEBVTT", "", "00:00:00.000 --> 00:00:00.400", "Convoy of 3 vehicles"]


def test_times_count_from_where_the_annotated_video_begins(tmp_path: Path) -> None:
    assert "00:00:02,500 --> 00:00:03,500\nSmoke" in text(tmp_path, write_srt, zero_s=8.5)
    assert "00:00:00,000 --> 00:00:00,000" not in text(tmp_path, write_srt, zero_s=60.0), "never before it"


def test_nothing_happens(tmp_path: Path) -> None:
    assert text(tmp_path, write_srt, report()) == ""
    assert text(tmp_path, write_vtt, report()) == "WEBVTT\n"


def test_a_kind_with_marks_in_it_is_no_markup(tmp_path: Path) -> None:
    assert "<" not in text(tmp_path, write_vtt, report(events=(event("<c>smoke"),)))


def test_an_uncertain_event_says_so(tmp_path: Path) -> None:
    assert "Smoke, or something like it" in text(tmp_path, write_srt, report(events=(event(uncertain=True),)))


@given(st.integers(0, 10**9))
def test_a_clock_can_be_read_back(time_ms: int) -> None:
    hours, minutes, seconds, thousandths = map(
        int, re.fullmatch(r"(\d+):(\d\d):(\d\d),(\d{3})", _clock(time_ms, ",")).groups()
    )  # type: ignore[union-attr]
    assert ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths == time_ms
    assert max(minutes, seconds) < 60
