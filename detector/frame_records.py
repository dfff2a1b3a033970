"""What is known of each frame, and frames.jsonl, which holds it: one line a frame, in order.

Frames are counted from 0 in decoding order. Boxes are in upright pixels of the clip.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import msgspec

from detector.json_values import json_text, json_values

REMEDY = "leave the file as detect wrote it, or analyse the clip again with --overwrite"


class FrameRecordError(ValueError):
    """A frames.jsonl cannot be used; the message names file, line, cause and remedy."""


@dataclass(frozen=True, slots=True)
class FrameBox:
    """A vehicle in one frame; `filled` where it was not seen but carried from the sightings before and after."""

    track: int
    class_name: str
    score: float
    xyxy: tuple[float, float, float, float]
    filled: bool


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One line of frames.jsonl.

    Attributes:
        smoke, fire: scores from 0 to 1.
        looked_at: whether vehicles were looked for; if not, all boxes are filled.
        flags: "smoke", "fire" and "flash", those inside such an event; a flash is flagged "fire" too.
        smoke_box, fire_box: what the scores rest on, xyxy; None where nothing was seen.
        camera_motion: rows of the 3x3 homography that takes pixels of the frame before to this one; None in the first
            frame of a shot and where it is not known.
    """

    frame: int
    time_s: float
    boxes: tuple[FrameBox, ...]
    smoke: float
    fire: float
    flags: tuple[str, ...]
    smoke_box: tuple[float, float, float, float] | None = None
    fire_box: tuple[float, float, float, float] | None = None
    camera_motion: tuple[float, ...] | None = None
    looked_at: bool = True


class _BoxLine(msgspec.Struct, gc=False):
    """`FrameBox` as it stands in a line."""

    track: int
    class_name: str = msgspec.field(name="class")
    score: float
    xyxy: tuple[float, float, float, float]
    filled: bool


class _Line(msgspec.Struct):
    """`FrameRecord` as it stands in a line."""

    frame: int
    time_s: float
    boxes: tuple[_BoxLine, ...]
    smoke: float
    fire: float
    flags: tuple[str, ...]
    smoke_box: tuple[float, float, float, float] | None
    fire_box: tuple[float, float, float, float] | None
    camera_motion: tuple[float, float, float, float, float, float, float, float, float] | None
    looked_at: bool = True


DECODER = msgspec.json.Decoder(_Line)


def frame_line(record: FrameRecord) -> str:
    """One line of frames.jsonl, without the line break."""
    return json_text(json_values(asdict(record)))


def read_frames(lines: Iterable[str | bytes], named: str = "frames.jsonl") -> Iterator[FrameRecord]:
    """The records of a frames.jsonl.

    Args:
        lines: of the file; bytes in UTF-8.
        named: what errors call it.

    Raises:
        FrameRecordError: a line is no frame record, or its frame does not come after the one before.
    """
    last = -1
    for number, line in enumerate(lines, start=1):
        try:
            found = DECODER.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise FrameRecordError(f"{named}, line {number}: no frame record ({error}); {REMEDY}") from error
        if found.frame <= last:
            raise FrameRecordError(f"{named}, line {number}: frame {found.frame} comes after {last}; {REMEDY}")
        last = found.frame
        boxes = tuple(FrameBox(box.track, box.class_name, box.score, box.xyxy, box.filled) for box in found.boxes)
        yield FrameRecord(
            frame=found.frame,
            time_s=found.time_s,
            boxes=boxes,
            smoke=found.smoke,
            fire=found.fire,
            flags=found.flags,
            smoke_box=found.smoke_box,
            fire_box=found.fire_box,
            camera_motion=found.camera_motion,
            looked_at=found.looked_at,
        )
