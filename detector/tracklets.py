"""Pieces of tracks within one shot: the boxes seen, ghosts told from vehicles, and the boxes missing in between."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices
from detector.boxes import Array, moved, to_centres, to_corners
from detector.spool import Spool, one_by_one

SHORTEST_TRACK_FRAMES = 3
SHORTEST_TRACK_S = 0.1

GAPS_KEPT = 2048
BOXES_AT_A_TIME = 1024


@dataclass(frozen=True, eq=False)
class Tracklet:
    """An unbroken identity; entry i of each array belongs to the picture number steps[i] of the shot.

    Attributes:
        steps: (n,) integers, ascending, counted from 0 at the shot's first picture.
        xyxy: (n, 4) upright pixels; float32 as they were found, float64 once they were smoothed.
        scores: (n,) 0 to 1.
        classes: (n,) index into the network's class names.
    """

    steps: NDArray[np.integer[Any]]
    xyxy: NDArray[np.floating[Any]]
    scores: NDArray[np.floating[Any]]
    classes: NDArray[np.integer[Any]]

    @staticmethod
    def joined(parts: Sequence["Tracklet"]) -> "Tracklet":
        """One that follows another, and so on; a single one as it is."""
        if len(parts) == 1:
            return parts[0]
        return Tracklet(
            np.concatenate([part.steps for part in parts]),
            np.concatenate([part.xyxy for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.classes for part in parts]),
        )

    def __getitem__(self, chosen: slice | Indices) -> "Tracklet":
        return Tracklet(self.steps[chosen], self.xyxy[chosen], self.scores[chosen], self.classes[chosen])

    def parts(self) -> Iterator["Tracklet"]:
        """The same, some boxes at a time; what had to be taken in for one part is let go before the next."""
        starts = range(0, len(self.steps), BOXES_AT_A_TIME)
        return one_by_one(self[start : start + BOXES_AT_A_TIME] for start in starts)

    def centres(self) -> Array:
        """(n, 4) centres and sizes."""
        return to_centres(self.xyxy.astype(np.float64))


class Motions:
    """A growing sequence of (3, 3) float64 affines, on disk where they are many; a slice is a copy, (n, 3, 3)."""

    def __init__(self) -> None:
        self._rows = Spool(np.dtype((np.float64, (3, 3))))

    def append(self, motion: Array) -> None:
        self._rows.append(motion.astype(np.float64))

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, chosen: int) -> Array: ...

    @overload
    def __getitem__(self, chosen: slice) -> Array: ...

    def __getitem__(self, chosen: int | slice) -> Array:
        if isinstance(chosen, slice):
            start, stop, step = chosen.indices(len(self))
            return self._rows.read(start, max(start, stop))[::step]
        index = range(len(self))[chosen]
        return np.asarray(self._rows.read(index, index + 1)[0], np.float64)


@dataclass
class Shot:
    """When the pictures of a shot were taken, and how the camera moved.

    Attributes:
        clock_s: strictly rising seconds, one entry a picture.
        motions: (3, 3) float64 affines, one a picture: from the picture before to this one. The first is never used.
    """

    clock_s: MutableSequence[float] = field(default_factory=lambda: array("d"))
    motions: Motions | list[Array] = field(default_factory=Motions)


def motion_between(shot: Shot, start: int, stop: int) -> Array:
    """The (3, 3) affine from picture `start` to picture `stop`, in either direction of time."""
    forward = np.eye(3)
    for motion in shot.motions[min(start, stop) + 1 : max(start, stop) + 1]:
        forward = motion @ forward
    return forward if start <= stop else np.asarray(np.linalg.inv(forward), np.float64)


def without_ghosts(tracklets: Sequence[Tracklet], shot: Shot, confident_score: float) -> list[Tracklet]:
    """Those that are not seen in too few pictures to be believed, or are but once with confidence.

    Too few is less than three pictures or a tenth of a second, whichever is more, but never more than the shot has.
    """
    pictures = len(shot.clock_s)
    usual_s = float(np.median(np.diff(shot.clock_s))) if pictures > 1 else SHORTEST_TRACK_S
    enough = min(max(SHORTEST_TRACK_FRAMES, round(SHORTEST_TRACK_S / usual_s)), pictures)
    return [piece for piece in tracklets if len(piece.steps) >= enough or float(piece.scores.max()) >= confident_score]


class GapFiller:
    """Boxes for the pictures of a shot in which a track was not seen, between two in which it was.

    A filled box lies on the straight line, in the reference frame of the ground, between the boxes around the gap.
    Where not every picture is looked at, many tracks have the same gaps: how the camera moved in them is kept.
    """

    def __init__(self, shot: Shot) -> None:
        self._motions_in = lru_cache(GAPS_KEPT)(partial(_motions_in_gap, shot))

    def filled(self, tracklet: Tracklet) -> tuple[Array, NDArray[np.bool_]]:
        """Boxes of every picture from the first to the last of a track.

        Returns:
            (n, 4) xyxy, and (n,) whether they were seen.
        """
        places = np.asarray(tracklet.steps, np.int64) - int(tracklet.steps[0])
        xyxy, seen = np.empty((int(places[-1]) + 1, 4)), np.zeros(int(places[-1]) + 1, np.bool_)
        xyxy[places], seen[places] = tracklet.xyxy, True
        gaps = np.flatnonzero(np.diff(places) > 1)
        if len(gaps):
            starts, stops = tracklet.steps[gaps].tolist(), tracklet.steps[gaps + 1].tolist()
            motions = [self._motions_in(*gap) for gap in zip(starts, stops, strict=True)]
            lengths = [len(each[0]) for each in motions]
            onward, back, share = (np.concatenate(part) for part in zip(*motions, strict=True))
            before = np.repeat(to_centres(tracklet.xyxy[gaps].astype(np.float64)), lengths, axis=0)
            after = np.repeat(to_centres(tracklet.xyxy[gaps + 1].astype(np.float64)), lengths, axis=0)
            box = (1 - share) * moved(before, onward) + share * moved(after, back)
            xyxy[np.flatnonzero(~seen)] = to_corners(box)
        return xyxy, seen


def _motions_in_gap(shot: Shot, start: int, stop: int) -> tuple[Array, Array, Array]:
    """For each picture between two: (k, 3, 3) affines from the first and from the last of them to it, and (k, 1) how
    far in time it is from the first to the last, as a share.
    """
    onward, back = [np.eye(3)], [motion_between(shot, stop, start)]
    for motion in shot.motions[start + 1 : stop]:
        onward.append(motion @ onward[-1])
        back.append(motion @ back[-1])
    times_s = np.asarray(shot.clock_s[start + 1 : stop])
    share = (times_s - shot.clock_s[start]) / (shot.clock_s[stop] - shot.clock_s[start])
    return np.stack(onward[1:]), np.stack(back[1:]), share[:, None]


def beyond(tracklet: Tracklet, shot: Shot, looked: Sequence[int] | Indices) -> tuple[range, range]:
    """The pictures before the first box and after the last that it is carried to: half way to the next look.

    Where no look lies beyond, to the end of the shot. None at all where every picture is looked at.

    Args:
        tracklet: its steps are among those looked at.
        shot: of all pictures.
        looked: steps that were looked at, ascending.
    """
    first, last, clock_s = int(tracklet.steps[0]), int(tracklet.steps[-1]), shot.clock_s
    earlier, later = bisect_left(looked, first), bisect_right(looked, last)
    start, stop = 0, len(clock_s)
    if earlier:
        start = bisect_right(clock_s, (clock_s[looked[earlier - 1]] + clock_s[first]) / 2)
    if later < len(looked):
        stop = bisect_left(clock_s, (clock_s[looked[later]] + clock_s[last]) / 2)
    return range(start, first), range(last + 1, stop)
