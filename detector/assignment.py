"""Which row goes with which column: the linear assignment problem, exact, in NumPy alone.

SciPy has it too, in 143 MB; `lap` is one more compiled package to wait for with every new Python (docs/tracking.md).
"""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def assign(gain: NDArray[np.float64], least: float) -> tuple[Indices, Indices]:
    """Rows and columns of the pairs with the largest sum of (gain - least), none below `least`. Exact.

    Shortest augmenting paths (Jonker & Volgenant 1987). Every row also has a place of its own that costs nothing, for
    going without. Rows whose best column nobody else wants, nearly all in practice, are placed without any search.
    """
    rows, columns = gain.shape
    if rows == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    cost = np.full((rows, columns + rows), np.inf)
    cost[:, :columns] = np.where(gain >= least, least - gain, np.inf)
    cost[np.arange(rows), columns + np.arange(rows)] = 0.0
    best = cost.argmin(axis=1)
    row_of, column_of = np.full(columns + rows, -1), np.full(rows, -1)
    row_price, column_price = cost[np.arange(rows), best], np.zeros(columns + rows)
    wanted, first = np.unique(best, return_index=True)
    row_of[wanted], column_of[first] = first, wanted
    for start in np.flatnonzero(column_of < 0):
        distance, before = np.full(columns + rows, np.inf), np.full(columns + rows, -1)
        reached = np.zeros(columns + rows, bool)
        row, length = int(start), 0.0
        while True:
            step = length + cost[row] - row_price[row] - column_price
            nearer = ~reached & (step < distance)
            distance[nearer], before[nearer] = step[nearer], row
            column = int(np.where(reached, np.inf, distance).argmin())
            length = float(distance[column])
            if row_of[column] < 0:
                break
            reached[column] = True
            row = int(row_of[column])
        row_price[start] += length
        row_price[row_of[reached]] += length - distance[reached]
        column_price[reached] -= length - distance[reached]
        while column >= 0:
            row = int(before[column])
            row_of[column] = row
            column_of[row], column = column, (int(column_of[row]) if row != start else -1)
    paired = np.flatnonzero(column_of < columns)
    return paired, column_of[paired]
