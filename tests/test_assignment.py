from itertools import permutations

import numpy as np
import pytest

from detector.assignment import assign


def test_the_assignment_is_the_best_of_all() -> None:
    random = np.random.default_rng(5)
    for _ in range(100):
        gain = random.random((4, 4)).round(1)
        rows, columns = assign(gain, 0.3)
        surplus = np.maximum(gain - 0.3, 0)
        best = max(sum(surplus[row, column] for row, column in enumerate(order)) for order in permutations(range(4)))
        assert gain[rows, columns].sum() - 0.3 * len(rows) == pytest.approx(best)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_goes_with_nothing(shape: tuple[int, int]) -> None:
    rows, columns = assign(np.zeros(shape), 0.3)
    assert len(rows) == len(columns) == 0


def test_none_below_the_least_are_paired() -> None:
    rows, columns = assign(np.array([[0.9, 0.2], [0.2, 0.2]]), 0.3)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])
