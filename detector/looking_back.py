"""Weak boxes that a track left lying on its way, taken up against the direction of time once a shot is over.

What comes into view is weak before it is strong, and a weak box starts no track; after a gap a track has lost its aim.
Seen from the end of the shot both lie on a way that is known by then.
"""

from dataclasses import dataclass

import numpy as np

from detector.assignment import pair_boxes
from detector.boxes import Array, to_centres
from detector.detections import Detections
from detector.kalman import corrected, new_states, predicted
from detector.tracklets import Shot, Tracklet, motion_between


@dataclass(frozen=True)
class Reach:
    """Which weak boxes a track may take.

    Attributes:
        within_s, within_frames: it was seen this recently, by the larger of the two.
        buffer: how much boxes are grown on each side before they are compared, in box sizes.
        least_overlap: of the grown boxes.
    """

    within_s: float
    within_frames: int
    buffer: float
    least_overlap: float


def look_back(tracklets: list[Tracklet], leftover: list[Detections], shot: Shot, reach: Reach) -> list[Tracklet]:
    """The same tracks with the weak boxes before their beginning and in their gaps.

    Args:
        tracklets: of one shot.
        leftover: what no track took, for every picture of the shot.
        shot: when its pictures were taken.
        reach: which boxes to take.
    """
    walks = [_Walk(tracklet) for tracklet in tracklets]
    by_last: dict[int, list[_Walk]] = {}
    for walk in walks:
        by_last.setdefault(walk.last, []).append(walk)
    alive: list[_Walk] = []
    states: Array = np.zeros((5, 0, 4))
    for step in range(len(leftover) - 1, -1, -1):
        if alive:
            seconds = shot.clock_s[step + 1] - shot.clock_s[step]
            states = predicted(states, seconds, motion_between(shot, step + 1, step))
        kept = [n for n, walk in enumerate(alive) if walk.first <= step or walk.may_take(step, shot, reach)]
        alive, states = [alive[n] for n in kept], states[:, kept]
        _see_own_boxes(alive, states, step)
        _take_weak_boxes(alive, states, step, leftover[step], shot, reach)
        born = by_last.get(step, [])
        alive = alive + born
        states = np.concatenate([states, new_states(_centres([walk.own[step] for walk in born]))], axis=1)
    return [walk.whole() for walk in walks]


class _Walk:
    """A track on its way back through the shot."""

    def __init__(self, tracklet: Tracklet) -> None:
        self.first, self.last = tracklet.steps[0], tracklet.steps[-1]
        self.own = dict(zip(tracklet.steps, tracklet.xyxy, strict=True))
        self._seen = self.last
        self._rows = list(zip(tracklet.steps, tracklet.xyxy, tracklet.scores, tracklet.classes, strict=True))

    def may_take(self, step: int, shot: Shot, reach: Reach) -> bool:
        ago_s = shot.clock_s[self._seen] - shot.clock_s[step]
        return step not in self.own and (ago_s <= reach.within_s or self._seen - step <= reach.within_frames)

    def see(self, step: int) -> Array:
        self._seen = step
        return self.own[step]

    def take(self, step: int, found: Detections, box: int) -> None:
        self._seen = step
        self._rows.append((step, found.xyxy[box].astype(np.float64), float(found.scores[box]), int(found.classes[box])))

    def whole(self) -> Tracklet:
        tracklet = Tracklet()
        for row in sorted(self._rows, key=lambda row: row[0]):
            tracklet.add(*row)
        return tracklet


def _centres(xyxy: list[Array]) -> Array:
    return to_centres(np.array(xyxy, np.float64).reshape(-1, 4))


def _see_own_boxes(alive: list[_Walk], states: Array, step: int) -> None:
    seen = [n for n, walk in enumerate(alive) if step in walk.own]
    states[:, seen] = corrected(states[:, seen], _centres([alive[n].see(step) for n in seen]))


def _take_weak_boxes(alive: list[_Walk], states: Array, step: int, found: Detections, shot: Shot, reach: Reach) -> None:
    if not len(found):
        return
    free = np.array([n for n, walk in enumerate(alive) if walk.may_take(step, shot, reach)], np.int64)
    boxes = to_centres(found.xyxy.astype(np.float64))
    rows, columns = pair_boxes(states[0, free], boxes, reach.buffer, reach.least_overlap)
    states[:, free[rows]] = corrected(states[:, free[rows]], boxes[columns])
    for row, column in zip(free[rows], columns, strict=True):
        alive[row].take(step, found, int(column))
