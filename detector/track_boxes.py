"""The boxes of one track, number beside number: an hour of a vehicle is a few megabytes, and as objects fifty."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

AT_A_TIME = 1024  # boxes that are made into objects in one go


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


@dataclass(frozen=True, eq=False)
class TrackBoxes(Sequence[TrackBox]):
    """A sequence of `TrackBox`, held as columns of the same length; see there.

    Attributes:
        frames: int64, ascending. times_s: float64. Both may be views of what all tracks of a shot share.
        xyxy: (n, 4) float64.
        scores: float64. classes: int32.
        filled, looked_at: bool.
    """

    frames: NDArray[np.int64]
    times_s: NDArray[np.float64]
    xyxy: NDArray[np.float64]
    scores: NDArray[np.float64]
    classes: NDArray[np.int32]
    filled: NDArray[np.bool_]
    looked_at: NDArray[np.bool_]

    @staticmethod
    def of(boxes: Iterable[TrackBox]) -> "TrackBoxes":
        """From boxes in order."""
        rows = list(boxes)
        return TrackBoxes(
            np.array([box.frame for box in rows], np.int64),
            np.array([box.time_s for box in rows], np.float64),
            np.array([box.xyxy for box in rows], np.float64).reshape(-1, 4),
            np.array([box.score for box in rows], np.float64),
            np.array([box.class_index for box in rows], np.int32),
            np.array([box.filled for box in rows], np.bool_),
            np.array([box.looked_at for box in rows], np.bool_),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TrackBoxes):
            return NotImplemented
        return all(map(np.array_equal, self._columns(), other._columns()))

    def __len__(self) -> int:
        return len(self.frames)

    def __iter__(self) -> Iterator[TrackBox]:
        for start in range(0, len(self), AT_A_TIME):
            columns = self[start : start + AT_A_TIME]._columns()
            for frame, time_s, xyxy, *rest in zip(*(column.tolist() for column in columns), strict=True):
                yield TrackBox(frame, time_s, tuple(xyxy), *rest)

    @overload
    def __getitem__(self, chosen: int) -> TrackBox: ...

    @overload
    def __getitem__(self, chosen: slice) -> "TrackBoxes": ...

    def __getitem__(self, chosen: int | slice) -> "TrackBox | TrackBoxes":
        if isinstance(chosen, slice):
            return TrackBoxes(*(column[chosen] for column in self._columns()))
        frame, time_s, xyxy, *rest = (column[chosen].tolist() for column in self._columns())
        return TrackBox(frame, time_s, tuple(xyxy), *rest)

    def between(self, start: int, stop: int) -> slice:
        """Which of them are in the frames from `start` to before `stop`."""
        first, last = np.searchsorted(self.frames, (start, stop))
        return slice(int(first), int(last))

    def numbers_of(self, frames: Sequence[int]) -> NDArray[np.int64]:
        """The numbers of those in some frames, which ascend."""
        wanted = np.asarray(frames, np.int64)
        there = np.searchsorted(self.frames, wanted)
        there = there[there < len(self)]
        return np.asarray(there[self.frames[there] == wanted[: len(there)]], np.int64)

    def _columns(self) -> tuple[NDArray[Any], ...]:
        return tuple(getattr(self, column.name) for column in fields(self))
