"""Which track was seen where: written down look by look, read track by track."""

import numpy as np

from detector.assignment import Indices
from detector.detections import Detections
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
    """Boxes that were given to tracks; 32 bytes each."""

    def __init__(self) -> None:
        self._rows = bytearray()

    def add(self, tracks: Indices, step: int, found: Detections, boxes: Indices) -> None:
        """Write down that these tracks, by their numbers, are these boxes of picture `step`; at most once a picture."""
        rows = np.empty(len(tracks), ROW)
        rows["track"], rows["step"], rows["xyxy"] = tracks, step, found.xyxy[boxes]
        rows["score"], rows["class_index"] = found.scores[boxes], found.classes[boxes]
        self._rows += rows.tobytes()

    def tracklets(self, count: int) -> list[Tracklet]:
        """What was written of each of the tracks 0 to count - 1; the log is empty then."""
        rows = np.frombuffer(self._rows, ROW)
        order = np.lexsort((rows["step"], rows["track"]))
        ends = np.searchsorted(rows["track"], np.arange(1, count), sorter=order)
        self._rows = bytearray()
        return [
            Tracklet(*(rows[column][own] for column in ("step", "xyxy", "score", "class_index")))
            for own in np.split(order, ends)[:count]
        ]
