"""Where one shot ends and the next begins, and which are no footage at all: titles, black, transitions.

Thumbnails are looked at as they are decoded: `shot_boundaries` says where the picture becomes another, `shot_kinds`
what a shot between two boundaries is. A shot is given out a few seconds after its end, since a boundary only counts
where the picture before it does not come back; and the frames of an open shot are counted, not kept.
"""

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.shot_boundaries import Boundary, BoundaryFinder
from detector.shot_kinds import Measures, ShotKind, ShotTally, measure
from detector.shot_looks import look_at

__all__ = ["ShotFinder", "ShotKind", "ShotSpan", "correlation", "same_place", "thumbnail"]

THUMBNAIL_WIDTH_PX, THUMBNAIL_TALLEST_PX = 256, 1024  # a picture one pixel wide would fill the memory
SAME_PLACE = 0.85
CHECKED_EVERY = 5  # frames


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


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the thumbnail of a picture; of one more than four times as tall as wide it is squeezed."""
    return THUMBNAIL_WIDTH_PX, min(max(16, round(height * THUMBNAIL_WIDTH_PX / width)), THUMBNAIL_TALLEST_PX)


def thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The small BGR picture that shot detection looks at.

    Args:
        image: a frame, or what `motion_picture` makes of it: nearly the same thumbnail, a quarter of the time at 1080p.
    """
    size = thumbnail_size(image.shape[1], image.shape[0])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class ShotFinder:
    """Splits a stream of frames into shots; a shot is given out a few seconds after its end."""

    frame_rate: float
    _waiting: deque[tuple[int, Measures]] = field(default_factory=deque)  # frames whose shot is not known yet
    _previous: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        self._boundaries = BoundaryFinder(self.frame_rate)
        self._open = _OpenShot()

    def update(self, index: int, small: NDArray[np.uint8]) -> list[ShotSpan]:
        """Take the next frame's thumbnail; return the shots that are now known to be over, in order."""
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        self._waiting.append((index, measure(grey, self._previous)))
        self._previous = grey
        self._boundaries.update(look_at(index, grey))
        if index % CHECKED_EVERY:
            return []
        settled = self._boundaries.settled()
        return self._close(self._boundaries.take(settled), settled)

    def finish(self) -> list[ShotSpan]:
        """The clip is over: return what is left."""
        if not self._waiting:
            return []
        spans = self._close(self._boundaries.finish(), self._waiting[-1][0] + 1)
        return [*spans, self._open.span(self.frame_rate)] if self._open.tally.frames else spans

    def _close(self, boundaries: list[Boundary], settled: int) -> list[ShotSpan]:
        """Count the settled frames and those of the boundaries; a shot ends where the next begins."""
        spans: list[ShotSpan] = []
        for start, transition in [begin for boundary in boundaries for begin in boundary.begins()]:
            self._count_before(start)
            if self._open.tally.frames:
                spans.append(self._open.span(self.frame_rate))
            self._open = _OpenShot(transition=transition)
        self._count_before(settled)
        return spans

    def _count_before(self, index: int) -> None:
        while self._waiting and self._waiting[0][0] < index:
            self._open.add(*self._waiting.popleft())


@dataclass
class _OpenShot:
    """The shot that is going on."""

    transition: bool = False
    tally: ShotTally = field(default_factory=ShotTally)
    start: int = 0
    end: int = 0

    def add(self, index: int, measures: Measures) -> None:
        if not self.tally.frames:
            self.start = index
        self.end = index
        self.tally.add(measures)

    def span(self, frame_rate: float) -> ShotSpan:
        kind: ShotKind = "transition" if self.transition else self.tally.kind(frame_rate)
        return ShotSpan(self.start, self.end, kind, tuple(self.tally.thumbnails()))


def same_place(one: ShotSpan, other: ShotSpan) -> bool:
    """Whether two shots look like the same view: some thumbnail of one correlates with some of the other."""
    return any(correlation(a, b) > SAME_PLACE for a in one.thumbnails for b in other.thumbnails)


def correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Of two grey pictures of the same size, float32, from -1 to 1; about 0 where one shows nothing."""
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))
