"""Disks that are full or may not be written: a clear message, what fits is kept, and `--resume` goes on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broken_off.outputs import JOURNALS, Apart, assert_the_list_is_true, contents, run
from tests.clips import write_clip


@contextmanager
def small_disk(place: Path, size_bytes: int) -> Iterator[Path]:
    """A file system of this size; skips where it cannot be had."""
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(place)]
    if sys.platform != "linux" or subprocess.run(["mount", *options], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_in_drawing_keeps_the_rest(tmp_path: Path, run_apart: Apart) -> None:
    clip = write_clip(tmp_path / "noise.mp4", 30, (320, 192), busy=True)
    assert run(clip, "--out", tmp_path / "whole").exit_code == 0
    whole, folder = contents(tmp_path / "whole"), tmp_path / "out"
    assert len(whole["annotated.mp4"]) > 300_000 > 2 * len(whole["report.html"])
    assert run_apart(["--file-bytes", 200_000, clip, "--out", folder]) == [2]
    kept = contents(folder)
    assert kept.keys() == whole.keys() - {"annotated.mp4"}
    assert kept["report.json"] == whole["report.json"]
    assert_the_list_is_true(folder)
    assert run(clip, "--out", folder, "--resume").exit_code == 0
    assert contents(folder) == whole


def test_a_full_disk_in_looking_keeps_the_journal(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    folder = tmp_path / "out"
    assert run_apart(["--file-bytes", 3000, clip, "--out", folder]) == [2]
    assert {path.name for path in folder.iterdir()} == JOURNALS
    assert run(clip, "--out", folder, "--resume").exit_code == 0
    assert contents(folder) == whole


def test_a_disk_that_is_really_full(clip: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    with small_disk(tmp_path / "disk", 64 << 10) as disk:
        result = run(clip, "--out", disk / "out")
        assert result.exit_code == 2
        assert "No space left on device" in result.stderr
        assert "--resume" in result.stderr
        subprocess.run(["mount", "-o", "remount,size=64M", str(disk)], check=True)
        assert run(clip, "--out", disk / "out", "--resume").exit_code == 0
        assert contents(disk / "out") == whole


def test_a_disk_that_may_not_be_written(clip: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1 << 20) as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        result = run(clip, "--out", disk / "out")
        assert result.exit_code == 2
        assert "Read-only file system" in result.stderr
