"""Limits on what is read: by what the file states, before anything is decoded."""

from pathlib import Path

import pytest

from benchmarks.bombs import LESS, huge_h264, huge_png, huge_vp9, many_in_gif, many_in_mp4
from detector.clip import ClipError, ClipReader
from detector.limits import Limits
from tests.clips import write_clip


@pytest.mark.parametrize(("make", "name"), [(huge_h264, "a.h264"), (huge_png, "a.mov"), (huge_vp9, "a.webm")])
def test_huge_pictures_are_refused_with_the_option_that_lifts_it(tmp_path: Path, make: object, name: str) -> None:
    for side in (LESS, 65535):
        with pytest.raises(ClipError, match="--most-pixels"):
            ClipReader(make(tmp_path / name, side))  # type: ignore[operator]


def test_a_million_pictures_are_refused_stated_or_not(tmp_path: Path) -> None:
    for path in (many_in_mp4(tmp_path / "stated.mp4"), many_in_gif(tmp_path / "counted.gif")):
        with pytest.raises(ClipError, match=r"1100000 pictures or more.*1000000.*--most-frames"):
            ClipReader(path)


def test_four_hours_at_sixty_pictures_a_second_pass() -> None:
    assert Limits().frames > 4 * 3600 * 60


def test_a_part_of_a_clip_over_the_limit_may_be_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 20)
    with pytest.raises(ClipError, match="is said to hold 20 pictures"):
        ClipReader(path, limits=Limits(frames=19))
    with ClipReader(path, end_s=0.4, limits=Limits(frames=19)) as reader:
        assert len(list(reader)) == 10
    with ClipReader(path, end_s=0.7, limits=Limits(frames=12)) as reader:
        assert len(list(reader)) == 12
    assert "--most-frames" in reader.damage[0].reason


def test_stamps_of_the_time_of_day_are_no_pictures(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", 10, pts=range(86_000_000, 86_000_400, 40))
    with ClipReader(path, limits=Limits(frames=10)) as reader:
        assert len(list(reader)) == 10
    with pytest.raises(ClipError, match="is said to hold 10 pictures"):
        ClipReader(path, limits=Limits(frames=9))


def test_pictures_that_an_edit_list_hides_count_too(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 60, pts=range(-2000, 400, 40), codec_options={"g": "250"})
    with ClipReader(path, end_s=1, limits=Limits(frames=50)) as reader:
        assert len(list(reader)) == 10
    with pytest.raises(ClipError, match="hides more pictures than are read; lift --most-frames"):
        ClipReader(path, end_s=1, limits=Limits(frames=20))


def test_memory_is_reckoned_from_the_header(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 2, (640, 480))
    with pytest.raises(ClipError, match=r"h264 decoder may take.*--most-memory"):
        ClipReader(path, limits=Limits(memory_gib=0.005))
    with ClipReader(path, limits=Limits(memory_gib=0.02)) as reader:
        assert len(list(reader)) == 2


def test_what_is_added_while_reading_is_left_out(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.ts", 40, busy=True)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 // 188 * 188])
    with ClipReader(path) as reader:
        path.write_bytes(content)
        assert 15 < len(list(reader)) < 25
    assert any("grew while it was read" in place.reason for place in reader.damage)
