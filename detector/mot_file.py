"""Detections and tracks in MOTChallenge form, which any tracking tool can read and write.

One line a box: frame, id, left, top, width, height, score, class, visibility. Frames and classes count from 1 here and
nowhere else, as MOTChallenge has it; id is -1 for a detection that is in no track yet. A line `# not looked at: 8` says
that nobody looked for vehicles in frame 8; a frame without a line was looked at, and nothing found.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detector.detections import Detections
from detector.frame_records import FrameRecord
from detector.model_card import ModelCard

COLUMNS = "frame,id,left,top,width,height,score,class"
NOT_LOOKED_AT = "# not looked at:"
FURTHEST_PX = 1e6  # beyond it lies no picture
MOST_DIGITS = 10  # of a frame number


class MotFileError(ValueError):
    """The file is not what it should be; the message names file, line, cause and remedy."""


@dataclass(frozen=True)
class SavedDetections:
    """Stands for the vehicle network: what one found in a clip before, read from a file.

    Attributes:
        card: classes and thresholds of the network they are taken to be of; name and SHA-256 of the file.
        by_frame: what was found, by number of the frame from 0; frames without a detection are left out.
        not_looked_at: numbers of the frames in which nobody looked, likewise.
    """

    card: ModelCard
    by_frame: Mapping[int, Detections]
    not_looked_at: frozenset[int] = frozenset()

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names; `Detections.classes` are indices into them."""
        return self.card.classes

    def at(self, frame: int, width_px: int, height_px: int) -> Detections | None:
        """What was found in a frame of this size; None where nobody looked.

        Raises:
            MotFileError: a box lies outside the picture.
        """
        if frame in self.not_looked_at:
            return None
        found = self.by_frame.get(frame, Detections.none())
        outside = (found.xyxy[:, :2] >= (width_px, height_px)) | (found.xyxy[:, 2:] <= 0)
        if outside.any():
            raise MotFileError(
                f"{self.card.name}: a box in frame {frame + 1} lies outside the picture of {width_px}x{height_px}; "
                "give the detections of this clip"
            )
        return found

    def must_end_by(self, frames: int) -> None:
        """Check that a clip of so many frames is long enough.

        Raises:
            MotFileError: there are boxes after its last frame.
        """
        last = max(self.by_frame, default=-1)
        if last >= frames:
            raise MotFileError(
                f"{self.card.name}: there are boxes in frame {last + 1}, but the clip has {frames} frames; "
                "give the detections of this clip"
            )


def read_detections(path: Path, card: ModelCard) -> SavedDetections:
    """Read a file of detections, or of tracks, whose ids are passed over. Lines may come in any order.

    Args:
        path: a text file; empty for a clip in which nothing was found.
        card: of the network whose classes, from 1, are meant.

    Raises:
        MotFileError: it cannot be read, or a line is no box.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise MotFileError(f"{path}: cannot be read ({error.strerror}); name a text file of {COLUMNS}") from error
    except UnicodeDecodeError as error:
        raise MotFileError(f"{path}: is no text; name a file of {COLUMNS}") from error
    rows: dict[int, list[tuple[float, ...]]] = {}
    not_looked_at: set[int] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            not_looked_at |= _frame_not_looked_at(line)
        elif line.strip():
            try:
                frame, row = _box(line, len(card.classes))
            except ValueError as error:
                raise MotFileError(f"{path}, line {number}: {error}; a line is {COLUMNS}") from None
            rows.setdefault(frame, []).append(row)
    named = replace(card, name=path.name, sha256=hashlib.sha256(content).hexdigest())
    by_frame = {frame: _detections(rows[frame]) for frame in sorted(rows)}
    return SavedDetections(named, by_frame, frozenset(not_looked_at - rows.keys()))


def _frame_not_looked_at(comment: str) -> set[int]:
    """The frame, from 0, that a comment names; none if it says anything else."""
    frame = comment.removeprefix(NOT_LOOKED_AT).strip()
    return {int(frame) - 1} if frame.isascii() and frame.isdecimal() and len(frame) < MOST_DIGITS else set()


def _box(line: str, classes: int) -> tuple[int, tuple[float, ...]]:
    """Frame from 0; left, top, right, bottom, score and class index of one line."""
    cells = line.split(",")
    if len(cells) < 8:
        raise ValueError(f"{len(cells)} columns, not at least 8")
    try:
        frame, _, left, top, width, height, score, kind = (float(cell) for cell in cells[:8])
    except ValueError:
        raise ValueError("not all columns are numbers") from None
    if not all(math.isfinite(value) and abs(value) <= FURTHEST_PX for value in (left, top, width, height)):
        raise ValueError("the box is not finite, or far outside any picture")
    if not (math.isfinite(frame) and frame >= 1 and frame == int(frame)):
        raise ValueError(f"frame {frame:g} is no whole number from 1")
    if width <= 0 or height <= 0:
        raise ValueError(f"a box of {width:g} by {height:g}")
    if not 0 <= score <= 1:
        raise ValueError(f"score {score:g} is not between 0 and 1")
    if kind not in range(1, classes + 1):
        raise ValueError(f"class {kind:g} is none of 1 to {classes}")
    return int(frame) - 1, (left, top, left + width, top + height, score, kind - 1)


def _detections(rows: Sequence[tuple[float, ...]]) -> Detections:
    """Best score first, as a network gives them."""
    table = np.array(rows, np.float64)
    table = table[np.lexsort((*table[:, :4].T, -table[:, 4]))]
    return Detections(table[:, :4].astype(np.float32), table[:, 4].astype(np.float32), table[:, 5].astype(np.int64))


def detection_lines(frame: int, found: Detections | None) -> Iterator[str]:
    """The lines, with their ends, of what was found in a frame counted from 0; None where nobody looked."""
    if found is None:
        yield f"{NOT_LOOKED_AT} {frame + 1}\n"
        return
    for xyxy, score, index in zip(found.xyxy.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True):
        if xyxy[2] > xyxy[0] and xyxy[3] > xyxy[1]:
            yield _line(frame, -1, xyxy, score, index, 1)


def track_lines(record: FrameRecord, classes: Sequence[str]) -> Iterator[str]:
    """The lines, with their ends, of the tracks in a frame; visibility is 0 where a box was filled in and not seen."""
    for box in record.boxes:
        yield _line(record.frame, box.track, box.xyxy, box.score, classes.index(box.class_name), 0 if box.filled else 1)


def _line(frame: int, track: int, xyxy: Sequence[float], score: float, class_index: int, visibility: int) -> str:
    left, top, right, bottom = xyxy
    place = f"{left:.3f},{top:.3f},{right - left:.3f},{bottom - top:.3f}"
    return f"{frame + 1},{track},{place},{score:.6f},{class_index + 1},{visibility}\n"
