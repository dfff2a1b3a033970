"""Tracklets that are put together from parts, one after the other, on disk where they are many."""

from collections.abc import Iterable

import numpy as np

from detector.spool import Spool
from detector.tracklets import Tracklet


class TrackletSpool:
    """Takes one tracklet after the other, and gives all of them back."""

    def __init__(self) -> None:
        self._rows: Spool | None = None  # as the first one has them
        self._ends: list[int] = []

    def add(self, parts: Iterable[Tracklet]) -> None:
        """One tracklet, of parts that follow one another in time; at least one box."""
        for whole in parts:
            for part in whole.parts():
                columns = {"step": part.steps, "xyxy": part.xyxy, "score": part.scores, "class_index": part.classes}
                if self._rows is None:
                    self._rows = Spool([(name, each.dtype, each.shape[1:]) for name, each in columns.items()])
                rows = np.empty(len(part.steps), self._rows.dtype)
                for name, each in columns.items():
                    rows[name] = each
                self._rows.append(rows)
        assert self._rows is not None
        self._ends.append(len(self._rows))

    def tracklets(self) -> list[Tracklet]:
        """All that were taken, in the same order."""
        if self._rows is None:
            return []
        rows, starts = self._rows.rows(), [0, *self._ends[:-1]]
        return [
            Tracklet(*(rows[name][start:end] for name in ("step", "xyxy", "score", "class_index")))
            for start, end in zip(starts, self._ends, strict=True)
        ]
