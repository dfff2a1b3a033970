"""Sightings of an open shot, packed and mostly on disk: of hours there are tens of thousands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from detector.chosen import Chosen
from detector.detections import Detections
from detector.packed_detections import PackedDetections
from detector.sightings import LOOK_ALIKE, Sighting
from detector.spool import Spool


@dataclass(frozen=True)
class _BoxesAt(Mapping[str, Detections]):
    """The boxes of one sighting by kind, read when they are asked for."""

    of_all: Mapping[str, PackedDetections]
    index: int

    def __getitem__(self, kind: str) -> Detections:
        return self.of_all[kind][self.index]

    def __iter__(self) -> Iterator[str]:
        return iter(self.of_all)

    def __len__(self) -> int:
        return len(self.of_all)


class SightingSpool(Sequence[Sighting]):
    """A growing sequence of sightings of these kinds."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = tuple(kinds)
        self._rows = Spool(
            [
                ("frame", np.int64),
                ("time_s", np.float64),
                ("chroma", np.float64),
                ("scores", np.float64, len(self._kinds) + 1),  # of the frame; the last is that of what looks alike
                ("has_scores", np.bool_),
                ("due", np.bool_),
                ("lit", np.bool_),
            ]
        )
        self._boxes = {kind: PackedDetections() for kind in self._kinds}

    def append(self, seen: Sighting) -> None:
        """Take the next one; of its boxes and scores only those of the kinds."""
        row = np.zeros(1, self._rows.dtype)
        row["frame"], row["time_s"], row["chroma"] = seen.frame, seen.time_s, seen.chroma
        row["due"], row["lit"], row["has_scores"] = seen.due, seen.lit, bool(seen.frame_scores)
        if seen.frame_scores:
            row["scores"] = [seen.frame_scores[name] for name in (*self._kinds, LOOK_ALIKE)]
        self._rows.append(row)
        for kind in self._kinds:
            self._boxes[kind].append(seen.boxes[kind])

    def take_until(self, last: int) -> "SightingSpool":
        """Those up to frame number `last`, which are then no longer here."""
        count = int(np.searchsorted(self._rows.column("frame"), last, side="right"))
        taken, rest = SightingSpool(self._kinds), Spool(self._rows.dtype)
        taken._boxes = {kind: boxes.take(count) for kind, boxes in self._boxes.items()}
        for block in self._rows.blocks(count):
            rest.append(block)
        self._rows, taken._rows = rest, self._rows
        taken._rows.truncate(count)
        return taken

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, chosen: int) -> Sighting: ...

    @overload
    def __getitem__(self, chosen: slice) -> Sequence[Sighting]: ...

    def __getitem__(self, chosen: int | slice) -> Sighting | Sequence[Sighting]:
        if isinstance(chosen, slice):
            return Chosen(self, np.arange(len(self))[chosen])
        index = range(len(self))[chosen]
        row = self._rows.read(index, index + 1)[0]
        names = (*self._kinds, LOOK_ALIKE) if row["has_scores"] else ()
        return Sighting(
            frame=int(row["frame"]),
            time_s=float(row["time_s"]),
            boxes=_BoxesAt(self._boxes, index),
            frame_scores=dict(zip(names, row["scores"].tolist(), strict=False)),
            due=bool(row["due"]),
            lit=bool(row["lit"]),
            chroma=float(row["chroma"]),
        )
