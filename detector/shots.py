"""Where one shot ends and the next begins, and which are no footage at all: titles, black, transitions.

Hard cuts come from PySceneDetect's AdaptiveDetector (Castellano, BSD-3), fed thumbnails as they are decoded; it weighs
each change against its neighbours, so a fast pan is no cut. Dips to white and short dissolves change too slowly for it:
they are found where the picture before and the picture after do not resemble each other while each resembles its own
past or future. A flash comes back to the same picture, so it is no boundary.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

THUMBNAIL_WIDTH_PX = 256
CUT_RATIO = 3.0
CUT_LEAST_CHANGE = 15.0
REACH_S = 0.32  # how far before and after a frame are compared
UNLIKE_ACROSS = 0.3  # correlation; found on the nine clips: boundaries lie below 0.25, pans above 0.38
UNLIKE_RUN = 0.5
ALIKE_WITHIN = 0.75
ALIKE_AFTER_FLASH = 0.95
STRONG_SHARE = 0.4  # of the strongest change of a transition: a change below it lies outside
FLAT_DEVIATION = 4.0  # grey levels; below it a picture shows nothing, and hazy footage lies above 10
BLACK_LEVEL = 32.0
STILL_CHANGE = 0.4  # grey levels of the cell that changes most; on a title card nothing moves anywhere
SHORTEST_TITLE_S = 0.4

ShotKind = Literal["footage", "title", "black", "transition"]
_Boundary = Literal["cut", "transition", "settled"]


@dataclass(frozen=True)
class ShotSpan:
    """A run of frames between two boundaries, first and last frame inclusive.

    Attributes:
        thumbnails: grey 32x32 float32 pictures of its start, middle and end, to recognise the place again.
    """

    start: int
    end: int
    kind: ShotKind
    thumbnails: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class _Look:
    """What is kept of one frame until its shot is known."""

    index: int
    level: float
    deviation: float
    change: float
    most_change: float
    tiny: NDArray[np.float32]


def thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The small BGR picture that shot detection and camera motion look at."""
    height, width = image.shape[:2]
    size = (THUMBNAIL_WIDTH_PX, max(16, round(height * THUMBNAIL_WIDTH_PX / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class ShotFinder:
    """Splits a stream of frames into shots; a shot is given out about a second after its end."""

    frame_rate: float
    _looks: list[_Look] = field(default_factory=list)  # of frames not given out yet, and a few before them
    _boundaries: dict[int, _Boundary] = field(default_factory=dict)  # by the first frame of what begins there
    _unlike: list[tuple[int, float]] = field(default_factory=list)  # the run of unlike frames that is going on
    _given_out: int = 0  # frames before this are done

    def __post_init__(self) -> None:
        self._detector = AdaptiveDetector(CUT_RATIO, min_scene_len=3, min_content_val=CUT_LEAST_CHANGE)
        self._rate = Fraction(self.frame_rate).limit_denominator(100_000)
        self._reach = min(20, max(4, round(REACH_S * self.frame_rate)))
        self._previous: NDArray[np.float32] | None = None

    def update(self, index: int, small: NDArray[np.uint8]) -> list[ShotSpan]:
        """Take the next frame's thumbnail; return the shots that are now known to be over, in order."""
        if not self._looks:
            self._given_out = index
        self._looks.append(self._look(index, small))
        for cut in self._detector.process_frame(FrameTimecode(index, fps=self._rate), small):
            self._boundaries[cut.frame_num] = "cut"
        self._compare_around(len(self._looks) - 1 - 2 * self._reach)
        return self._give_out(index - 5 * self._reach)

    def finish(self) -> list[ShotSpan]:
        """The clip is over: return what is left."""
        if not self._looks:
            return []
        self._end_unlike_run()
        end = self._looks[-1].index + 1
        self._boundaries[end] = "settled"
        return self._give_out(end)

    def _look(self, index: int, small: NDArray[np.uint8]) -> _Look:
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
        difference = np.zeros_like(grey) if self._previous is None else np.abs(grey - self._previous)
        self._previous = grey
        most_change = float(cv2.resize(difference, (32, 32), interpolation=cv2.INTER_AREA).max())
        tiny = np.asarray(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA), np.float32)
        blurred = np.asarray(cv2.GaussianBlur(tiny, (0, 0), 1.0), np.float32)
        return _Look(index, float(grey.mean()), float(grey.std()), float(difference.mean()), most_change, blurred)

    def _compare_around(self, position: int) -> None:
        """Compare the picture `reach` before with the one `reach` after the look at this position."""
        if position < self._reach:
            return
        likeness = self._likeness(position - self._reach, position + self._reach)
        if likeness < UNLIKE_RUN:
            self._unlike.append((self._looks[position].index, likeness))
        else:
            self._end_unlike_run()

    def _end_unlike_run(self) -> None:
        """A run of unlike frames is over: was it a boundary that is no hard cut?"""
        run, self._unlike = self._unlike, []
        if not run or min(likeness for _, likeness in run) > UNLIKE_ACROSS:
            return
        middle = (run[0][0] + run[-1][0]) // 2 - self._looks[0].index
        reach = self._reach
        steady_before = self._likeness(middle - reach, middle - 2 * reach) > ALIKE_WITHIN
        steady_after = self._likeness(middle + reach, middle + 2 * reach) > ALIKE_WITHIN
        if steady_before and steady_after:
            self._mark_transition(middle)

    def _mark_transition(self, middle: int) -> None:
        """Put the boundaries where the unusual changes around this look begin and end."""
        around = self._looks[max(0, middle - self._reach) : middle + self._reach + 1]
        usual = float(np.median([look.change for look in around]))
        first = last = max(range(len(around)), key=lambda i: around[i].change)
        strong = max(2.0 * usual + 1.0, STRONG_SHARE * around[first].change)
        if around[first].change < strong:
            return
        while first > 0 and around[first - 1].change >= strong:
            first -= 1
        while last < len(around) - 1 and around[last + 1].change >= strong:
            last += 1
        for look in around[first : last + 1]:
            self._boundaries.pop(look.index, None)
        if last > first:
            self._boundaries[around[first].index] = "transition"
        self._boundaries[around[last].index] = "settled"

    def _comes_back(self, boundary: int) -> bool:
        """Whether the picture soon after is the one before: then it was a flash."""
        position = boundary - self._looks[0].index
        if not 1 <= position < len(self._looks) - 1:
            return False
        return self._likeness(position - 1, position + self._reach) > ALIKE_AFTER_FLASH

    def _likeness(self, a: int, b: int) -> float:
        last = len(self._looks) - 1
        return correlation(self._looks[min(max(a, 0), last)].tiny, self._looks[min(max(b, 0), last)].tiny)

    def _give_out(self, final_before: int) -> list[ShotSpan]:
        """Close every shot whose end lies where no earlier boundary can be found any more."""
        spans: list[ShotSpan] = []
        for boundary in sorted(b for b in self._boundaries if self._given_out < b <= final_before):
            if self._boundaries[boundary] == "cut" and self._comes_back(boundary):
                del self._boundaries[boundary]
                continue
            run = [look for look in self._looks if self._given_out <= look.index < boundary]
            spans.append(self._span(run, self._boundaries.get(self._given_out) == "transition"))
            self._given_out = boundary
        if spans:
            self._boundaries = {b: t for b, t in self._boundaries.items() if b >= self._given_out}
            keep = self._given_out - 3 * self._reach
            self._looks = [look for look in self._looks if look.index >= keep]
        return spans

    def _span(self, run: list[_Look], transition: bool) -> ShotSpan:
        middle = run[len(run) // 2]
        kind: ShotKind = "transition" if transition else self._kind(run)
        return ShotSpan(run[0].index, run[-1].index, kind, (run[0].tiny, middle.tiny, run[-1].tiny))

    def _kind(self, run: list[_Look]) -> ShotKind:
        if float(np.median([look.deviation for look in run])) < FLAT_DEVIATION:
            return "black" if float(np.median([look.level for look in run])) < BLACK_LEVEL else "title"
        changes = [look.most_change for look in run[1:]]
        long_enough = len(run) >= SHORTEST_TITLE_S * self.frame_rate
        if changes and long_enough and float(np.quantile(changes, 0.9)) < STILL_CHANGE:
            return "title"
        return "footage"


def same_place(one: ShotSpan, other: ShotSpan) -> bool:
    """Whether two shots look like the same view: some thumbnail of one correlates with some of the other."""
    return any(correlation(a, b) > 0.85 for a in one.thumbnails for b in other.thumbnails)


def correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Of two grey pictures of the same size, float32, from -1 to 1; about 0 where one shows nothing."""
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))
