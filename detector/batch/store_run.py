"""One run at a time writes a folder in a store. No lock there goes with the process, so a run leaves its mark, and
writes the time into it again and again; a mark that has grown old is that of a run that was killed.

Marks are numbered. The mark of a dead run is not taken away and made anew, which two runs could do at once: the next
number is created, which only one of them can where the store knows exclusive creation.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from detector.batch.stores import NotThereError, StoreError, create, files_in, put_bytes, read_bytes, remove
from detector.one_run import AnotherRunError, RunMark, another_run
from detector.url import Url

MARK_PREFIX = "run-"
BEAT_S = 30.0
DEAD_AFTER_S = 300.0  # clocks of two machines may differ by less than that
BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _boot() -> str:
    try:
        return BOOT_FILE.read_text(encoding="ascii").strip()
    except OSError:  # this is no Linux
        return ""


@dataclass(frozen=True)
class StoreMark:
    """Which run writes, since what start of which machine, and when it last said so, in UTC."""

    run: RunMark
    boot: str = field(default_factory=_boot)
    at: str = field(default_factory=_now)

    def is_alive(self) -> bool:
        """Whether the run still goes on. Of one on this machine that is known at once, of others after a while."""
        here = self.boot and self.boot == _boot() and self.run.host == RunMark().host
        if here and not _is_running(self.run.pid):
            return False
        with suppress(ValueError, TypeError):
            return (datetime.now(UTC) - datetime.fromisoformat(self.at)).total_seconds() < DEAD_AFTER_S
        return False


class OnlyRun:
    """That this is the only run, said again and again until the block ends.

    Args:
        folder: of the marks, in a store.
        place: that is kept from others, as they are told.

    Raises:
        AnotherRunError: one is at work there.
        StoreError: the store cannot be read or written.
    """

    def __init__(self, folder: Url, place: Url) -> None:
        self._folder, self._place = folder, place
        self._run = RunMark()
        self._mark = folder
        self._end = threading.Event()
        self._taken_over: AnotherRunError | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out."""
        self._take()
        beats = threading.Thread(target=self._beat, daemon=True)
        beats.start()
        try:
            yield
        finally:
            self._end.set()
            beats.join()
            with suppress(StoreError):  # then it grows old
                remove(self._mark)

    def check(self) -> None:
        """Raises AnotherRunError where another run took this one for dead, as when the machine slept."""
        if self._taken_over is not None:
            raise self._taken_over

    def _take(self) -> None:
        before = self._marks()
        self._refuse_if_alive(before)
        self._mark = self._folder / f"{MARK_PREFIX}{1 + max((_number(mark) for mark in before), default=0):06}"
        if not create(self._content(), self._mark) or _read(self._mark) != self._run:
            raise another_run(self._place, _read(self._mark))
        try:
            self._refuse_if_alive([mark for mark in self._marks() if mark != self._mark])
        except AnotherRunError:
            remove(self._mark)
            raise
        for mark in before:
            remove(mark)

    def _beat(self) -> None:
        while not self._end.wait(BEAT_S):
            with suppress(StoreError):  # the next beat may get through
                later = [mark for mark in self._marks() if _number(mark) > _number(self._mark)]
                if later:
                    self._taken_over = another_run(self._place, _read(later[-1]))
                    return
                put_bytes(self._content(), self._mark)

    def _marks(self) -> list[Url]:
        return [file for file in files_in(self._folder) if file.name.startswith(MARK_PREFIX)]

    def _refuse_if_alive(self, marks: list[Url]) -> None:
        for mark in marks:
            found = _mark_in(mark)
            if found is not None and found.is_alive():
                raise another_run(self._place, found.run)

    def _content(self) -> bytes:
        return msgspec.json.encode(asdict(StoreMark(self._run)))


def _number(mark: Url) -> int:
    digits = mark.name.removeprefix(MARK_PREFIX)
    return int(digits) if digits.isdecimal() else 0


def _mark_in(mark: Url) -> StoreMark | None:
    """None where the mark was taken away just now, or is none."""
    try:
        return msgspec.json.decode(read_bytes(mark), type=StoreMark)
    except (NotThereError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _read(mark: Url) -> RunMark | None:
    found = _mark_in(mark)
    return found.run if found else None


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
