"""Which row goes with which column: the linear assignment problem, exact, in NumPy and the standard library alone.

SciPy has it too, in 143 MB, but dense: ten thousand boxes against ten thousand are a hundred million pairs, of which
fifty thousand overlap. `lap` is one more compiled package to wait for with every new Python (docs/tracking.md).
"""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from detector.boxes import Array, overlap

Indices = NDArray[np.int64]

MOST_AT_A_TIME = 200_000
"""Pairs of boxes that are compared in one go: as a full table, or else in strips."""


def pair_boxes(first: Array, second: Array, buffer: float, least: float) -> tuple[Indices, Indices]:
    """The best pairs of (n, 4) and (m, 4) centres and sizes by the overlap of boxes grown by `buffer`; see `assign`."""
    if len(first) * len(second) <= MOST_AT_A_TIME:
        return assign(overlap(first, second, buffer), least)
    second_order = np.argsort(second[:, 0], kind="stable")
    ordered = second[second_order]
    reach = (0.5 + buffer) * (np.maximum(first[:, 2], 1.0) + np.maximum(second[:, 2], 1.0).max())
    begin = np.searchsorted(ordered[:, 0], first[:, 0] - reach)
    end = np.searchsorted(ordered[:, 0], first[:, 0] + reach)
    found: list[tuple[Indices, Indices, Array]] = []
    order = np.argsort(first[:, 0], kind="stable")
    strip = max(1, int(MOST_AT_A_TIME // max(1, (end - begin).max())))
    for rows in np.array_split(order, -(-len(order) // strip)):
        columns = np.arange(begin[rows].min(), end[rows].max())
        gain = overlap(first[rows], ordered[columns], buffer)
        row, column = np.nonzero(gain >= least)
        found.append((rows[row], second_order[columns[column]], gain[row, column]))
    rows, columns, gains = (np.concatenate(part) for part in zip(*found, strict=True))
    return assign_pairs(rows, columns, gains, least, len(first))


def assign(gain: Array, least: float) -> tuple[Indices, Indices]:
    """Rows and columns of the pairs with the largest sum of (gain - least), none below `least`. Exact."""
    rows, columns = np.nonzero(gain >= least)
    return assign_pairs(rows, columns, gain[rows, columns], least, len(gain))


def assign_pairs(rows: Indices, columns: Indices, gains: Array, least: float, count: int) -> tuple[Indices, Indices]:
    """The same where only these pairs of `count` rows come into question, each at most once.

    Shortest augmenting paths (Jonker & Volgenant 1987) found with a heap (Dijkstra). Every row also has a place of its
    own that costs nothing, for going without. Rows whose best column nobody else wants, nearly all in practice, are
    placed without any search.
    """
    order = np.lexsort((columns, least - gains, rows))
    rows, columns, costs = rows[order], columns[order], (least - gains)[order]
    own = int(columns.max(initial=-1)) + 1  # the first of the places of the rows' own
    starts = np.searchsorted(rows, np.arange(count + 1))
    has_any = np.flatnonzero(starts[1:] > starts[:-1])
    first = starts[has_any]
    row_of, column_of = np.full(own, -1), np.full(count, -1)
    row_of[columns[first][::-1]] = has_any[::-1]  # of several that want it the first, written last
    wanted = np.flatnonzero(row_of >= 0)
    column_of[row_of[wanted]] = wanted
    row_price = np.zeros(count)
    row_price[has_any] = costs[first]
    search = _Search(columns.tolist(), costs.tolist(), starts.tolist(), own, column_of.tolist(), row_price.tolist())
    for row in has_any[column_of[has_any] < 0].tolist():
        search.place(row)
    chosen = np.array(search.column_of, np.int64)
    paired = np.flatnonzero((chosen >= 0) & (chosen < own))
    return paired, chosen[paired]


class _Search:
    """An assignment in the making: who has which column, and the prices that make it the best so far."""

    def __init__(
        self,
        columns: list[int],
        costs: list[float],
        starts: list[int],
        own: int,
        column_of: list[int],
        row_price: list[float],
    ) -> None:
        self._columns, self._costs, self._starts, self._own = columns, costs, starts, own
        self._row_price, self._column_price = row_price, dict[int, float]()
        self.column_of = column_of
        self._row_of = {column: row for row, column in enumerate(column_of) if column >= 0}

    def place(self, start: int) -> None:
        """Give a row its column, and others another one where that is better for all."""
        distance: dict[int, float] = {}
        before: dict[int, int] = {}
        reached: dict[int, float] = {}
        heap: list[tuple[float, int]] = []
        row, length = start, 0.0
        while True:
            for column, cost in self._ways(row):
                further = length + cost - self._row_price[row] - self._column_price.get(column, 0.0)
                if column not in reached and further < distance.get(column, np.inf):
                    distance[column], before[column] = further, row
                    heappush(heap, (further, column))
            length, column = heappop(heap)
            while column in reached:
                length, column = heappop(heap)
            if column not in self._row_of:
                break
            reached[column] = length
            row = self._row_of[column]
        self._row_price[start] += length
        for passed, at in reached.items():
            self._row_price[self._row_of[passed]] += length - at
            self._column_price[passed] = self._column_price.get(passed, 0.0) - (length - at)
        while True:
            row = before[column]
            self._row_of[column] = row
            self.column_of[row], column = column, self.column_of[row]
            if row == start:
                return

    def _ways(self, row: int) -> list[tuple[int, float]]:
        here = slice(self._starts[row], self._starts[row + 1])
        return [*zip(self._columns[here], self._costs[here], strict=True), (self._own + row, 0.0)]
