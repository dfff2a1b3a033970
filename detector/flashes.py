"""Explosions and other fire of a moment, which a vote over time would take for a flicker.

A cheap cue says in which frames something lit up, so that the network looks at just these too; where it then sees fire
that was not there in the look before, it is a flash. The cue counts pixels of the thumbnail that turned bright and more
red than blue at once (fire by colour: Çelik and Demirel 2009). Edges of warm-coloured things that move do so too: only
a count far above what is usual says anything.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.event_votes import OFF_SHARE, SIGHTINGS_KEPT, on_ground, says_of
from detector.sightings import Sighting

BRIGHTER = 40  # levels of 255 by which red rises
BRIGHT = 150
REDDER = 40  # levels by which red exceeds blue
FEWEST_PIXELS = 6  # of the thumbnail
TIMES_USUAL = 4.0
MEMORY_FRAMES = 8.0

Array = NDArray[np.float64]


class FlashCue:
    """Feeds on the BGR thumbnails of consecutive frames."""

    def __init__(self) -> None:
        self._previous: NDArray[np.uint8] | None = None
        self._usual = 0.0

    def update(self, small: NDArray[np.uint8]) -> bool:
        """Whether something lit up in this frame; never in the first."""
        previous, self._previous = self._previous, small
        if previous is None or previous.shape != small.shape:
            return False
        lit = _lit_pixels(previous, small)
        sudden = lit >= FEWEST_PIXELS and lit > TIMES_USUAL * self._usual
        self._usual += (lit - self._usual) / MEMORY_FRAMES
        return sudden


def _lit_pixels(previous: NDArray[np.uint8], small: NDArray[np.uint8]) -> int:
    red = cv2.extractChannel(small, 2)
    rise = cv2.threshold(cv2.subtract(red, cv2.extractChannel(previous, 2)), BRIGHTER - 1, 255, cv2.THRESH_BINARY)[1]
    if not cv2.hasNonZero(rise):
        return 0
    warm = cv2.inRange(cv2.subtract(red, cv2.extractChannel(small, 0)), REDDER, 255)
    bright = cv2.inRange(red, BRIGHT, 255)
    return cv2.countNonZero(cv2.bitwise_and(rise, cv2.bitwise_and(warm, bright)))


def flash_runs(
    sightings: Sequence[Sighting], threshold: float, to_ground: Mapping[int, Array]
) -> list[tuple[int, int]]:
    """First and last sighting of each flash, in order.

    One begins with fire that reaches the threshold in a frame where something lit up, and that was not in its place in
    the look before; it lasts until the fire is gone from there.
    """
    places_of = lru_cache(SIGHTINGS_KEPT)(
        lambda number: on_ground(sightings[number], "fire", OFF_SHARE * threshold, to_ground)
    )
    runs: list[tuple[int, int]] = []
    for index in range(1, len(sightings)):
        if not sightings[index].lit:
            continue
        boxes, scores = places_of(index)
        new = boxes[(scores >= threshold) & (says_of(boxes, *places_of(index - 1)) == 0)]
        if not len(new):
            continue
        last = index
        while last + 1 < len(sightings) and says_of(new, *places_of(last + 1)).any():
            last += 1
        runs.append((index, last))
    return runs
