"""Detections to tracks: which boxes of a shot are the same vehicle.

What is done while the shot runs is here; `finish` also goes against the direction of time.
Own code, because the libraries that come near bring SciPy or a second OpenCV, and none takes a given camera motion and
time stamps: figures in docs/tracking.md. It does not know pictures, nor what lies before or after the shot.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices, pair_boxes
from detector.boxes import Array, moved, scale_of, to_centres, to_corners
from detector.detections import Detections
from detector.kalman import corrected, new_states, predicted
from detector.looking_back import Reach, look_back
from detector.smoothing import smoothed
from detector.stitching import stitch
from detector.tracklets import Shot, Tracklet, beyond, fill, is_ghost, motion_between

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

WEAK_REACH = Reach(WEAK_WITHIN_S, ALWAYS_WITHIN_LOOKS, WEAK_BUFFER, LEAST_OVERLAP)

SHORTEST_STEP_S = 0.001
"""Stands in for the time between two stamps that stand still or go back."""

BEST_SCORES = 10  # by which a track is judged

MOST_ZOOM, MOST_STRETCH = 1e6, 2.5
"""No camera zooms a millionfold within a shot, or stretches the picture to twice its shape (2 + 1/2); an estimate that
says so is wrong and is not followed."""


@dataclass(frozen=True, slots=True)
class TrackBox:
    """One box of a track in one frame.

    Attributes:
        frame, time_s: as they were given with the detections.
        xyxy: left, top, right, bottom in upright pixels; smoothed as far as the boxes of the track jump about.
        score, class_index: of the detection; a filled box has those of the box before the gap.
        filled: interpolated over a gap, not seen.
        looked_at: False where nobody looked for vehicles in its frame; such a box is always filled.
    """

    frame: int
    time_s: float
    xyxy: tuple[float, float, float, float]
    score: float
    class_index: int
    filled: bool = False
    looked_at: bool = True


@dataclass(frozen=True)
class Track:
    """One vehicle in one shot.

    Attributes:
        id: unique over the clip, from 1, in order of first appearance.
        boxes: ascending frames, at most one a frame. The first and the last are seen; where not every frame is looked
            at, carried ones lie before and after them, half way to the look that does not show the vehicle.
    """

    id: int
    boxes: tuple[TrackBox, ...]

    @property
    def first(self) -> int:
        """Number of the first frame."""
        return self.boxes[0].frame

    @property
    def last(self) -> int:
        """Number of the last frame."""
        return self.boxes[-1].frame

    @cached_property
    def score(self) -> float:
        """Median of the ten best seen scores: one lucky box does not raise it, many distant ones do not lower it.

        Of as many fewer as looks are rarer, so that it does not fall with them.
        """
        looks = sum(box.looked_at for box in self.boxes)
        best = max(1, round(BEST_SCORES * looks / len(self.boxes)))
        return float(np.median(sorted(box.score for box in self.boxes if not box.filled)[-best:]))

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
        votes: dict[int, float] = {}
        for box in self.boxes:
            if not box.filled:
                votes[box.class_index] = votes.get(box.class_index, 0.0) + box.score
        return votes


class Tracker:
    """Identities within one shot: ByteTrack (Zhang et al. 2022) with buffered overlap and a given camera motion.

    Args:
        first_id: number of the first track.
        high_score: a detection below it never starts a track.
        low_score: a detection below it is not looked at.
    """

    def __init__(self, first_id: int = 1, *, high_score: float, low_score: float) -> None:
        self._first_id, self._high_score, self._low_score = first_id, high_score, low_score
        self._frames: list[tuple[int, float]] = []
        self._pictures, self._looks = Shot(), Shot()  # all of them, and those that were looked at
        self._looked: list[int] = []  # which pictures those are
        self._leftover: list[Detections] = []
        self._tracklets: list[Tracklet] = []
        self._alive: list[Tracklet] = []
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
        self._alive = [self._alive[index] for index in np.flatnonzero(kept)]
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
        believed = [piece for piece in self._tracklets if not is_ghost(piece, self._looks, confident_score)]
        believed = look_back(believed, self._leftover, self._looks, WEAK_REACH)
        whole = sorted(smoothed(stitch(believed, self._looks), self._looks), key=lambda tracklet: tracklet.steps[0])
        looked = frozenset(self._looked)
        return [self._to_track(self._first_id + index, tracklet, looked) for index, tracklet in enumerate(whole)]

    def _add_picture(self, frame: int, time_s: float, camera_motion: NDArray[np.float32] | None) -> None:
        """Notes when the picture was taken and how the camera moved."""
        clock_s = self._pictures.clock_s
        clock_s.append(clock_s[-1] + max(time_s - self._frames[-1][1], SHORTEST_STEP_S) if clock_s else 0.0)
        self._frames.append((frame, time_s))
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
        seen = np.array([tracklet.steps[-1] for tracklet in self._alive], np.int64)
        ago_s = self._looks.clock_s[-1] - np.array([self._looks.clock_s[step] for step in seen])
        return np.asarray((ago_s <= seconds) | (len(self._looked) - 1 - seen <= ALWAYS_WITHIN_LOOKS))

    def _newest(self) -> Mask:
        """(n,) which of the living tracks began at the look before."""
        before = len(self._looked) - 2
        return np.array([tracklet.steps == [before] for tracklet in self._alive], np.bool_)

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
        for track, box in zip(tracks.tolist(), found.tolist(), strict=True):
            self._see(self._alive[track], detections, box)

    def _start(self, found: Indices, boxes: Array, detections: Detections) -> None:
        for box in found:
            self._alive.append(Tracklet())
            self._tracklets.append(self._alive[-1])
            self._see(self._alive[-1], detections, int(box))
        self._states = np.concatenate([self._states, new_states(boxes[found])], axis=1)

    def _see(self, tracklet: Tracklet, detections: Detections, box: int) -> None:
        tracklet.add(
            len(self._looked) - 1,
            detections.xyxy[box].astype(np.float64),
            float(detections.scores[box]),
            int(detections.classes[box]),
        )

    def _to_track(self, track_id: int, tracklet: Tracklet, looked: frozenset[int]) -> Track:
        boxes: list[TrackBox] = []
        steps = [self._looked[look] for look in tracklet.steps]
        placed = Tracklet(steps, tracklet.xyxy, tracklet.scores, tracklet.classes)
        for step, xyxy, seen in fill(placed, self._pictures):
            if seen is None:
                boxes.append(self._filled_box(step, xyxy, boxes[-1], step in looked))
            else:
                place = corners_of(xyxy)
                boxes.append(TrackBox(*self._frames[step], place, tracklet.scores[seen], tracklet.classes[seen]))
        before, after = beyond(placed, self._pictures, self._looked)
        head = [self._filled_box(step, self._carried(placed, 0, step), boxes[0], False) for step in before]
        tail = [self._filled_box(step, self._carried(placed, -1, step), boxes[-1], False) for step in after]
        return Track(track_id, (*head, *boxes, *tail))

    def _carried(self, tracklet: Tracklet, index: int, step: int) -> Array:
        """(4,) xyxy of a box in another picture, if it stands where it is over the ground."""
        motion = motion_between(self._pictures, tracklet.steps[index], step)
        box: Array = to_corners(moved(to_centres(tracklet.xyxy[index][None]), motion))[0]
        return box

    def _filled_box(self, step: int, xyxy: Array, like: TrackBox, looked_at: bool) -> TrackBox:
        return TrackBox(*self._frames[step], corners_of(xyxy), like.score, like.class_index, True, looked_at)


def corners_of(xyxy: Array) -> tuple[float, float, float, float]:
    """(4,) left, top, right, bottom as plain numbers."""
    left, top, right, bottom = xyxy.tolist()
    return left, top, right, bottom
