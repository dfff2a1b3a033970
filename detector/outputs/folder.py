"""The folder the outputs of one clip go to: each appears whole or not at all, and nothing is overwritten unasked."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

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


class OutputError(OSError):
    """The output folder cannot be used; the message names it, the cause and the remedy."""


class OutputFolder:
    """Files are written under hidden names and renamed together when the block ends well; else nothing is left.

    Raises:
        OutputError: outputs are there already and `overwrite` is off, or the folder cannot be made or written.
    """

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        self.path = path
        self._overwrite = overwrite
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        there = [name for name in OUTPUT_NAMES if os.path.lexists(self.path / name)]
        if there and not self._overwrite:
            raise OutputError(
                f"{self.path}: {', '.join(there)} already there; add --overwrite to replace, or choose another --out"
            )
        try:
            missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
            self.path.mkdir(parents=True, exist_ok=True)
            self._made = missing
            self.part("report.json").touch()
        except OSError as error:
            self._clear()
            raise OutputError(
                f"{self.path}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error
        return self

    def part(self, name: str) -> Path:
        """Where to write an output until it is whole. Its ending is kept, for writers that go by it."""
        return self.path / f".part-{name}"

    def discard(self, name: str) -> None:
        """Give up an output that was begun."""
        self.part(name).unlink(missing_ok=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            whole = {name: self.part(name) for name in OUTPUT_NAMES if self.part(name).exists()}
            try:
                write_checksums(whole, self.part(CHECKSUMS_NAME))
            except OSError:
                self._clear()
                raise
            for name in OUTPUT_NAMES:
                if self.part(name).exists():
                    os.replace(self.part(name), self.path / name)
                else:
                    (self.path / name).unlink(missing_ok=True)  # of an earlier run: it would not match this report
        else:
            self._clear()

    def _clear(self) -> None:
        for name in OUTPUT_NAMES:
            try:
                self.discard(name)
            except OSError:  # the folder is no folder, or was taken away: nothing of ours can be in it
                continue
        for folder in self._made:
            try:
                folder.rmdir()
            except OSError:
                return
