"""The folder the outputs of one clip go to: each appears whole or not at all, and nothing is overwritten unasked.

Whatever moment a run is killed at, what has a final name is whole; the hidden files beside it are no results. Among
them is the journal, by which the next run can go on (`--resume`).
"""

import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from detector.one_run import AnotherRunError, only_run
from detector.outputs.checksums import CHECKSUMS_NAME, write_checksums

OUTPUT_NAMES = (
    "annotated.mp4",
    "detections.txt",
    "tracks.txt",
    "tracks.csv",
    "shots.csv",
    "events.csv",
    "events.srt",
    "events.vtt",
    "coco.json",
    "markers.otio",
    "frames.jsonl",
    "report.html",
    "report.json",
    CHECKSUMS_NAME,
)  # in the order they appear; the report comes last, and then the list of what belongs to it

JOURNAL_NAMES = ("vehicles.journal", "smoke_fire.journal")  # never under a final name
WORTH_RESUMING = (OSError, KeyboardInterrupt, MemoryError)  # after these errors; others would only come again


class OutputError(OSError):
    """The output folder cannot be used; the message names it, the cause and the remedy."""


def is_finished(path: Path) -> bool:
    """Whether a folder holds all outputs of a run that came to its end."""
    return (path / CHECKSUMS_NAME).exists() and not _journals(path)


class OutputFolder:
    """Files are written under hidden names and renamed together when the block ends well; else nothing is left of them.

    The journal stays if the run was broken off, by an error that may not come again or by `leave_resumable`.

    Args:
        path: of the folder; it is made if need be.
        overwrite: replace outputs, and give up a run that was broken off.
        resume: go on with the journal of a run that was broken off, if there is one, and replace what it put out.

    Raises:
        OutputError: another run is at work there, outputs or a broken-off run are there and may not be replaced, or
            the folder cannot be made or written.
    """

    def __init__(self, path: Path, overwrite: bool = False, resume: bool = False) -> None:
        self.path = path
        self._overwrite = overwrite
        self._resume = resume
        self._made: list[Path] = []
        self._alone = ExitStack()
        self._resumable = False

    def __enter__(self) -> Self:
        try:
            missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
            self.path.mkdir(parents=True, exist_ok=True)
            self._made = missing
            self._alone.enter_context(only_run(self.path))
            self._refuse_to_replace()
            self._clear_parts()
            if not self._resume:
                self._clear_journals()
            self.part("report.json").touch()
        except (AnotherRunError, OutputError) as error:
            self._alone.close()
            raise OutputError(str(error)) from error
        except OSError as error:
            self._clear_parts()
            self._alone.close()
            self._clear_folders()
            raise OutputError(
                f"{self.path}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error
        return self

    def _refuse_to_replace(self) -> None:
        broken_off = _journals(self.path)
        there = [name for name in OUTPUT_NAMES if os.path.lexists(self.path / name)]
        if broken_off and not (self._overwrite or self._resume):
            raise OutputError(
                f"{self.path}: a run was broken off here; add --resume to go on with it, --overwrite to begin anew, or "
                "choose another --out"
            )
        if there and not self._overwrite and not (self._resume and broken_off):
            raise OutputError(
                f"{self.path}: {', '.join(there)} already there; add --overwrite to replace, or choose another --out"
            )

    def part(self, name: str) -> Path:
        """Where to write an output until it is whole. Its ending is kept, for writers that go by it."""
        return self.path / f".part-{name}"

    def discard(self, name: str) -> None:
        """Give up an output that was begun."""
        self.part(name).unlink(missing_ok=True)

    def leave_resumable(self) -> None:
        """Keep the journal also if the block ends well: the outputs are not all there could be."""
        self._resumable = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._put_in_place()
            if not (self._resumable or isinstance(error, WORTH_RESUMING)):
                self._clear_journals()
        finally:
            self._clear_parts()
            self._alone.close()
            if error is not None:
                self._clear_folders()

    def _put_in_place(self) -> None:
        """Rename all, and so that at no moment a report stands beside outputs that are not its own."""
        whole = {name: self.part(name) for name in OUTPUT_NAMES if self.part(name).exists()}
        write_checksums(whole, self.part(CHECKSUMS_NAME))
        for name in (CHECKSUMS_NAME, "report.json", *(set(OUTPUT_NAMES) - set(whole))):
            (self.path / name).unlink(missing_ok=True)  # of an earlier run: it would not match what comes now
        for name in (*whole, CHECKSUMS_NAME):
            os.replace(self.part(name), self.path / name)

    def _clear_parts(self) -> None:
        for name in OUTPUT_NAMES:
            for part in self.path.glob(f"{self.part(name).name}*"):  # writers may have files of their own beside it
                _remove(part)

    def _clear_journals(self) -> None:
        for journal in _journals(self.path):
            _remove(journal)

    def _clear_folders(self) -> None:
        for folder in self._made:
            try:
                folder.rmdir()
            except OSError:
                return


def _journals(path: Path) -> list[Path]:
    return [path / f".part-{name}" for name in JOURNAL_NAMES if os.path.lexists(path / f".part-{name}")]


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder is no folder, or was taken away: nothing of ours can be in it
        return
