"""The lines of batch.json: what is known of each clip, and which runs wrote it. docs/formats.md says what they mean."""

import json
import math
import os
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

import msgspec

from detector.exit_codes import UNREADABLE
from detector.outputs.clip_figures import ClipFigures

SCHEMA = "detect-batch/1"
ExitCode = Annotated[int, msgspec.Meta(ge=0, le=255)]
State = Literal["started", "done", "failed", "interrupted"]


class EntryError(ValueError):
    """A line that is none; the message says why."""


@dataclass(frozen=True)
class FileMarks:
    """What tells without reading it that a file is the same as before.

    Attributes:
        bytes: its size.
        modified_ns, inode: of a file of this machine; 0 in a store.
        version: in a store, its entity tag, checksum or time stamps.
    """

    bytes: int
    modified_ns: int
    inode: int
    version: str = ""


@dataclass(frozen=True)
class RunLine:
    """A run begins to write: which process on which machine."""

    schema: str
    detect: str
    pid: int
    host: str
    began: str


@dataclass(frozen=True)
class Entry:
    """One clip with one set of settings.

    Attributes:
        state: "started" by a run that was killed if no later line says more.
        clip: path, relative to the folder of batch.json; in another store its address.
        settings: hash of all that the result depends on beside the clip.
        at: when this was written, in UTC.
        sha256: of the clip; None where it could not be read.
        marks: of the clip; None likewise.
        folder: of its outputs, relative likewise; None if there are none.
        seconds, exit_code, reason: what came of it.
        same_as: the clip with the same content that was analysed in its place.
        figures, thumbnail: see `ClipRow`.
    """

    state: State
    clip: str
    settings: str
    at: str
    sha256: str | None = None
    marks: FileMarks | None = None
    folder: str | None = None
    seconds: float | None = None
    exit_code: ExitCode | None = None
    reason: str = ""
    same_as: str | None = None
    figures: ClipFigures | None = None
    thumbnail: str | None = None

    def __post_init__(self) -> None:
        for name in (self.clip, self.folder or "", self.same_as or "", self.reason):
            os.fsencode(name)  # ValueError where it is no name that a file can have
        if not math.isfinite(self.seconds or 0.0):
            raise ValueError("seconds are not finite")

    @property
    def fault_of_the_clip(self) -> bool:
        """It failed and will fail again unless the clip changes: unlike a full disk or outputs in the way."""
        return self.state == "failed" and self.exit_code == UNREADABLE and self.marks is not None


def line_of(value: Entry | RunLine) -> bytes:
    """One line of JSON with its end. Names that are no UTF-8 are escaped as Python does."""
    document = {key: item for key, item in asdict(value).items() if item is not None}
    if isinstance(value, Entry) and value.marks is not None and not value.marks.version:
        del document["marks"]["version"]
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def read_line(line: bytes) -> Entry | RunLine:
    """What one line says.

    Raises:
        EntryError: it is no line of batch.json, or of one that a newer `detect` wrote.
    """
    try:
        # Not msgspec's own decoder: it knows no escapes of names that are not UTF-8.
        document: Any = json.loads(line)
        if not isinstance(document, dict):
            raise EntryError("it is no object")
        schema = document.get("schema")
        if schema is None:
            return msgspec.convert(document, Entry)
        if schema != SCHEMA:
            raise EntryError(f"it was written by another version of detect: {str(schema)[:40]!r}, not {SCHEMA!r}")
        return msgspec.convert(document, RunLine)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, EntryError) else EntryError(str(error)) from error
