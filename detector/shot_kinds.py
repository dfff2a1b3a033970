"""What kind of a shot it is, black, a title card or footage, from counts that take the same room however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

FLAT_DEVIATION = 4.0  # grey levels; below it a picture shows nothing, and hazy footage lies above 10
BLACK_LEVEL = 32.0
STILL_CHANGE = 0.4  # grey levels of the cell that changes most; on a title card nothing moves anywhere
STILL_SHARE = 0.9
SHORTEST_TITLE_S = 0.4
CELLS = (32, 32)
MOST_KEPT = 64

ShotKind = Literal["footage", "title", "black", "transition"]
Thumbnail = NDArray[np.float32]


@dataclass(frozen=True)
class Measures:
    """Of one picture: mean, deviation and the change of the cell that changes most, in grey levels; a (32, 32) view."""

    level: float
    deviation: float
    most_change: float
    tiny: Thumbnail


def measure(grey: NDArray[np.uint8], previous: NDArray[np.uint8] | None) -> Measures:
    """Of a grey thumbnail and the one before it; without one, or with one of another size, nothing has changed."""
    mean, deviation = cv2.meanStdDev(grey)
    most_change = 0.0
    if previous is not None and previous.shape == grey.shape:
        difference = np.asarray(cv2.absdiff(grey, previous), np.float32)
        most_change = float(cv2.resize(difference, CELLS, interpolation=cv2.INTER_AREA).max())
    cells = cv2.resize(np.asarray(grey, np.float32), CELLS, interpolation=cv2.INTER_AREA)
    tiny = np.asarray(cv2.GaussianBlur(cells, (0, 0), 1.0), np.float32)
    return Measures(float(mean[0, 0]), float(deviation[0, 0]), most_change, tiny)


@dataclass
class ShotTally:
    """Counts over the frames of the shot that is going on, and a few dozen of its views spread over it."""

    frames: int = 0
    _flat: int = 0
    _dark: int = 0
    _still: int = 0
    _every: int = 1
    _kept: list[Thumbnail] = field(default_factory=list)
    _last: Thumbnail | None = None

    def add(self, measures: Measures) -> None:
        self._flat += measures.deviation < FLAT_DEVIATION
        self._dark += measures.level < BLACK_LEVEL
        self._still += self.frames > 0 and measures.most_change < STILL_CHANGE
        if self.frames % self._every == 0:
            self._kept.append(measures.tiny)
            if len(self._kept) > MOST_KEPT:
                self._kept = self._kept[::2]
                self._every *= 2
        self._last = measures.tiny
        self.frames += 1

    def kind(self, frame_rate: float) -> ShotKind:
        """Of all but transitions, which are known by their boundaries."""
        if 2 * self._flat > self.frames:
            return "black" if 2 * self._dark > self.frames else "title"
        changes = self.frames - 1
        if changes and self.frames >= SHORTEST_TITLE_S * frame_rate and self._still >= STILL_SHARE * changes:
            return "title"
        return "footage"

    def thumbnails(self) -> Sequence[Thumbnail]:
        """Views of the start, about the middle, and the end."""
        middle = min(round(self.frames / 2 / self._every), len(self._kept) - 1)
        return [self._kept[0], self._kept[middle], self._kept[-1] if self._last is None else self._last]
