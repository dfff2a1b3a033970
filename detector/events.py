"""When something smokes or burns: scores of single frames to events with a beginning and an end.

A flag that flickers is useless: scores are voted on over a short window and switched with hysteresis. Titles, black
and transitions raise no event, and an event ends with its shot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.report import Event

WINDOW_S = 0.9  # five looks at the usual rate
OFF_SHARE = 0.6  # of the threshold: an event goes on until the voted score falls below
SHORTEST_S = 0.4
LONGEST_GAP_S = 0.5

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sighting:
    """What the smoke and fire network saw in one frame it looked at."""

    frame: int
    time_s: float
    detections: Detections

    def score(self, class_index: int) -> float:
        """What the network says of the whole frame; without that the best box of the kind, 0 if there is none."""
        if self.detections.frame is not None:
            return float(self.detections.frame.scores[class_index])
        of_kind = self.detections.scores[self.detections.classes == class_index]
        return float(of_kind.max()) if len(of_kind) else 0.0

    def region(self, class_index: int) -> tuple[float, float, float, float] | None:
        """The box that score rests on, xyxy in upright pixels; without a box where the frame's answer comes from."""
        chosen = np.flatnonzero(self.detections.classes == class_index)
        if not len(chosen) and self.detections.frame is not None:
            left, top, right, bottom = (float(side) for side in self.detections.frame.regions[class_index])
            return left, top, right, bottom
        if not len(chosen):
            return None
        best = chosen[int(np.argmax(self.detections.scores[chosen]))]
        left, top, right, bottom = (float(side) for side in self.detections.xyxy[best])
        return left, top, right, bottom


def find_events(
    sightings: Sequence[Sighting], kind: str, class_index: int, threshold: float, last: tuple[int, float], shot: int
) -> list[Event]:
    """Events of one kind in one shot.

    Args:
        sightings: frames of the shot that were looked at, in order.
        kind: "smoke" or "fire".
        class_index: of that kind in the sightings.
        threshold: voted score at which an event begins.
        last: the shot's last frame and its time; a sighting stands for the frames up to the next one.
        shot: index of the shot, for the record.
    """
    scores = np.array([sighting.score(class_index) for sighting in sightings])
    times = np.array([sighting.time_s for sighting in sightings])
    voted = _vote(scores, times)
    runs = _join(_runs(voted, threshold), times)
    events = []
    for first, final in runs:
        end, end_s = _end_of(sightings, final, last)
        if end_s - times[first] < SHORTEST_S:
            continue
        peak = first + int(np.argmax(scores[first : final + 1]))
        events.append(
            Event(
                kind=kind,
                start=sightings[first].frame,
                end=end,
                peak=sightings[peak].frame,
                start_s=float(times[first]),
                end_s=end_s,
                peak_s=float(times[peak]),
                score=float(np.quantile(voted[first : final + 1], 0.75)),
                region=sightings[peak].region(class_index),
                shot=shot,
            )
        )
    return events


def _vote(scores: Array, times: Array) -> Array:
    """The median score within half a window on either side."""
    near = [np.abs(times - time) <= WINDOW_S / 2 for time in times]
    return np.array([np.median(scores[chosen]) for chosen in near])


def _runs(voted: Array, threshold: float) -> list[tuple[int, int]]:
    """Stretches that reach the threshold, widened to where the score falls below OFF_SHARE of it."""
    above = voted >= OFF_SHARE * threshold
    edges = np.flatnonzero(np.diff(np.concatenate([[False], above, [False]]).astype(int)))
    stretches = [(int(first), int(after) - 1) for first, after in edges.reshape(-1, 2)]
    return [(first, final) for first, final in stretches if voted[first : final + 1].max() >= threshold]


def _join(runs: list[tuple[int, int]], times: Array) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, final in runs:
        if joined and times[first] - times[joined[-1][1]] < LONGEST_GAP_S:
            joined[-1] = (joined[-1][0], final)
        else:
            joined.append((first, final))
    return joined


def _end_of(sightings: Sequence[Sighting], final: int, last: tuple[int, float]) -> tuple[int, float]:
    """The last frame a sighting stands for: the one before the next sighting, or the end of the shot."""
    if final + 1 == len(sightings):
        return last
    following = sightings[final + 1]
    return following.frame - 1, following.time_s
