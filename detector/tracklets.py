"""Pieces of tracks within one shot: the boxes seen, ghosts told from vehicles, and the boxes missing in between."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detector.boxes import Array, moved, to_centres, to_corners

SHORTEST_TRACK_FRAMES = 3
SHORTEST_TRACK_S = 0.1


@dataclass
class Tracklet:
    """An unbroken identity; entry i of each list belongs to the picture number steps[i] of the shot.

    Attributes:
        steps: ascending, counted from 0 at the shot's first picture.
        xyxy: (4,) float64 each, upright pixels.
        scores: 0 to 1.
        classes: index into the network's class names.
    """

    steps: list[int] = field(default_factory=list)
    xyxy: list[Array] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)

    def add(self, step: int, xyxy: Array, score: float, class_index: int) -> None:
        self.steps.append(step)
        self.xyxy.append(xyxy)
        self.scores.append(score)
        self.classes.append(class_index)


@dataclass
class Shot:
    """When the pictures of a shot were taken, and how the camera moved.

    Attributes:
        clock_s: strictly rising seconds, one entry a picture.
        motions: (3, 3) float64 affines, one a picture: from the picture before to this one. The first is never used.
    """

    clock_s: list[float] = field(default_factory=list)
    motions: list[Array] = field(default_factory=list)


def motion_between(shot: Shot, start: int, stop: int) -> Array:
    """The (3, 3) affine from picture `start` to picture `stop`, in either direction of time."""
    forward = np.eye(3)
    for motion in shot.motions[min(start, stop) + 1 : max(start, stop) + 1]:
        forward = motion @ forward
    return forward if start <= stop else np.asarray(np.linalg.inv(forward), np.float64)


def is_ghost(tracklet: Tracklet, shot: Shot, confident_score: float) -> bool:
    """Seen in too few pictures to be believed, and never with confidence.

    Too few is less than three pictures or a tenth of a second, whichever is more, but never more than the shot has.
    """
    pictures = len(shot.clock_s)
    usual_s = float(np.median(np.diff(shot.clock_s))) if pictures > 1 else SHORTEST_TRACK_S
    enough = max(SHORTEST_TRACK_FRAMES, round(SHORTEST_TRACK_S / usual_s))
    return len(tracklet.steps) < min(enough, pictures) and max(tracklet.scores) < confident_score


def fill(tracklet: Tracklet, shot: Shot) -> list[tuple[int, Array, int | None]]:
    """Every picture from the first box to the last as (step, (4,) xyxy, place in the tracklet or None when filled).

    A filled box lies on the straight line, in the reference frame of the ground, between the boxes around the gap.
    """
    rows: list[tuple[int, Array, int | None]] = []
    for index, step in enumerate(tracklet.steps):
        if index and step - tracklet.steps[index - 1] > 1:
            rows += between(tracklet, index, shot)
        rows.append((step, tracklet.xyxy[index], index))
    return rows


def between(tracklet: Tracklet, index: int, shot: Shot) -> list[tuple[int, Array, int | None]]:
    """The missing boxes before entry `index`."""
    start, stop = tracklet.steps[index - 1], tracklet.steps[index]
    ends = to_centres(np.stack([tracklet.xyxy[index - 1], tracklet.xyxy[index]]))
    rows: list[tuple[int, Array, int | None]] = []
    onward, back = np.eye(3), motion_between(shot, stop, start)
    for step in range(start + 1, stop):
        onward, back = shot.motions[step] @ onward, shot.motions[step] @ back
        share = (shot.clock_s[step] - shot.clock_s[start]) / (shot.clock_s[stop] - shot.clock_s[start])
        box = (1 - share) * moved(ends[:1], onward) + share * moved(ends[1:], back)
        rows.append((step, to_corners(box)[0], None))
    return rows


def beyond(tracklet: Tracklet, shot: Shot, looked: Sequence[int]) -> tuple[list[int], list[int]]:
    """The pictures before the first box and after the last that it is carried to: half way to the next look.

    Where no look lies beyond, to the end of the shot. None at all where every picture is looked at.

    Args:
        tracklet: its steps are among those looked at.
        shot: of all pictures.
        looked: steps that were looked at, ascending.
    """
    first, last, clock_s = tracklet.steps[0], tracklet.steps[-1], shot.clock_s
    earlier, later = bisect_left(looked, first), bisect_right(looked, last)
    start, stop = 0, len(clock_s)
    if earlier:
        start = bisect_right(clock_s, (clock_s[looked[earlier - 1]] + clock_s[first]) / 2)
    if later < len(looked):
        stop = bisect_left(clock_s, (clock_s[looked[later]] + clock_s[last]) / 2)
    return list(range(start, first)), list(range(last + 1, stop))
