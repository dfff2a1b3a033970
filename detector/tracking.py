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
from detector.boxes import Array, scale_of, to_centres
from detector.detections import Detections
from detector.kalman import corrected, new_states, predicted
from detector.looking_back import Reach, look_back
from detector.smoothing import smoothed
from detector.stitching import stitch
from detector.tracklets import Shot, Tracklet, fill, is_ghost

LOST_AFTER_S, WEAK_WITHIN_S, ALWAYS_WITHIN_FRAMES = 1.0, 0.3, 2
"""A track unseen for longer is closed (stitching may find it again); low-score boxes carry only one seen more recently,
for a lost one would take up any noise. Never sooner than the frames: a clip of one frame a second can be tracked."""

BUFFER, WEAK_BUFFER = 0.5, 0.3
"""How much boxes are grown on each side before they are compared, in box sizes: high-score and low-score detections."""

FIRST_SPEED_SIZES = 1.5
"""A track seen once has no speed yet: its box is grown by this much more a second. It counts at few frames a second."""

LEAST_OVERLAP = 0.3
"""Of the grown boxes. All of these were chosen by measurement (docs/tracking.md)."""

Mask = NDArray[np.bool_]

WEAK_REACH = Reach(WEAK_WITHIN_S, ALWAYS_WITHIN_FRAMES, WEAK_BUFFER, LEAST_OVERLAP)

SHORTEST_STEP_S = 0.001
"""Stands in for the time between two stamps that stand still or go back."""

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
    """

    frame: int
    time_s: float
    xyxy: tuple[float, float, float, float]
    score: float
    class_index: int
    filled: bool = False


@dataclass(frozen=True)
class Track:
    """One vehicle in one shot.

    Attributes:
        id: unique over the clip, from 1, in order of first appearance.
        boxes: ascending frames, at most one a frame, the first and the last seen and not filled.
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
        """Median of the ten best seen scores: one lucky box does not raise it, many distant ones do not lower it."""
        return float(np.median(sorted(box.score for box in self.boxes if not box.filled)[-10:]))

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
        self._shot = Shot()
        self._frames: list[tuple[int, float]] = []
        self._leftover: list[Detections] = []
        self._tracklets: list[Tracklet] = []
        self._alive: list[Tracklet] = []
        self._states: Array = np.zeros((5, 0, 4))
        self._zoom = 1.0

    def update(
        self, detections: Detections, frame: int, time_s: float, camera_motion: NDArray[np.float32] | None = None
    ) -> None:
        """Takes the detections of the next frame.

        Args:
            detections: may be none at all.
            frame: number of the frame, ascending.
            time_s: its time in seconds.
            camera_motion: (2, 3) affine from the frame given before to this one; None where it is not known.
        """
        seconds = self._add_picture(frame, time_s, camera_motion)
        self._states = predicted(self._states, seconds, self._shot.motions[-1])
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
        believed = [piece for piece in self._tracklets if not is_ghost(piece, self._shot, confident_score)]
        believed = look_back(believed, self._leftover, self._shot, WEAK_REACH)
        whole = sorted(smoothed(stitch(believed, self._shot), self._shot), key=lambda tracklet: tracklet.steps[0])
        return [self._to_track(self._first_id + index, tracklet) for index, tracklet in enumerate(whole)]

    def _add_picture(self, frame: int, time_s: float, camera_motion: NDArray[np.float32] | None) -> float:
        """Notes when the picture was taken and how the camera moved; the seconds since the one before."""
        seconds = max(time_s - self._frames[-1][1], SHORTEST_STEP_S) if self._frames else 0.0
        self._shot.clock_s.append(self._shot.clock_s[-1] + seconds if self._frames else 0.0)
        self._frames.append((frame, time_s))
        motion = np.eye(3)
        if camera_motion is not None and np.isfinite(camera_motion).all():
            motion[:2] = camera_motion
        zoom = self._zoom * scale_of(motion)
        stretched = (motion[:2, :2] ** 2).sum() > MOST_STRETCH * scale_of(motion) ** 2
        believable = 1 / MOST_ZOOM < zoom < MOST_ZOOM and not stretched
        self._zoom = zoom if believable else self._zoom
        self._shot.motions.append(motion if believable else np.eye(3))
        return seconds

    def _seen_within(self, seconds: float) -> Mask:
        """(n,) which of the living tracks were seen this recently, or in one of the last few frames."""
        seen = np.array([tracklet.steps[-1] for tracklet in self._alive], np.int64)
        ago_s = self._shot.clock_s[-1] - np.array([self._shot.clock_s[step] for step in seen])
        return np.asarray((ago_s <= seconds) | (len(self._frames) - 1 - seen <= ALWAYS_WITHIN_FRAMES))

    def _newest(self) -> Mask:
        """(n,) which of the living tracks began in the picture before."""
        before = len(self._frames) - 2
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
            len(self._frames) - 1,
            detections.xyxy[box].astype(np.float64),
            float(detections.scores[box]),
            int(detections.classes[box]),
        )

    def _to_track(self, track_id: int, tracklet: Tracklet) -> Track:
        boxes: list[TrackBox] = []
        for step, xyxy, seen in fill(tracklet, self._shot):
            frame, time_s = self._frames[step]
            left, top, right, bottom = xyxy.tolist()
            corners = (left, top, right, bottom)
            if seen is None:
                boxes.append(TrackBox(frame, time_s, corners, boxes[-1].score, boxes[-1].class_index, filled=True))
            else:
                boxes.append(TrackBox(frame, time_s, corners, tracklet.scores[seen], tracklet.classes[seen]))
        return Track(track_id, tuple(boxes))
