"""Pieces of tracks to whole tracks, once a shot is over and both directions of time are known.

Knows boxes, times and camera motion of one shot. Does not know how the pieces were made: `detector.tracking` makes
them, `benchmarks/tracking.py` also feeds those of other trackers.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LONGEST_GAP_S = 2.0
"""Two pieces further apart are never joined: a vehicle behind a house for longer may be another one."""

MISS_LIMIT_SIZES = 0.8
MISS_LIMIT_SIZES_PER_S = 1.0
"""How far from its extrapolated place a later piece may start, in box sizes: this much, and this much more a second."""

SIZE_RATIO_LIMIT = 1.8
"""The larger of the two sizes over the smaller."""

MOTION_WINDOW_S = 0.6
"""The end of a piece that its velocity is taken from."""

RIDGE_S2 = 0.01
"""Pulls the velocity of a short piece to zero: (noise of a centre / usual speed) squared, both in box sizes."""

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


def scale_of(motion: Array) -> float:
    """By how much a (3, 3) affine enlarges lengths."""
    return float(np.sqrt(abs(motion[0, 0] * motion[1, 1] - motion[0, 1] * motion[1, 0])))


def to_centres(xyxy: Array) -> Array:
    """(n, 4) left, top, right, bottom to centre x, centre y, width, height."""
    sizes: Array = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0.0)
    return np.concatenate([(xyxy[:, :2] + xyxy[:, 2:]) / 2, sizes], axis=1)


def to_corners(centres: Array) -> Array:
    """(n, 4) centre x, centre y, width, height to left, top, right, bottom."""
    return np.concatenate([centres[:, :2] - centres[:, 2:] / 2, centres[:, :2] + centres[:, 2:] / 2], axis=1)


def moved(centres: Array, motion: Array) -> Array:
    """(n, 4) centres and sizes, seen from a camera that moved by a (3, 3) affine.

    Sizes are scaled, never turned: the box around a turned box is larger than the vehicle, and grows with every turn.
    """
    places = centres[:, :2] @ motion[:2, :2].T + motion[:2, 2]
    return np.concatenate([places, centres[:, 2:] * scale_of(motion)], axis=1)


def sizes_of(centres: Array) -> Array:
    """(n, 1) geometric mean of width and height, at least a pixel."""
    sizes: Array = np.sqrt(np.maximum(centres[:, 2:], 1.0).prod(axis=1, keepdims=True))
    return sizes


def overlap(first: Array, second: Array, buffer: float) -> Array:
    """(n, m) intersection over union of boxes grown by `buffer` times their size on every side (Yang et al. 2023).

    Noisy boxes of ten pixels hardly overlap with themselves a frame later; grown ones do.
    """
    first_half = np.maximum(first[:, None, 2:], 1.0) * (0.5 + buffer)
    second_half = np.maximum(second[None, :, 2:], 1.0) * (0.5 + buffer)
    apart = np.abs(first[:, None, :2] - second[None, :, :2])
    sides = np.clip(first_half + second_half - apart, 0.0, 2 * np.minimum(first_half, second_half))
    common = sides.prod(axis=2)
    areas = 4 * (first_half.prod(axis=2) + second_half.prod(axis=2))
    shared: Array = common / (areas - common)
    return shared


@dataclass(frozen=True)
class End:
    """One end of a tracklet: where it is, how fast (pixels a second), how large, in the pixels of picture `step`."""

    step: int
    place: Array
    velocity: Array
    size: float


def end_of(tracklet: Tracklet, shot: Shot, last: bool) -> End:
    """A straight line through the boxes near one end, with the camera's motion taken out."""
    order = range(len(tracklet.steps) - 1, -1, -1) if last else range(len(tracklet.steps))
    step = tracklet.steps[order[0]]
    chosen = [i for i in order if abs(shot.clock_s[tracklet.steps[i]] - shot.clock_s[step]) <= MOTION_WINDOW_S]
    boxes = to_centres(np.stack([tracklet.xyxy[i] for i in chosen]))
    motion, at = np.eye(3), step
    for row, index in enumerate(chosen):
        motion, at = motion @ motion_between(shot, tracklet.steps[index], at), tracklet.steps[index]
        boxes[row] = moved(boxes[row : row + 1], motion)[0]
    times = np.array([shot.clock_s[tracklet.steps[i]] - shot.clock_s[step] for i in chosen])
    spread = times - times.mean()
    velocity = spread @ boxes[:, :2] / (spread @ spread + RIDGE_S2)
    place = boxes[:, :2].mean(axis=0) - velocity * times.mean()
    return End(step, place, velocity, float(sizes_of(boxes).mean()))


def misfit(tail: End, head: End, motion: Array, gap_s: float) -> float:
    """How badly a later piece continues an earlier one, in parts of what is allowed: above 1 it does not."""
    tail_size = max(tail.size * scale_of(motion), np.finfo(float).tiny)
    ratio = max(tail_size, head.size) / min(tail_size, head.size)
    if ratio > SIZE_RATIO_LIMIT:
        return np.inf
    velocity = (motion[:2, :2] @ tail.velocity + head.velocity) / 2
    place = motion[:2, :2] @ tail.place + motion[:2, 2] + velocity * gap_s
    miss_sizes = float(np.linalg.norm(place - head.place)) / np.sqrt(tail_size * head.size)
    return float(miss_sizes / (MISS_LIMIT_SIZES + MISS_LIMIT_SIZES_PER_S * gap_s))


def joinable(tails: list[End], heads: list[End], shot: Shot) -> list[tuple[float, int, int]]:
    """Every allowed join as (misfit, earlier, later), best first."""
    joins = []
    by_start = sorted(range(len(heads)), key=lambda index: heads[index].step)
    starts = np.array([heads[index].step for index in by_start])
    clock_s = np.array(shot.clock_s)
    for earlier, tail in enumerate(tails):
        first = int(np.searchsorted(starts, tail.step, side="right"))
        beyond = int(np.searchsorted(clock_s, clock_s[tail.step] + LONGEST_GAP_S, side="right"))
        motion, at = np.eye(3), tail.step
        for later in by_start[first : int(np.searchsorted(starts, beyond))]:
            head = heads[later]
            motion, at = motion_between(shot, at, head.step) @ motion, head.step
            cost = misfit(tail, head, motion, shot.clock_s[head.step] - shot.clock_s[tail.step])
            if cost <= 1.0:
                joins.append((cost, earlier, later))
    return sorted(joins)


def stitch(tracklets: list[Tracklet], shot: Shot) -> list[Tracklet]:
    """Joins the pieces of one vehicle, the best fitting first; pieces that overlap in time are never joined."""
    tails = [end_of(tracklet, shot, last=True) for tracklet in tracklets]
    heads = [end_of(tracklet, shot, last=False) for tracklet in tracklets]
    following: dict[int, int] = {}
    followed: set[int] = set()
    for _, earlier, later in joinable(tails, heads, shot):
        if earlier not in following and later not in followed:
            following[earlier] = later
            followed.add(later)
    whole = []
    for index in range(len(tracklets)):
        if index in followed:
            continue
        joined, piece = Tracklet(), index
        while True:
            part = tracklets[piece]
            for values in zip(part.steps, part.xyxy, part.scores, part.classes, strict=True):
                joined.add(*values)
            if piece not in following:
                break
            piece = following[piece]
        whole.append(joined)
    return whole


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
