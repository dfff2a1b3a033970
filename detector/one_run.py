"""One run at a time writes a folder: the system's own lock on a file, which says what run holds it.

The system lets go of the lock when the process ends, however it ends. On Windows, and on file systems without locks,
nothing keeps two runs apart.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from typing import BinaryIO

import msgspec

from detector.url import Place

if sys.platform != "win32":
    import fcntl

RUN_NAME = ".part-run"
LARGEST_BYTES = 4096


class AnotherRunError(Exception):
    """Another run is at work there; the message names the place, the run and the remedy."""


@dataclass(frozen=True)
class RunMark:
    """Which process on which machine, and since when, in UTC; of this run unless told."""

    pid: int = field(default_factory=os.getpid)
    host: str = field(default_factory=gethostname)
    began: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.began}"


def lock(file: BinaryIO) -> bool:
    """Take the lock of an open file; False if another run has it.

    Raises:
        OSError: the file system knows no locks.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def another_run(place: Place, mark: RunMark | None) -> AnotherRunError:
    """What is to be said where a lock is taken."""
    which = mark or "it has not said which"
    return AnotherRunError(
        f"{place}: another run writes here ({which}); wait for it, or choose another folder with --out"
    )


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder until the block ends, where its file system knows locks.

    Raises:
        AnotherRunError: one is at work there.
        OSError: the folder cannot be written.
    """
    if sys.platform == "win32":
        yield
        return
    path = folder / RUN_NAME
    with _locked(path) as file:
        file.truncate(0)
        file.write(msgspec.json.encode(asdict(RunMark())))
        file.flush()
        try:
            yield
        finally:
            if _is_at(file, path):
                path.unlink(missing_ok=True)


def _locked(path: Path) -> BinaryIO:
    while True:
        file = path.open("a+b")
        try:
            if not _lock_where_there_are_any(file):
                raise another_run(path.parent, _mark_in(file))
            if _is_at(file, path):
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # the run before took it away as it ended


def _lock_where_there_are_any(file: BinaryIO) -> bool:
    try:
        return lock(file)
    except OSError:  # some network drives have none, and a clip must come to its report there too
        return True


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:  # taken away, with its folder perhaps
        return False


def _mark_in(file: BinaryIO) -> RunMark | None:
    file.seek(0)
    try:
        return msgspec.json.decode(file.read(LARGEST_BYTES), type=RunMark)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
