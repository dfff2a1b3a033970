"""Detections to tracks: which boxes of a shot are the same vehicle.

What is done while the shot runs is here; `finish` also goes against the direction of time.
Own code, because the libraries that come near bring SciPy or a second OpenCV, and none takes a given camera motion and
time stamps: figures in docs/tracking.md. It does not know pictures, nor what lies before or after the shot.
"""

from array import array
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices, pair_boxes
from detector.boxes import Array, scale_of, to_centres
from detector.detections import Detections
from detector.kalman import corrected, new_states, predicted
from detector.looking_back import Reach, look_back
from detector.packed_detections import PackedDetections
from detector.seen_log import SeenLog
from detector.smoothing import smoothed
from detector.stitching import stitch
from detector.track_boxes import TrackBoxes
from detector.track_finishing import finish
from detector.tracklets import Shot, motion_between, without_ghosts

LOST_AFTER_S, WEAK_WITHIN_S, ALWAYS_WITHIN_LOOKS = 1.0, 0.3, 2
"""A track unseen for longer is closed (stitching may find it again); low-score boxes carry only one seen more recently,
for a lost one would take up any noise. Never sooner than the frames: a clip of one frame a second can be tracked."""

BUFFER, WEAK_BUFFER = 0.5, 0.3
"""How much boxes are grown on each side before they are compared, in box sizes: high-score and low-score detections."""

FIRST_SPEED_SIZES = 1.5
"""A track seen once has no speed yet: its box is grown by this much more a second. It counts at few frames a second."""

LEAST_OVERLAP = 0.3
"""Of the grown boxes. All of these were chosen by measurement (docs/tracking.md)."""

Mask = NDArray[np.bool_]

NOTHING: Indices = np.zeros(0, np.int64)

WEAK_REACH = Reach(WEAK_WITHIN_S, ALWAYS_WITHIN_LOOKS, WEAK_BUFFER, LEAST_OVERLAP)

SHORTEST_STEP_S = 0.001
"""Stands in for the time between two stamps that stand still or go back."""

BEST_SCORES = 10  # by which a track is judged

MOST_ZOOM, MOST_STRETCH = 1e6, 2.5
"""No camera zooms a millionfold within a shot, or stretches the picture to twice its shape (2 + 1/2); an estimate that
says so is wrong and is not followed."""


@dataclass(frozen=True)
class Track:
    """One vehicle in one shot.

    Attributes:
        id: unique over the clip, from 1, in order of first appearance.
        boxes: ascending frames, at most one a frame. The first and the last are seen; where not every frame is looked
            at, carried ones lie before and after them, half way to the look that does not show the vehicle.
    """

    id: int
    boxes: TrackBoxes

    @property
    def first(self) -> int:
        """Number of the first frame."""
        return int(self.boxes.frames[0])

    @property
    def last(self) -> int:
        """Number of the last frame."""
        return int(self.boxes.frames[-1])

    @cached_property
    def score(self) -> float:
        """Median of the ten best seen scores: one lucky box does not raise it, many distant ones do not lower it.

        Of as many fewer as looks are rarer, so that it does not fall with them.
        """
        looks = int(self.boxes.looked_at.sum())
        best = max(1, round(BEST_SCORES * looks / len(self.boxes)))
        return float(np.median(np.sort(self.boxes.scores[~self.boxes.filled])[-best:]))

    @property
    def class_index(self) -> int:
        """The class with the largest sum of scores over the seen boxes; of equals the lowest."""
        return max(self._votes, key=lambda index: (self._votes[index], -index))

    @property
    def class_share(self) -> float:
        """What part of all votes the class got, 0 to 1."""
        total = sum(self._votes.values())
        return self._votes[self.class_index] / total if total else 1.0

    @cached_property
    def _votes(self) -> dict[int, float]:
        """In order of first appearance."""
        seen = ~self.boxes.filled
        classes, scores = self.boxes.classes[seen], self.boxes.scores[seen]
        sums = np.bincount(classes, scores)
        found, first = np.unique(classes, return_index=True)
        return {int(index): float(sums[index]) for index in found[np.argsort(first)]}


class Tracker:
    """Identities within one shot: ByteTrack (Zhang et al. 2022) with buffered overlap and a given camera motion.

    Args:
        first_id: number of the first track.
        high_score: a detection below it never starts a track.
        low_score: a detection below it is not looked at.
    """

    def __init__(self, first_id: int = 1, *, high_score: float, low_score: float) -> None:
        self._first_id, self._high_score, self._low_score = first_id, high_score, low_score
        self._frames, self._times_s = array("q"), array("d")
        self._pictures, self._looks = Shot(), Shot()  # all of them, and those that were looked at
        self._looked = array("q")  # which pictures those are
        self._leftover = PackedDetections()
        self._log = SeenLog()
        self._begun = 0  # tracks so far
        self._alive, self._seen, self._times_seen = NOTHING, NOTHING, NOTHING  # numbers, last looks, how often
        self._states: Array = np.zeros((5, 0, 4))
        self._zoom = 1.0

    def update(
        self,
        detections: Detections | None,
        frame: int,
        time_s: float,
        camera_motion: NDArray[np.float32] | None = None,
    ) -> None:
        """Takes the detections of the next frame.

        Args:
            detections: may be none at all; None where nobody looked, which says nothing of any vehicle.
            frame: number of the frame, ascending.
            time_s: its time in seconds.
            camera_motion: (2, 3) affine from the frame given before to this one; None where it is not known.
        """
        self._add_picture(frame, time_s, camera_motion)
        if detections is None:
            return
        seconds = self._add_look()
        self._states = predicted(self._states, seconds, self._looks.motions[-1])
        kept = self._seen_within(LOST_AFTER_S)
        self._alive, self._seen, self._times_seen = self._alive[kept], self._seen[kept], self._times_seen[kept]
        self._states = self._states[:, kept]
        boxes = to_centres(detections.xyxy.astype(np.float64))
        high = detections.scores >= self._high_score
        low = ~high & (detections.scores >= self._low_score)
        unseen, newest, recent = np.ones(len(self._alive), np.bool_), self._newest(), self._seen_within(WEAK_WITHIN_S)
        self._match(unseen, high, boxes, detections, BUFFER)
        self._match(unseen, high, boxes, detections, BUFFER + FIRST_SPEED_SIZES * seconds, newest)
        self._match(unseen, low, boxes, detections, WEAK_BUFFER, recent)
        self._leftover.append(detections[np.flatnonzero(low)])
        self._start(np.flatnonzero(high), boxes, detections)

    def finish(self) -> list[Track]:
        """The shot is over: ghosts dropped, weak boxes taken up, pieces joined, smoothed, gaps filled. Call once."""
        confident_score = (1 + self._high_score) / 2
        pieces = without_ghosts(self._log.tracklets(self._begun), self._looks, confident_score)
        pieces = look_back(pieces, self._leftover, self._looks, WEAK_REACH)
        whole = smoothed(stitch(pieces, self._looks), self._looks)
        whole.sort(key=lambda tracklet: int(tracklet.steps[0]))
        frames, times_s, looked = np.array(self._frames), np.array(self._times_s), np.array(self._looked)
        finished = finish(whole, frames, times_s, self._pictures, looked)
        return [Track(self._first_id + index, boxes) for index, boxes in enumerate(finished)]

    def _add_picture(self, frame: int, time_s: float, camera_motion: NDArray[np.float32] | None) -> None:
        """Notes when the picture was taken and how the camera moved."""
        clock_s = self._pictures.clock_s
        clock_s.append(clock_s[-1] + max(time_s - self._times_s[-1], SHORTEST_STEP_S) if clock_s else 0.0)
        self._frames.append(frame)
        self._times_s.append(time_s)
        motion = np.eye(3)
        if camera_motion is not None and np.isfinite(camera_motion).all():
            motion[:2] = camera_motion
        zoom = self._zoom * scale_of(motion)
        stretched = (motion[:2, :2] ** 2).sum() > MOST_STRETCH * scale_of(motion) ** 2
        believable = 1 / MOST_ZOOM < zoom < MOST_ZOOM and not stretched
        self._zoom = zoom if believable else self._zoom
        self._pictures.motions.append(motion if believable else np.eye(3))

    def _add_look(self) -> float:
        """Notes that the newest picture was looked at; the seconds since the look before."""
        newest = len(self._frames) - 1
        before = self._looked[-1] if self._looked else newest
        self._looked.append(newest)
        self._looks.clock_s.append(self._pictures.clock_s[newest])
        self._looks.motions.append(motion_between(self._pictures, before, newest))
        return self._pictures.clock_s[newest] - self._pictures.clock_s[before]

    def _seen_within(self, seconds: float) -> Mask:
        """(n,) which of the living tracks were seen this recently, or at one of the last few looks."""
        clock_s = np.array([self._looks.clock_s[step] for step in self._seen.tolist()])
        recent = self._looks.clock_s[-1] - clock_s <= seconds
        return np.asarray(recent | (len(self._looked) - 1 - self._seen <= ALWAYS_WITHIN_LOOKS))

    def _newest(self) -> Mask:
        """(n,) which of the living tracks began at the look before, and were seen only there."""
        return np.asarray((self._times_seen == 1) & (self._seen == len(self._looked) - 2))

    def _match(
        self, unseen: Mask, free: Mask, boxes: Array, detections: Detections, buffer: float, among: Mask | None = None
    ) -> None:
        """One round: pairs the unseen tracks, or those among them, with the free boxes; crosses out what was paired."""
        tracks, found = np.flatnonzero(unseen if among is None else unseen & among), np.flatnonzero(free)
        if not len(tracks) or not len(found):
            return
        rows, columns = pair_boxes(self._states[0, tracks], boxes[found], buffer, LEAST_OVERLAP)
        tracks, found = tracks[rows], found[columns]
        unseen[tracks] = free[found] = False
        self._states[:, tracks] = corrected(self._states[:, tracks], boxes[found])
        self._seen[tracks] = len(self._looked) - 1
        self._times_seen[tracks] += 1
        self._log.add(self._alive[tracks], len(self._looked) - 1, detections, found)

    def _start(self, found: Indices, boxes: Array, detections: Detections) -> None:
        numbers = np.arange(self._begun, self._begun + len(found))
        self._begun += len(found)
        self._alive = np.concatenate([self._alive, numbers])
        self._seen = np.concatenate([self._seen, np.full_like(numbers, len(self._looked) - 1)])
        self._times_seen = np.concatenate([self._times_seen, np.ones_like(numbers)])
        self._states = np.concatenate([self._states, new_states(boxes[found])], axis=1)
        self._log.add(numbers, len(self._looked) - 1, detections, found)
