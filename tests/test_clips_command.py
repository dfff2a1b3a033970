"""`detect` with whatever names clips: several, a folder, a list, a pattern; and what is none."""

import os
from pathlib import Path

import pytest

from detector import analysis
from tests.clips import write_clip
from tests.commands import break_off_after, names, run, use_networks_of_squares, write_two_lorries
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(autouse=True)
def networks_of_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    use_networks_of_squares(monkeypatch)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_two_lorries(tmp_path / "clip.mp4")


def test_links_that_lead_out_of_a_folder_are_passed_over(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.mp4").symlink_to(clip)
    result = run(tmp_path / "folder")
    assert result.exit_code == 3
    assert "without a clip" in result.stderr


def test_several_clips_each_get_a_folder(clip: Path, tmp_path: Path) -> None:
    other = write_pictures(clip.with_name("other.mp4"), [noisy(ground(2), seed) for seed in range(5)])
    twin = clip.with_name("twin.mp4")
    twin.write_bytes(clip.read_bytes())
    result = run(clip, other, twin, "--out", tmp_path / "all", "--no-video", "--jobs", "1")
    assert result.exit_code == 0
    assert names(tmp_path / "all") == ["batch.json", "clip.detect", "index.html", "other.detect", "summary.csv"]
    assert "clip.mp4: 2 vehicles" in result.stdout
    assert "the same as ../clip.mp4" in result.stdout
    assert "3 clips: 3 done." in result.stdout
    assert result.stderr == "", "no progress bar where there is no terminal"
    again = run(clip, other, twin, "--out", tmp_path / "all", "--no-video", "--jobs", "1")
    assert again.exit_code == 0
    assert "clip.mp4: 2 vehicles" not in again.stdout, "there was nothing to do"


def test_clips_of_a_list_and_of_a_pattern_are_done_once(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(os.fsencode(clip) + b"\n" + os.fsencode(tmp_path / "*.mp4"))
    result = run("--list", tmp_path / "list.txt", tmp_path / "**" / "*.mp4", "--out", tmp_path / "all", "--no-video")
    assert result.exit_code == 0
    assert "1 clip: 1 done." in result.stdout
    assert (tmp_path / "all" / "report.json").is_file(), "one clip alone has the folder to itself"


def test_breaking_off_many_clips_keeps_what_was_done(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_off_after(4, monkeypatch)
    for number in (2, 3):
        pictures = [noisy(with_squares(ground(number), [(20, 20)]), seed) for seed in range(20)]
        write_pictures(clip.with_name(f"clip{number}.mp4"), pictures)
    result = run(clip.parent, "--jobs", "1")
    assert result.exit_code == 130
    assert "3 clips" not in result.stdout, "the third was not begun"
    assert "1 done, 1 interrupted" in result.stdout
    assert (clip.parent / "clip2.detect" / "report.json").is_file()
    assert not (clip.parent / "clip3.detect").exists()
    monkeypatch.undo()
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    assert run(clip.parent, "--jobs", "1").exit_code == 0


def test_a_folder_of_clips(clip: Path, tmp_path: Path) -> None:
    assert run(clip.parent, "--out", tmp_path / "there", "--no-video").exit_code == 0
    assert (tmp_path / "there" / "report.json").exists()


def bad_inputs(folder: Path) -> dict[str, Path]:
    (folder / "empty folder").mkdir()
    (folder / "text.mp4").write_text("This is no video.\n" * 50)
    (folder / "zero.mp4").touch()
    (folder / "script.mp4").write_text("ffconcat version 1.0\nfile clip.mp4\n")
    write_clip(folder / "sound.mp4", frames=0, audio="aac")
    return {
        name: folder / name
        for name in ("missing.mp4", "empty folder", "text.mp4", "zero.mp4", "script.mp4", "sound.mp4")
    }


@pytest.mark.parametrize("name", ["missing.mp4", "empty folder", "text.mp4", "zero.mp4", "script.mp4", "sound.mp4"])
def test_what_cannot_be_read_is_named_and_leaves_nothing(tmp_path: Path, name: str, clip: Path) -> None:
    bad = bad_inputs(tmp_path)[name]
    before = names(tmp_path)
    result = run(bad)
    assert result.exit_code == 3
    assert name in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert names(tmp_path) == before


def test_a_bad_clip_does_not_keep_the_next_from_being_done(clip: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "missing.mp4", clip, "--no-video", "--jobs", "1").exit_code == 3
    assert (clip.parent / "clip.detect" / "report.json").exists()
