"""What is known of each frame, and frames.jsonl, which holds it: one line a frame, in order.

Frames are counted from 0 in decoding order. Boxes are in upright pixels of the clip.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from detector.json_values import json_text, json_values


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


def frame_line(record: FrameRecord) -> str:
    """One line of frames.jsonl, without the line break."""
    return json_text(json_values(asdict(record)))


def read_frames(lines: Iterable[str]) -> Iterable[FrameRecord]:
    """The records of a frames.jsonl."""
    for line in lines:
        document = json.loads(line)
        motion = document["camera_motion"]
        boxes = tuple(
            FrameBox(box["track"], box["class"], box["score"], tuple(box["xyxy"]), box["filled"])
            for box in document["boxes"]
        )
        yield FrameRecord(
            frame=document["frame"],
            time_s=document["time_s"],
            boxes=boxes,
            smoke=document["smoke"],
            fire=document["fire"],
            flags=tuple(document["flags"]),
            smoke_box=_box(document["smoke_box"]),
            fire_box=_box(document["fire_box"]),
            camera_motion=None if motion is None else tuple(motion),
            looked_at=document.get("looked_at", True),
        )


def _box(sides: list[float] | None) -> tuple[float, float, float, float] | None:
    if sides is None:
        return None
    left, top, right, bottom = sides
    return left, top, right, bottom
