"""Tracks of shots that are over, on disk until all shots are known: only then is it clear which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.by_frame import ByFrame
from detector.spool import Spool, one_by_one
from detector.track_boxes import TrackBoxes
from detector.tracking import Track

ROW = np.dtype(
    [
        ("frame", np.int64),
        ("time_s", np.float64),
        ("xyxy", np.float64, 4),
        ("score", np.float64),
        ("class_index", np.int32),
        ("filled", np.bool_),
        ("looked_at", np.bool_),
    ],
    align=True,
)
BOXES_AT_A_TIME = 1024


@dataclass(frozen=True)
class KeptTracks:
    """Where those of one shot are: `starts` and the `end` are rows; ids count on from the first."""

    first_id: int
    starts: tuple[int, ...]
    end: int


class TrackStore:
    """Holds 64 bytes a box in a temporary file."""

    def __init__(self) -> None:
        self._rows = Spool(ROW)

    def keep(self, tracks: Sequence[Track]) -> KeptTracks:
        """Take the tracks of one shot, whose ids count on from the first."""
        starts = []
        for track in one_by_one(tracks):
            starts.append(len(self._rows))
            for start in range(0, len(track.boxes), BOXES_AT_A_TIME):
                self._rows.append(_rows_of(track.boxes[start : start + BOXES_AT_A_TIME]))
        return KeptTracks(tracks[0].id if tracks else 0, tuple(starts), len(self._rows))

    def tracks(self, kept: KeptTracks) -> list[Track]:
        """The same tracks again."""
        if not kept.starts:
            return []
        first = kept.starts[0]
        rows = self._rows.rows(first, kept.end)
        places = zip(kept.starts, [*kept.starts[1:], kept.end], strict=True)
        return [
            Track(kept.first_id + index, _boxes_of(rows[start - first : end - first]))
            for index, (start, end) in enumerate(places)
        ]


def times_of_tracks(tracks: Sequence[Track]) -> ByFrame[float]:
    """Time of every frame from the first that shows a track to the last, as far as one is in it."""
    first, last = min((track.first for track in tracks), default=0), max((track.last for track in tracks), default=-1)
    times_s = np.full(last - first + 1, np.nan)
    for track in one_by_one(tracks):
        times_s[track.boxes.frames - first] = track.boxes.times_s
    return ByFrame(np.arange(first, last + 1), times_s)


def _rows_of(boxes: TrackBoxes) -> NDArray[np.void]:
    rows = np.empty(len(boxes), ROW)
    rows["frame"], rows["time_s"], rows["xyxy"] = boxes.frames, boxes.times_s, boxes.xyxy
    rows["score"], rows["class_index"] = boxes.scores, boxes.classes
    rows["filled"], rows["looked_at"] = boxes.filled, boxes.looked_at
    return rows


def _boxes_of(rows: NDArray[np.void]) -> TrackBoxes:
    return TrackBoxes(
        frames=rows["frame"],
        times_s=rows["time_s"],
        xyxy=rows["xyxy"],
        scores=rows["score"],
        classes=rows["class_index"],
        filled=rows["filled"],
        looked_at=rows["looked_at"],
    )
