"""From the boxes in which a vehicle was seen to boxes for every picture that its track is in, seen or not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices
from detector.boxes import Array, moved, to_centres, to_corners
from detector.spool import Spool, one_by_one
from detector.track_boxes import TrackBoxes
from detector.tracklets import BOXES_AT_A_TIME, GapFiller, Shot, Tracklet, beyond, motion_between

CORNERS = np.dtype((np.float64, 4))
REST = np.dtype([("score", np.float64), ("class_index", np.int32), ("filled", np.bool_)], align=True)


def finish(
    tracklets: Sequence[Tracklet], frames: Indices, times_s: Array, pictures: Shot, looked: Indices
) -> list[TrackBoxes]:
    """The boxes of each track; carried to the pictures before the first and after the last that were not looked at.

    Args:
        tracklets: whole ones; their steps count the pictures that were looked at.
        frames, times_s: (n,) of all pictures of the shot.
        pictures: how the camera moved in them.
        looked: which of them were looked at.
    """
    finisher, ranges = _Finisher(pictures, looked), []
    for tracklet in one_by_one(tracklets):
        ranges.append(finisher.add(tracklet))
    xyxy, rest = finisher.corners.rows(), finisher.rest.rows()
    looked_at = np.zeros(len(frames), np.bool_)
    looked_at[looked] = True
    found, start = [], 0
    for chosen in ranges:
        own = slice(start, start + chosen.stop - chosen.start)
        found.append(
            TrackBoxes(
                frames=frames[chosen],
                times_s=times_s[chosen],
                xyxy=xyxy[own],
                scores=rest["score"][own],
                classes=rest["class_index"][own],
                filled=rest["filled"][own],
                looked_at=looked_at[chosen],
            )
        )
        start = own.stop
    return found


class _Finisher:
    """Writes down the boxes of one track after the other, all pictures of a track in order."""

    def __init__(self, pictures: Shot, looked: Indices) -> None:
        self.corners, self.rest = Spool(CORNERS), Spool(REST)
        self._pictures, self._looked = pictures, looked
        self._gaps = GapFiller(pictures)

    def add(self, tracklet: Tracklet) -> slice:
        """Write down those of one track; the pictures that it is in."""
        ends = replace(tracklet[np.array([0, -1])], steps=self._looked[tracklet.steps[[0, -1]]])
        before, after = beyond(ends, self._pictures, self._looked)
        for step in before:
            self._write(self._carried(ends, 0, step), ends[:1], np.zeros(1, np.int64), filled=True)
        for part, is_last in _overlapping(tracklet):
            xyxy, seen = self._gaps.filled(replace(part, steps=self._looked[part.steps]))
            chosen = slice(None if is_last else -1)
            self._write(xyxy[chosen], part, np.cumsum(seen)[chosen] - 1, ~seen[chosen])
        for step in after:
            self._write(self._carried(ends, -1, step), ends[1:], np.zeros(1, np.int64), filled=True)
        return slice(before.start, after.stop)

    def _write(self, xyxy: Array, like: Tracklet, numbers: Indices, filled: NDArray[np.bool_] | bool) -> None:
        """Boxes that are those of a tracklet with these numbers, or have their score and class."""
        rest = np.empty(len(xyxy), REST)
        rest["score"], rest["class_index"], rest["filled"] = like.scores[numbers], like.classes[numbers], filled
        self.corners.append(xyxy)
        self.rest.append(rest)

    def _carried(self, ends: Tracklet, index: int, step: int) -> Array:
        """(1, 4) xyxy of a box in another picture, if it stands where it is over the ground."""
        motion = motion_between(self._pictures, int(ends.steps[index]), step)
        box = ends.xyxy[[index]].astype(np.float64)
        return to_corners(moved(to_centres(box), motion))


def _overlapping(tracklet: Tracklet) -> Iterator[tuple[Tracklet, bool]]:
    """Parts of which each begins with the last box of the one before; whether it is the last part."""
    last = len(tracklet.steps) - 1
    for start in range(0, max(last, 1), BOXES_AT_A_TIME):
        yield tracklet[start : start + BOXES_AT_A_TIME + 1], start + BOXES_AT_A_TIME >= last
