"""Room on this machine for one clip at a time. It is taken away when the clip is over, and that of a process that was
killed by the next process that takes some."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from detector.one_run import lock

PREFIX = "detect-clip-"
LOCK_NAME = ".part-run"
OLD_AFTER_S = 60.0  # until then a folder may be one that is being begun


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of its own where the system keeps such things (TMPDIR), gone when the block ends, however it ends."""
    _clear_left_behind(Path(tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name,
        (Path(name) / LOCK_NAME).open("wb") as file,
    ):
        with suppress(OSError):  # there are no locks here, so that nobody takes it away either
            lock(file)
        try:
            yield Path(name)
        finally:
            with suppress(OSError):
                _empty(Path(name))


def _clear_left_behind(around: Path) -> None:
    """Folders of processes that were killed: nobody holds their locks any more."""
    if sys.platform == "win32":  # it has no such locks
        return
    for folder in around.glob(f"{PREFIX}*"):
        try:
            found = folder.lstat()
            if found.st_uid != os.getuid() or time.time() - found.st_mtime < OLD_AFTER_S:
                continue
            _take_away(folder)
        except OSError:  # somebody else takes it away just now, or there are no locks here
            continue


def _take_away(folder: Path) -> None:
    try:
        with (folder / LOCK_NAME).open("r+b") as file:
            if lock(file):
                _empty(folder)
                shutil.rmtree(folder, ignore_errors=True)
    except FileNotFoundError:  # killed before it had a lock, and anything else
        folder.rmdir()


def _empty(folder: Path) -> None:
    """All goes but the lock: without it nobody would know, if this is broken off, whose folder it was."""
    for held in folder.iterdir():
        if held.is_dir() and not held.is_symlink():
            shutil.rmtree(held, ignore_errors=True)
        elif held.name != LOCK_NAME:
            held.unlink()
