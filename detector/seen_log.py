"""Which track was seen where: written down look by look, read track by track."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices
from detector.detections import Detections
from detector.spool import Spool
from detector.tracklets import Tracklet

ROW = np.dtype(
    [
        ("track", np.int32),
        ("step", np.int32),
        ("xyxy", np.float32, 4),
        ("score", np.float32),
        ("class_index", np.int32),
    ]
)


class SeenLog:
    """Boxes that were given to tracks, forth or back in time; 32 bytes each."""

    def __init__(self) -> None:
        self._rows = Spool(ROW)

    def add(self, tracks: Indices, step: int, found: Detections, boxes: Indices) -> None:
        """Write down that these tracks, by their numbers, are these boxes of picture `step`; at most once a picture."""
        rows = np.empty(len(tracks), ROW)
        rows["track"], rows["step"], rows["xyxy"] = tracks, step, found.xyxy[boxes]
        rows["score"], rows["class_index"] = found.scores[boxes], found.classes[boxes]
        self._rows.append(rows)

    def tracklets(self, count: int) -> list[Tracklet]:
        """What was written of each of the tracks 0 to count - 1; the log is empty then."""
        log, self._rows = self._rows, Spool(ROW)
        lengths = np.zeros(count, np.int64)
        for block in log.blocks():
            lengths += np.bincount(block["track"], minlength=count)
        by_track, ends = Spool(ROW), np.cumsum(lengths)
        by_track.reserve(len(log))
        _sort(log, by_track, ends, back=_is_back(log))
        rows = by_track.rows()
        return [
            Tracklet(*(rows[column][end - length : end] for column in ("step", "xyxy", "score", "class_index")))
            for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
        ]


def _is_back(log: Spool) -> bool:
    return bool(len(log)) and log.read(0, 1)["step"][0] > log.read(len(log) - 1, len(log))["step"][0]


def _sort(log: Spool, by_track: Spool, ends: NDArray[np.int64], back: bool) -> None:
    """Put the rows of a log where those of their track are, by time; `ends` are where the rows of each track end."""
    free = ends.copy() if back else np.concatenate([[0], ends])[:-1]  # where the next rows of each track go
    for block in log.blocks():
        block = block[np.lexsort((block["step"], block["track"]))]
        tracks, begins, lengths = np.unique(block["track"], return_index=True, return_counts=True)
        free[tracks] -= lengths * back
        places = np.arange(len(block)) + np.repeat(free[tracks] - begins, lengths)
        free[tracks] += lengths * (not back)
        edges = [0, *(np.flatnonzero(np.diff(places) != 1) + 1).tolist(), len(block)]
        for start, stop in pairwise(edges):
            by_track.put(int(places[start]), block[start:stop])
