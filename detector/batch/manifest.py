"""batch.json: JSON lines that are only ever added to, one when a clip begins and one when it ends, so that a run that
was killed can be gone on with. One run at a time writes it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import BinaryIO

from detector import __version__
from detector.batch.entries import SCHEMA, Entry, EntryError, RunLine, line_of, read_line
from detector.one_run import RunMark, another_run, lock
from detector.url import Place

MANIFEST_NAME = "batch.json"
LARGEST_LINE_BYTES = 1024 * 1024


class ManifestError(ValueError):
    """batch.json cannot be used; the message names it, the cause and the remedy."""


class Manifest:
    """What is known of clips, and where it is kept.

    Args:
        folder: that batch.json lies in.
        keep: writes a line, on the disk or in the store before it returns.
        is_there: whether the folder has a file, by its path in it.

    Attributes:
        folder: the same.
        entries: the last line of each clip with each set of settings, by both.
    """

    def __init__(self, folder: Place, keep: Callable[[bytes], None], is_there: Callable[[str], bool]) -> None:
        self.folder = folder
        self.is_there = is_there
        self.entries: dict[tuple[str, str], Entry] = {}
        self._of_content: dict[tuple[str, str], Entry] = {}
        self._owners: dict[str, tuple[str, str]] = {}
        self._keep = keep

    def add(self, entry: Entry) -> None:
        """Keep one line for good."""
        self._keep(line_of(entry))
        self.remember(entry)

    def remember(self, entry: Entry) -> None:
        """Take note of a line that is written already."""
        key = (entry.clip, entry.settings)
        self.entries.pop(key, None)  # so that they are in the order of their last lines
        self.entries[key] = entry
        if entry.folder is not None and entry.same_as is None:
            self._owners[entry.folder] = key
        if entry.sha256 is not None and entry.same_as is None and (entry.state == "done" or entry.fault_of_the_clip):
            self._of_content[entry.sha256, entry.settings] = entry

    def of_content(self, sha256: str, settings: str) -> Entry | None:
        """What came of this content with these settings, under whatever name."""
        return self._of_content.get((sha256, settings))

    def owner(self, folder: str) -> tuple[str, str] | None:
        """The clip and settings that a folder of outputs was last begun for."""
        return self._owners.get(folder)


@contextmanager
def open_manifest(folder: Path) -> Iterator[Manifest]:
    """Read the batch.json of a folder, or begin one, and keep other runs out until the block ends.

    Raises:
        ManifestError: another run writes it, it cannot be read or written, or a line in it makes no sense.
    """
    path = folder / MANIFEST_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    except OSError as error:
        raise ManifestError(
            f"{path}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
    with file:
        _lock(path, file)
        manifest = Manifest(folder, partial(_append, file), lambda name: (folder / name).is_file())
        for entry in read_entries(path, file):
            manifest.remember(entry)
        file.write(run_line())
        file.flush()
        yield manifest


def run_line() -> bytes:
    """The line that this run begins with."""
    return line_of(RunLine(SCHEMA, __version__, **asdict(RunMark())))


def _append(file: BinaryIO, line: bytes) -> None:
    file.write(line)
    file.flush()
    os.fsync(file.fileno())


def _lock(path: Path, file: BinaryIO) -> None:
    try:
        if not lock(file):
            raise ManifestError(str(another_run(path, _last_run(file))))
    except OSError as error:
        raise ManifestError(f"{path}: cannot be locked ({error.strerror}); choose another folder with --out") from error


def _last_run(file: BinaryIO) -> RunMark | None:
    file.seek(0)
    runs = [line for line in file if line.startswith(b'{"schema"')]
    try:
        run = read_line(runs[-1])
    except (IndexError, EntryError):
        return None
    return RunMark(run.pid, run.host, run.began) if isinstance(run, RunLine) else None


def read_entries(path: Place, file: BinaryIO) -> Iterator[Entry]:
    """What the lines say; a last one without an end, as a killed run leaves it, is cut off.

    Raises:
        ManifestError: a line makes no sense; it is named by `path`.
    """
    file.seek(0)
    whole_bytes = 0
    for number, line in enumerate(iter(lambda: file.readline(LARGEST_LINE_BYTES), b""), start=1):
        if not line.endswith(b"\n"):
            if len(line) == LARGEST_LINE_BYTES:
                raise _bad_line(path, number, "it is longer than any that detect writes")
            file.truncate(whole_bytes)
            return
        whole_bytes += len(line)
        try:
            value = read_line(line)
        except EntryError as error:
            raise _bad_line(path, number, str(error)) from error
        if number == 1 and not isinstance(value, RunLine):
            raise _bad_line(path, number, "it does not say that this is a batch.json of detect")
        if isinstance(value, Entry):
            yield value


def _bad_line(path: Place, number: int, reason: str) -> ManifestError:
    return ManifestError(
        f"{path}: line {number} cannot be read ({reason}); take the file away, or choose another folder with --out"
    )
