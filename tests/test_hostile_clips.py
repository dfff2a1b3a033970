"""Files made to harm, and a short run of files broken at random, through the whole command in a process of its own."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.broken_clips import (
    broken_clips,
    hostile_clips,
    with_boxes_swapped,
    with_flips,
    with_hole,
    with_lies,
)
from benchmarks.reliability import OUTCOMES, outcome, table
from detector.clip import ClipError, ClipReader
from detector.limits import Limits
from tests.clips import write_clip
from tests.odd_clips import join

GOOD = ("right result", "clear error")
UNKNOWABLE = ("told in a note", "altered unseen")  # most formats hold nothing to check the bytes of a picture by


def test_hostile_files_end_in_a_clear_error(tmp_path: Path) -> None:
    results = {(case.fault, outcome(case)) for case in hostile_clips(tmp_path)}
    assert {result for _, result in results} <= set(GOOD)
    assert ("scripts and playlists", "right result") not in results


def test_broken_files_end_in_a_right_result_or_a_clear_error(tmp_path: Path) -> None:
    cases = list(broken_clips(tmp_path, flips=40))
    chosen = np.random.default_rng(0).choice(len(cases), 30, replace=False)
    bad = {
        case.path.name: result
        for case in (cases[i] for i in chosen)
        if (result := outcome(case)) not in GOOD + UNKNOWABLE
    }
    assert bad == {}


def test_the_same_faults_are_made_every_time(tmp_path: Path) -> None:
    content = write_clip(tmp_path / "clip.mp4", 5, busy=True).read_bytes()
    for broken in (with_hole, with_flips, with_lies):
        assert broken(content, 1) == broken(content, 1) != content
        assert broken(content, 1) != broken(content, 2)
    assert all(sorted(swapped) == sorted(content) for swapped in with_boxes_swapped(content))


def test_pictures_larger_than_the_limit_are_refused_also_in_mid_stream(tmp_path: Path) -> None:
    small, large = (write_clip(tmp_path / f"{width}.h264", 5, (width, 48)) for width in (64, 96))
    limits = Limits(pixels=64 * 48)

    with pytest.raises(ClipError, match="96x48"):
        ClipReader(large, limits=limits)
    with ClipReader(join(tmp_path / "grows.h264", [small, large]), limits=limits) as reader:
        assert len(list(reader)) == 5
    assert reader.damage


def test_the_table_has_a_column_for_every_outcome() -> None:
    assert (
        table({"cut off": {"right result": 3, "hang": 1}}).splitlines()[-1]
        == "| cut off | 4 | 3 | 0 | 0 | 0 | 1 | 0 | 0 |"
    )
    assert len(OUTCOMES) == 7
