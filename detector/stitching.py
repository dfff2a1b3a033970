"""Pieces of tracks to whole tracks, once a shot is over and both directions of time are known.

Knows boxes, times and camera motion of one shot. Does not know how the pieces were made: `detector.tracking` makes
them, `benchmarks/tracking.py` also feeds those of other trackers.
"""

from dataclasses import dataclass

import numpy as np

from detector.boxes import Array, moved, scale_of, sizes_of, to_centres
from detector.tracklets import Shot, Tracklet, motion_between

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
    place, speed = motion[:2, :2] @ tail.place + motion[:2, 2], motion[:2, :2] @ tail.velocity
    onward, back = place + speed * gap_s - head.place, place - head.place + head.velocity * gap_s
    miss_sizes = float(np.linalg.norm(onward) + np.linalg.norm(back)) / 2 / np.sqrt(tail_size * head.size)
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
