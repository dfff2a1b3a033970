"""Which frames the vehicle network looks at: every Nth, or those that promise something.

The network costs more than all the rest, and from one frame to the next little changes: between two looks vehicles are
carried with the motion of the camera, once both are known. Looking pays where a scene begins, where the camera shows
ground that was not in the last look, where its motion is not known, where most of what was found is doubtful, and where
the last look was a surprise: vehicles were not where the look before had them, because they are new or fast. A surprise
shortens the time to the next look, none lets it grow again. When to look from what the last looks had in common: Luo et
al., "Detect or Track" (2019), who train a network for it.
This module sees no pictures, and nothing of the future. Figures: docs/performance.md.
"""

from typing import Literal, Protocol

import numpy as np

from detector.boxes import Array, moved, overlap, to_centres
from detector.detections import Detections
from detector.motion import CameraMotion

EveryChoice = int | Literal["auto"]

RAREST = 1000  # frames between two looks that a user may ask for

LONGEST_S, LONGEST_DOUBTFUL_S, SHORTEST_S = 0.105, 0.07, 0.04
"""Between two looks: at 25 frames a second every third; every second where most is doubtful; every one where it is not
known how the camera moved, so that vehicles cannot be carried, where a scene begins, and after a surprise. Seconds, for
60 frames a second show no more than 25."""

USUAL_SIZE_PX = 640
"""Looks at larger sizes cost the square of the size, and are made less often by its first power."""

FIRST_LOOKS = 3  # of a scene, one a frame
GROWTH, SHRINKAGE = 1.5, 0.5  # of the time between looks, without and with a surprise
BUFFER, LEAST_OVERLAP = 0.5, 0.5  # of boxes grown by so many sizes on each side: the tracker asks for less
SURPRISING_SHARE = 0.25  # of the vehicles
FAIR, SURE = 0.4, 1.5  # of the confidence: a box below the first is nothing, below the second doubtful
DOUBTFUL_SHARE = 0.5  # of the boxes that are fair
NEW_GROUND_SHARE = 0.1  # of the picture


class LookSchedule(Protocol):
    """Asked about every frame of a clip in order, and told of every look."""

    def due(self, time_s: float, motion: CameraMotion, picture_px: tuple[int, int], scene_begins: bool) -> bool:
        """Whether to look at the next frame.

        Args:
            time_s: of the frame.
            motion: of the camera since the frame before.
            picture_px: width and height of the frame.
            scene_begins: whether another scene may begin with it.
        """

    def looked(self, found: Detections, size_px: int) -> None:
        """The frame was looked at, at this input size."""


def schedule(every: EveryChoice, confidence: float) -> LookSchedule:
    """For `every` "auto" or a number of frames; `confidence` is the score at which a vehicle counts.

    Raises:
        ValueError: neither.
    """
    if every == "auto":
        return WhereItPays(confidence)
    if isinstance(every, bool) or not isinstance(every, int) or not 1 <= every <= RAREST:
        raise ValueError(f"every {every} frames cannot be looked at: give auto, or a number from 1 to {RAREST}")
    return EveryNth(every)


class EveryNth:
    """Looks at the first frame of a scene and every `every`th from there."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._age = 0  # frames since the scene began

    def due(self, time_s: float, motion: CameraMotion, picture_px: tuple[int, int], scene_begins: bool) -> bool:
        age = 0 if scene_begins else self._age
        self._age = age + 1
        return age % self._every == 0

    def looked(self, found: Detections, size_px: int) -> None:
        pass


class WhereItPays:
    """Looks as often as the clip is worth; `confidence` is the score at which a vehicle counts."""

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence
        self._before: Detections | None = None  # the last look of the scene
        self._since = np.eye(3)  # how the camera has moved since then
        self._since_known = True
        self._vehicles = False  # something to carry
        self._looks = 0  # of the scene
        self._time_s = self._looked_s = 0.0
        self._interval_s = 0.0

    def due(self, time_s: float, motion: CameraMotion, picture_px: tuple[int, int], scene_begins: bool) -> bool:
        step_s, self._time_s = time_s - self._time_s, time_s
        if scene_begins:
            self._before, self._looks, self._interval_s = None, 0, 0.0
        self._since = np.vstack([motion.affine, (0, 0, 1)]) @ self._since
        self._since_known &= motion.known
        lost = not self._since_known and self._vehicles
        interval_s = SHORTEST_S if lost or self._looks < FIRST_LOOKS else max(self._interval_s, SHORTEST_S)
        return (
            self._looks == 0
            or time_s < self._looked_s  # stamps that go back
            or time_s + step_s / 2 >= self._looked_s + interval_s  # this frame comes nearer to it than the next
            or new_ground_share(self._since, picture_px) >= NEW_GROUND_SHARE
        )

    def looked(self, found: Detections, size_px: int) -> None:
        took_s = self._time_s - self._looked_s
        if self._before is not None:
            surprised = surprise(self._before, found, self._since, self._confidence) >= SURPRISING_SHARE
            growing_s = max(self._interval_s, took_s) * GROWTH
            self._interval_s = took_s * SHRINKAGE if surprised else min(growing_s, self._longest_s(found, size_px))
        self._before, self._since, self._since_known = found, np.eye(3), True
        self._vehicles = bool((found.scores >= FAIR * self._confidence).any())
        self._looked_s = self._time_s
        self._looks += 1

    def _longest_s(self, found: Detections, size_px: int) -> float:
        fair = found.scores[found.scores >= FAIR * self._confidence]
        doubtful = len(fair) and np.mean(fair < SURE * self._confidence) >= DOUBTFUL_SHARE
        return (LONGEST_DOUBTFUL_S if doubtful else LONGEST_S) * max(1.0, size_px / USUAL_SIZE_PX)


def surprise(before: Detections, now: Detections, motion: Array, confidence: float) -> float:
    """The share of vehicles that two looks do not have in common, from 0 to 1.

    A box of at least the confidence has to meet one of any score, for scores go up and down by themselves.
    """
    was, there = moved(to_centres(before.xyxy.astype(np.float64)), motion), to_centres(now.xyxy.astype(np.float64))
    met = overlap(was, there, BUFFER) >= LEAST_OVERLAP
    sure_before, sure_now = before.scores >= confidence, now.scores >= confidence
    sure = np.concatenate([met[sure_before].any(axis=1), met[:, sure_now].any(axis=0)])
    return float(np.mean(~sure)) if len(sure) else 0.0


def new_ground_share(motion: Array, picture_px: tuple[int, int]) -> float:
    """How much of the picture was not in it before the camera moved so, about, from 0 to 1."""
    width, height = picture_px
    middle = np.array([width / 2, height / 2, 1.0])
    shift = np.abs((motion @ middle)[:2] - middle[:2]) / (width, height)
    return float(1 - np.clip(1 - shift, 0, 1).prod())
