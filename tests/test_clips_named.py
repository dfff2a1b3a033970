import os
from pathlib import Path

import pytest

from detector.clip import ClipError
from detector.clips_named import clips_in, clips_listed, each_once, folder_name, output_folder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for name in ("b.mp4", "a.MOV", "notes.txt", "deep/c.mp4", "deep/deeper/d.mkv", "b.detect/annotated.mp4"):
        (tmp_path / "archive" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "archive" / name).touch()
    (tmp_path / "archive" / "b.detect" / "report.json").touch()
    (tmp_path / "elsewhere.mp4").touch()
    (tmp_path / "archive" / "deep" / "link.mp4").symlink_to(tmp_path / "elsewhere.mp4")
    return tmp_path / "archive"


def found(named: Path, archive: Path) -> list[str]:
    return [str(path.relative_to(archive)) for path in clips_in(named)]


def test_a_folder_means_the_clips_in_it_but_not_those_further_down(archive: Path) -> None:
    assert found(archive, archive) == ["a.MOV", "b.mp4"]


def test_a_pattern_goes_down_and_passes_over_links_out_and_what_detect_wrote(archive: Path) -> None:
    assert found(archive / "**" / "*.mp4", archive) == ["b.mp4", "deep/c.mp4"]
    assert found(archive / "**", archive) == ["a.MOV", "b.mp4", "deep/c.mp4", "deep/deeper/d.mkv"]
    assert found(archive / "*.txt", archive) == ["notes.txt"], "whoever names an ending means it"


def test_a_name_that_is_there_is_no_pattern(archive: Path) -> None:
    (archive / "clip [1].mp4").touch()
    (archive / "clip 1.mp4").touch()
    assert found(archive / "clip [1].mp4", archive) == ["clip [1].mp4"]


def test_a_name_that_is_not_there_is_left_to_the_reader(archive: Path) -> None:
    assert clips_in(archive / "gone.mp4") == [archive / "gone.mp4"]


@pytest.mark.parametrize("named", ["empty", "*.avi", "nowhere/**/*.mp4"])
def test_nothing_there_is_said_with_the_remedy(archive: Path, named: str) -> None:
    (archive / "empty").mkdir()
    with pytest.raises(ClipError, match=r"\*\*"):
        clips_in(archive / named)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list anything")
def test_a_folder_that_cannot_be_listed(archive: Path) -> None:
    (archive / "locked").mkdir(mode=0)
    with pytest.raises(ClipError, match="cannot be listed"):
        clips_in(archive / "locked")


def test_a_folder_that_vanishes_or_refuses_while_it_is_listed(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ClipError, match="cannot be listed"):
        clips_in(archive)


def test_a_list_has_a_name_a_line_in_whatever_bytes_the_file_system_has_it() -> None:
    listing = "\ufeffa b.mp4\r\n\n  \nfolder/*.mp4\n".encode() + b"caf\xe9.mp4"
    assert clips_listed(listing) == [Path("a b.mp4"), Path("folder/*.mp4"), Path(os.fsdecode(b"caf\xe9.mp4"))]
    assert clips_listed(b"") == []


def test_each_file_is_named_once_in_the_order_given(archive: Path) -> None:
    link = archive / "deep" / "link.mp4"
    named = [link, archive / "b.mp4", archive / "deep" / ".." / "b.mp4", archive.parent / "elsewhere.mp4"]
    assert each_once(named) == [link, archive / "b.mp4"]


@pytest.mark.parametrize(
    ("out", "alone", "folder"),
    [(None, True, "in/a.detect"), (None, False, "in/a.detect"), ("out", True, "out"), ("out", False, "out/a.detect")],
)
def test_where_outputs_go(out: str | None, alone: bool, folder: str) -> None:
    assert output_folder(Path("in/a.mp4"), Path(out) if out else None, alone, demo=False) == Path(folder)


@pytest.mark.parametrize("stem", ["n" * 251, "車" * 83, "🚚" * 62, "a"])
@pytest.mark.parametrize("number", [1, 2, 1000])
def test_a_name_as_long_as_any_has_a_folder_too(tmp_path: Path, stem: str, number: int) -> None:
    name = folder_name(tmp_path / f"{stem}.mp4", number)
    (tmp_path / name).mkdir()
    assert name.endswith(".detect" if number == 1 else f".{number}.detect")
    assert name[0] == stem[0]


@pytest.mark.parametrize("name", ["zero\0byte.mp4", "n" * 300 + ".mp4", "deep/" * 2000 + "a.mp4"])
def test_a_name_that_no_file_can_have_is_said_to_be_none(archive: Path, name: str) -> None:
    with pytest.raises(ClipError, match="mend the"):
        clips_in(archive / name)
