"""The vehicles of a shot that move, moment by moment, which convoys are told from."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.spool import Spool

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

MOVING = np.dtype(
    [("id", np.int64), ("position", np.float64, 2), ("heading", np.float64, 2), ("side", np.float64, 2)]
)  # one vehicle at one moment


@dataclass(frozen=True)
class Moment:
    """The vehicles that move at one moment, and those that stand on their path, in the picture of that moment.

    Attributes:
        ids: (n,) of their tracks, ascending.
        positions: (n, 2) of their middles.
        headings: (n, 2) unit vectors, of the way over the ground; of what stands, that of those that move.
        sides: (n, 2) width and height.
    """

    ids: Indices
    positions: Array
    headings: Array
    sides: Array

    def __getitem__(self, chosen: NDArray[np.bool_] | Indices) -> "Moment":
        return Moment(self.ids[chosen], self.positions[chosen], self.headings[chosen], self.sides[chosen])


class Moments:
    """One after the other, on disk where they are many."""

    def __init__(self) -> None:
        self._rows, self._ends = Spool(MOVING), array("q")

    def append(self, moment: Moment) -> None:
        """Take the next."""
        rows = np.empty(len(moment.ids), MOVING)
        rows["id"], rows["position"] = moment.ids, moment.positions
        rows["heading"], rows["side"] = moment.headings, moment.sides
        self._rows.append(rows)
        self._ends.append(len(self._rows))

    def __iter__(self) -> Iterator[Moment]:
        start = 0
        for end in self._ends:
            rows = self._rows.read(start, end)
            yield Moment(*(rows[name].copy() for name in ("id", "position", "heading", "side")))
            start = end
