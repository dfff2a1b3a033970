"""Detections of picture after picture, packed: 24 bytes a box and 8 a picture, on disk where they are many."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np

from detector.detections import Detections
from detector.spool import Spool

BOX = np.dtype([("xyxy", np.float32, 4), ("score", np.float32), ("class_index", np.int32)])


class PackedDetections(Sequence[Detections]):
    """A growing sequence of `Detections`, without what a network says of a whole picture."""

    def __init__(self, pictures: Iterable[Detections] = ()) -> None:
        self._boxes, self._ends = Spool(BOX), Spool(np.int64)  # where the boxes of each picture end, in boxes
        for found in pictures:
            self.append(found)

    def append(self, found: Detections) -> None:
        """Take those of the next picture."""
        boxes = np.empty(len(found), BOX)
        boxes["xyxy"], boxes["score"], boxes["class_index"] = found.xyxy, found.scores, found.classes
        self._boxes.append(boxes)
        self._ends.append(np.array([len(self._boxes)], np.int64))

    def take(self, count: int) -> "PackedDetections":
        """The first so many, which are then no longer here."""
        taken, rest = PackedDetections(), self[count:]
        taken._boxes, taken._ends = self._boxes, self._ends
        taken._boxes.truncate(taken._start(count))
        taken._ends.truncate(count)
        self._boxes, self._ends = rest._boxes, rest._ends
        return taken

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, chosen: int) -> Detections: ...

    @overload
    def __getitem__(self, chosen: slice) -> "PackedDetections": ...

    def __getitem__(self, chosen: int | slice) -> "Detections | PackedDetections":
        if isinstance(chosen, slice):
            return PackedDetections(self[index] for index in range(*chosen.indices(len(self))))
        index = range(len(self))[chosen]
        start, end = self._start(index), self._start(index + 1)
        if start == end:
            return Detections.none()
        boxes = self._boxes.read(start, end)
        return Detections(boxes["xyxy"].copy(), boxes["score"].copy(), boxes["class_index"].astype(np.int64))

    def __iter__(self) -> Iterator[Detections]:
        return (self[index] for index in range(len(self)))

    def _start(self, index: int) -> int:
        return int(self._ends.read(index - 1, index)[0]) if index else 0
