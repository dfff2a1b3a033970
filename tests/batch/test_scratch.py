import os
import shutil
import tempfile
from pathlib import Path

import pytest

from detector.batch.scratch import LOCK_NAME, OLD_AFTER_S, PREFIX, scratch
from detector.one_run import lock


@pytest.fixture(autouse=True)
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(around: Path, name: str, age_s: float) -> Path:
    """A folder as a process leaves it that was killed some time ago."""
    folder = around / f"{PREFIX}{name}"
    folder.mkdir()
    (folder / LOCK_NAME).touch()
    (folder / "clip.mp4").write_bytes(b"clip")
    at_s = folder.stat().st_mtime - age_s
    os.utime(folder, (at_s, at_s))
    return folder


def test_room_is_gone_when_its_block_ends_however_it_ends(around: Path) -> None:
    with scratch() as room:
        (room / "clip.mp4").write_bytes(b"clip")
    with pytest.raises(FileNotFoundError), scratch() as room:
        (room / "not there" / "clip.mp4").write_bytes(b"clip")
    assert list(around.iterdir()) == []


def test_each_has_room_of_its_own_that_nobody_else_may_read(around: Path) -> None:
    with scratch() as one, scratch() as other:
        assert one != other
        assert one.stat().st_mode & 0o077 == 0


def test_what_a_killed_process_left_is_taken_away_and_nothing_else(around: Path) -> None:
    dead = left(around, "dead", 2 * OLD_AFTER_S)
    new = left(around, "new", 0)
    foreign = around / f"{PREFIX}foreign"
    foreign.mkdir()
    (foreign / "clip.mp4").touch()
    empty = around / f"{PREFIX}empty"
    empty.mkdir()
    os.utime(empty, (1, 1))
    os.utime(foreign, (1, 1))
    working = left(around, "working", 2 * OLD_AFTER_S)
    with (working / LOCK_NAME).open("r+b") as file:
        assert lock(file)
        with scratch():
            pass
    assert not dead.exists()
    assert new.exists()
    assert working.exists()
    assert not empty.exists()
    assert foreign.exists(), "it has no lock, so that it is none of these"


def test_the_lock_goes_last_so_that_what_is_broken_off_is_known_by_it(
    around: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[tuple[str, bool]] = []
    remove = shutil.rmtree

    def watched(folder: Path, *rest: object, **more: object) -> None:
        removed.append((Path(folder).name, (Path(folder).parent / LOCK_NAME).exists()))
        remove(folder, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(shutil, "rmtree", watched)
    with scratch() as room:
        (room / "clip").mkdir()
    dead = left(around, "dead", 0)
    (dead / "outputs").mkdir()
    os.utime(dead, (1, 1))
    with scratch():
        pass
    assert removed[0] == ("clip", True)
    assert ("outputs", True) in removed
    assert list(around.iterdir()) == []


def test_a_link_is_not_followed(around: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / LOCK_NAME).touch()
    link = around / f"{PREFIX}link"
    link.symlink_to(elsewhere)
    os.utime(link, (1, 1), follow_symlinks=False)
    with scratch():
        pass
    assert (elsewhere / LOCK_NAME).exists()
