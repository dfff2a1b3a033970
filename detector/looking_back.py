"""Weak boxes that a track left lying on its way, taken up against the direction of time once a shot is over.

What comes into view is weak before it is strong, and a weak box starts no track; after a gap a track has lost its aim.
Seen from the end of the shot both lie on a way that is known by then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices, pair_boxes
from detector.boxes import Array, to_centres
from detector.detections import Detections
from detector.kalman import corrected, new_states, predicted
from detector.seen_log import SeenLog
from detector.spool import Spool, let_go_of_pages
from detector.tracklet_spool import TrackletSpool
from detector.tracklets import Shot, Tracklet, motion_between

NEVER = -1
OWN = np.dtype([("step", np.int64), ("xyxy", np.float64, 4)])
PICTURES_AT_A_TIME = 1024

Mask = NDArray[np.bool_]


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


def look_back(
    tracklets: Sequence[Tracklet], leftover: Sequence[Detections], shot: Shot, reach: Reach
) -> list[Tracklet]:
    """The same tracks with the weak boxes before their beginning and in their gaps.

    Args:
        tracklets: of one shot.
        leftover: what no track took, for every picture of the shot.
        shot: when its pictures were taken.
        reach: which boxes to take.
    """
    if not tracklets:
        return []
    walks = _Walks(tracklets, shot, reach)
    states: Array = np.zeros((5, 0, 4))
    for step in range(len(leftover) - 1, -1, -1):
        if len(walks.alive):
            seconds = shot.clock_s[step + 1] - shot.clock_s[step]
            states = predicted(states, seconds, motion_between(shot, step + 1, step))
        states = states[:, walks.keep(step)]
        walks.see_own_boxes(states, step)
        walks.take_weak_boxes(states, step, leftover[step])
        states = np.concatenate([states, new_states(walks.begin(step))], axis=1)
        if step % PICTURES_AT_A_TIME == 0:
            let_go_of_pages()
    return walks.whole()


class _Walks:
    """Tracks on their way back through the shot; `alive` are the numbers of those that are on it."""

    def __init__(self, tracklets: Sequence[Tracklet], shot: Shot, reach: Reach) -> None:
        self.alive = np.zeros(0, np.int64)
        self._tracklets, self._clock_s, self._reach = tracklets, np.array(shot.clock_s), reach
        own = Spool(OWN)
        for tracklet in tracklets:
            for part in tracklet.parts():
                rows = np.empty(len(part.steps), OWN)
                rows["step"], rows["xyxy"] = part.steps, part.xyxy
                own.append(rows)
        self._own = own.rows()
        ends = np.cumsum([len(tracklet.steps) for tracklet in tracklets], dtype=np.int64)
        self._row = ends - 1  # of the next own box on the way
        self._first_row = np.concatenate([[0], ends])[:-1]
        self._first, self._seen = self._own["step"][self._first_row], self._own["step"][self._row]
        self._by_last: dict[int, list[int]] = {}
        for number, last in enumerate(self._seen.tolist()):
            self._by_last.setdefault(last, []).append(number)
        self._taken = SeenLog()

    def keep(self, step: int) -> Mask:
        """Let go of those that have begun and take no more; (alive,) which stay."""
        kept = np.asarray((self._first[self.alive] <= step) | self._may_take(step))
        self.alive = self.alive[kept]
        return kept

    def see_own_boxes(self, states: Array, step: int) -> None:
        """Correct the states of those that were seen in this picture."""
        seen = np.flatnonzero(self._own_step() == step)
        if len(seen):
            states[:, seen] = corrected(states[:, seen], self._own_boxes(self.alive[seen], step))

    def take_weak_boxes(self, states: Array, step: int, found: Detections) -> None:
        """Give those that were not seen in this picture what was left lying in it on their way."""
        if not len(found):
            return
        free = np.flatnonzero(self._may_take(step) & (self._seen[self.alive] != step))
        boxes = to_centres(found.xyxy.astype(np.float64))
        rows, columns = pair_boxes(states[0, free], boxes, self._reach.buffer, self._reach.least_overlap)
        states[:, free[rows]] = corrected(states[:, free[rows]], boxes[columns])
        numbers = self.alive[free[rows]]
        self._seen[numbers] = step
        self._taken.add(numbers, step, found, columns)

    def begin(self, step: int) -> Array:
        """Set off those whose last picture this is; (n, 4) their boxes."""
        born = np.array(self._by_last.get(step, ()), np.int64)
        self.alive = np.concatenate([self.alive, born])
        return self._own_boxes(born, step)

    def whole(self) -> list[Tracklet]:
        """The tracks with all that they took."""
        whole = TrackletSpool()
        for own, more in zip(self._tracklets, self._taken.tracklets(len(self._tracklets)), strict=True):
            whole.add(_in_turn(own, more))
        return whole.tracklets()

    def _may_take(self, step: int) -> Mask:
        """(alive,) which were seen recently enough, but for those that have an own box in this picture."""
        seen = self._seen[self.alive]
        recent = (self._clock_s[seen] - self._clock_s[step] <= self._reach.within_s) | (
            seen - step <= self._reach.within_frames
        )
        return np.asarray(recent & (self._own_step() != step))

    def _own_step(self) -> Indices:
        """(alive,) the picture of the next own box on the way; NEVER where there is none."""
        row = self._row[self.alive]
        return np.where(row >= self._first_row[self.alive], self._own["step"][row], NEVER)

    def _own_boxes(self, numbers: Indices, step: int) -> Array:
        """(n, 4) centres and sizes of the boxes that these have in this picture, which are then behind them."""
        xyxy = self._own["xyxy"][self._row[numbers]]
        self._seen[numbers] = step
        self._row[numbers] -= 1
        return to_centres(xyxy.reshape(-1, 4))


def _in_turn(own: Tracklet, taken: Tracklet) -> Iterator[Tracklet]:
    """The boxes of both by time, some pictures at a time."""
    ends = [int(each.steps[-1]) for each in (own, taken) if len(each.steps)]
    begins = [int(each.steps[0]) for each in (own, taken) if len(each.steps)]
    for start in range(min(begins), max(ends) + 1, PICTURES_AT_A_TIME):
        here = (start, start + PICTURES_AT_A_TIME)
        parts = [each[slice(*np.searchsorted(each.steps, here).tolist())] for each in (own, taken)]
        both = Tracklet.joined(parts)
        yield both[np.argsort(both.steps, kind="stable")]
