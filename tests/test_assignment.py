from itertools import permutations

import numpy as np
import pytest

from detector import assignment
from detector.assignment import assign, pair_boxes


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


def test_larger_ones_are_the_best_of_all_too() -> None:
    """Against SciPy's own where it is installed."""
    optimize = pytest.importorskip("scipy.optimize")
    random = np.random.default_rng(8)
    for _ in range(20):
        gain = random.random((30, 25)) ** 3
        rows, columns = assign(gain, 0.3)
        surplus = np.maximum(gain - 0.3, 0)
        best = surplus[optimize.linear_sum_assignment(surplus, maximize=True)].sum()
        assert gain[rows, columns].sum() - 0.3 * len(rows) == pytest.approx(best)


def test_many_boxes_are_paired_in_strips_as_in_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(9)
    first = np.concatenate([random.uniform(0, 300, (80, 2)), random.uniform(5, 60, (80, 2))], axis=1)
    second = first[random.permutation(80)[:70]] + random.normal(0, 3, (70, 4)) * (1, 1, 0, 0)
    whole = pair_boxes(first, second, 0.5, 0.3)
    monkeypatch.setattr(assignment, "MOST_AT_A_TIME", 500)
    assert [part.tolist() for part in pair_boxes(first, second, 0.5, 0.3)] == [part.tolist() for part in whole]
