"""Pieces of tracks to whole tracks, once a shot is over and both directions of time are known.

Knows boxes, times and camera motion of one shot. Does not know how the pieces were made: `detector.tracking` makes
them, `benchmarks/tracking.py` also feeds those of other trackers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices
from detector.boxes import Array, moved, scales_of, sizes_of
from detector.tracklet_spool import TrackletSpool
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

MOST_COMPARED = 20_000_000
"""Pairs of pieces. A network that gives so many within two seconds gives noise, and noise always finds a way."""

RIDGE_S2 = 0.01
"""Pulls the velocity of a short piece to zero: (noise of a centre / usual speed) squared, both in box sizes."""


@dataclass(frozen=True)
class End:
    """One end of a tracklet: where it is, how fast (pixels a second), how large, in the pixels of picture `step`."""

    step: int
    place: Array
    velocity: Array
    size: float


@dataclass(frozen=True)
class Ends:
    """Several of them: (n,) steps, (n, 2) places and velocities, (n,) sizes."""

    steps: NDArray[np.int64]
    places: Array
    velocities: Array
    sizes: Array

    @staticmethod
    def of(ends: list[End]) -> "Ends":
        return Ends(
            np.array([end.step for end in ends], np.int64),
            np.array([end.place for end in ends]).reshape(-1, 2),
            np.array([end.velocity for end in ends]).reshape(-1, 2),
            np.array([end.size for end in ends]),
        )

    def __getitem__(self, chosen: slice) -> "Ends":
        return Ends(self.steps[chosen], self.places[chosen], self.velocities[chosen], self.sizes[chosen])


def end_of(tracklet: Tracklet, shot: Shot, last: bool) -> End:
    """A straight line through the boxes near one end, with the camera's motion taken out."""
    edge = len(tracklet.steps) - 1 if last else 0
    step = int(tracklet.steps[edge])
    clock_s = np.asarray(shot.clock_s)
    near = tracklet[_near(tracklet, clock_s, step)]
    if last:
        near = near[::-1]
    motion, at, motions = np.eye(3), step, []
    for each in near.steps.tolist():
        motion, at = motion @ motion_between(shot, each, at), each
        motions.append(motion)
    boxes = moved(near.centres(), np.stack(motions))
    times = clock_s[near.steps] - clock_s[step]
    spread = times - times.mean()
    velocity = spread @ boxes[:, :2] / (spread @ spread + RIDGE_S2)
    place = boxes[:, :2].mean(axis=0) - velocity * times.mean()
    return End(step, place, velocity, float(sizes_of(boxes).mean()))


def _near(tracklet: Tracklet, clock_s: Array, step: int) -> Indices:
    """Which boxes of a tracklet are in pictures no further from this one than MOTION_WINDOW_S."""
    begin, end = np.searchsorted(clock_s, (clock_s[step] - 2 * MOTION_WINDOW_S, clock_s[step] + 2 * MOTION_WINDOW_S))
    first, beyond = np.searchsorted(tracklet.steps, (begin, end))
    seconds = np.abs(clock_s[tracklet.steps[first:beyond]] - clock_s[step])
    return np.asarray(first + np.flatnonzero(seconds <= MOTION_WINDOW_S))


def misfits(tail: End, heads: Ends, motions: Array, gaps_s: Array) -> Array:
    """(n,) how badly later pieces continue an earlier one, in parts of what is allowed: above 1 they do not.

    The earlier one is carried on to the beginning of the later, and the later back to the end of the earlier: where one
    leaves and another comes the other way, both miss.

    Args:
        tail: the end of the earlier piece.
        heads: the beginnings of n later ones.
        motions: (n, 3, 3) of the camera, from the picture of the tail to those of the heads.
        gaps_s: (n,) seconds between them.
    """
    sizes = np.maximum(tail.size * scales_of(motions), np.finfo(float).tiny)
    place, speed = motions[:, :2, :2] @ tail.place + motions[:, :2, 2], motions[:, :2, :2] @ tail.velocity
    onward = place + speed * gaps_s[:, None] - heads.places
    back = place - heads.places + heads.velocities * gaps_s[:, None]
    miss = (np.linalg.norm(onward, axis=1) + np.linalg.norm(back, axis=1)) / 2
    allowed = (MISS_LIMIT_SIZES + MISS_LIMIT_SIZES_PER_S * gaps_s) * np.sqrt(sizes * heads.sizes)
    ratios = np.maximum(sizes, heads.sizes) / np.minimum(sizes, heads.sizes)
    return np.where(ratios <= SIZE_RATIO_LIMIT, miss / allowed, np.inf)


def joinable(tails: list[End], heads: list[End], shot: Shot) -> list[tuple[float, int, int]]:
    """Every allowed join as (misfit, earlier, later), best first; none at all where there are too many to tell."""
    by_start = sorted(range(len(heads)), key=lambda index: heads[index].step)
    ordered = Ends.of([heads[index] for index in by_start])
    clock_s, steps = np.array(shot.clock_s), np.array([tail.step for tail in tails], np.int64)
    first = np.searchsorted(ordered.steps, steps, side="right")
    beyond = np.searchsorted(clock_s, clock_s[steps] + LONGEST_GAP_S, side="right")
    last = np.searchsorted(ordered.steps, beyond)
    if (last - first).sum() > MOST_COMPARED:
        return []
    joins = []
    for earlier in np.argsort(steps, kind="stable"):
        tail, chosen = tails[earlier], slice(first[earlier], last[earlier])
        if first[earlier] == last[earlier]:
            continue
        onward = _motions_from(tail.step, int(beyond[earlier]), shot)[ordered.steps[chosen] - tail.step]
        costs = misfits(tail, ordered[chosen], onward, clock_s[ordered.steps[chosen]] - clock_s[tail.step])
        for index in np.flatnonzero(costs <= 1.0):
            joins.append((float(costs[index]), int(earlier), by_start[chosen.start + index]))
    return sorted(joins)


def _motions_from(start: int, beyond: int, shot: Shot) -> Array:
    """(beyond - start, 3, 3) the affines from picture `start` to itself and those after it."""
    motions = [np.eye(3)]
    for motion in shot.motions[start + 1 : beyond]:
        motions.append(motion @ motions[-1])
    return np.stack(motions)


def stitch(tracklets: Sequence[Tracklet], shot: Shot) -> list[Tracklet]:
    """Joins the pieces of one vehicle, the best fitting first; pieces that overlap in time are never joined."""
    tails = [end_of(tracklet, shot, last=True) for tracklet in tracklets]
    heads = [end_of(tracklet, shot, last=False) for tracklet in tracklets]
    following: dict[int, int] = {}
    followed: set[int] = set()
    for _, earlier, later in joinable(tails, heads, shot):
        if earlier not in following and later not in followed:
            following[earlier] = later
            followed.add(later)
    whole = TrackletSpool()
    for index in range(len(tracklets)):
        if index in followed:
            continue
        parts, piece = [tracklets[index]], index
        while piece in following:
            piece = following[piece]
            parts.append(tracklets[piece])
        whole.add(parts)
    return whole.tracklets()
