"""Dissolves and fades: stretches in which the pictures are a mixture of the one before and the one after.

Of a mixture (1 - p) A + p B two things are known. Its band-passed picture is the same mixture of theirs, so p follows
by least squares. And its energy falls short of that of its parts by p (1 - p) |A - B|^2: the parabola of Alattar
(1993), which holds when both sides keep moving too, while a pan from A to B loses nothing on the way.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.shot_looks import PIXELS

LAGS = (8, 12, 18, 27, 40, 60)  # pictures from A to B; each holds mixtures of up to four pictures less
MOST_LAG = LAGS[-1]
PLATEAU = 2  # pictures that must be seen unmixed, on a side that is not flat
FLAT_ENERGY = 1.0 * PIXELS  # of a band; a grey level of contrast
LEAST_DEPTH = 0.10  # of 0.25 in the middle of a mixture
MOST_COST = 0.07
MOST_UNEXPLAINED = 0.6

Values = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Mixture:
    """Pictures `start` up to but not `end` are mixtures; `cost` says how badly they fit, 0 is perfect; `unexplained` is
    the share of the energy of those halfway that is in neither side."""

    start: int
    end: int
    cost: float
    unexplained: float


class Dots:
    """Inner products of the last pictures' bands with one another."""

    def __init__(self) -> None:
        self._capacity = 2 * (MOST_LAG + 1)
        self._bands = np.zeros((self._capacity, PIXELS), np.float32)
        self._dots = np.zeros((self._capacity, MOST_LAG + 1), np.float64)
        self.count = 0

    def add(self, band: NDArray[np.float32]) -> None:
        if self.count == self._capacity:
            self.count = MOST_LAG
            self._bands[: self.count] = self._bands[-self.count :]
            self._dots[: self.count] = self._dots[-self.count :]
        last = self.count
        first = max(0, last - MOST_LAG)
        self._bands[last] = band
        self._dots[last, : last - first + 1] = (self._bands[first : last + 1] @ band)[::-1]
        self.count += 1

    def window(self, lag: int) -> "Window":
        """The last picture and the `lag` before it."""
        steps = np.arange(lag + 1)
        rows = self.count - 1 - lag + steps
        return Window(self._dots[rows, steps], self._dots[rows[-1], lag - steps], self._dots[rows, 0])

    def middle(self, lag: int) -> tuple[float, float, float, float, float, float]:
        """Of A, the picture halfway and B: aa, bb, mm, ab, am, bm."""
        b, half = self.count - 1, lag // 2
        a, m = b - lag, b - half
        dots = self._dots
        return dots[a, 0], dots[b, 0], dots[m, 0], dots[b, lag], dots[m, lag - half], dots[b, half]


@dataclass(frozen=True)
class Window:
    """Inner products with A, the first picture, with B, the last, and of each picture with itself."""

    with_a: Values
    with_b: Values
    own: Values


def maybe_mixed(aa: float, bb: float, mm: float, ab: float, am: float, bm: float) -> bool:
    """Whether the picture halfway could be a mixture: quick, and says yes too often."""
    apart = aa + bb - 2 * ab
    if apart < 2 * FLAT_ENERGY:
        return False
    if bb < FLAT_ENERGY or aa < FLAT_ENERGY:
        left = math.sqrt(mm / max(aa, bb, 1e-6))
        return 0.15 < left < 0.85
    share = (bm - am - ab + aa) / apart
    if not 0.15 < share < 0.85:
        return False
    missing = (1 - share) * aa + share * bb - mm
    unexplained = (mm + aa - 2 * am) / apart - share * share
    return missing > LEAST_DEPTH * apart and unexplained < MOST_UNEXPLAINED


def fit_mixture(window: Window) -> Mixture | None:
    """The ramp from A to B that explains the window best; None where none does. Positions count from its start."""
    aa, bb, ab = window.own[0], window.own[-1], window.with_a[-1]
    apart = max(aa + bb - 2 * ab, 1e-6)
    share = _share_of_b(window, aa, bb, ab)
    steps = np.arange(len(share))
    first_least = 0 if aa < FLAT_ENERGY else PLATEAU - 1
    last_most = len(share) - (1 if bb < FLAT_ENERGY else PLATEAU)
    stride = max(1, len(share) // 16)
    firsts, lasts = np.arange(first_least, last_most, stride), np.arange(last_most, first_least, -stride)
    best = _best_ramp(window, share, aa, bb, apart, steps, firsts, lasts)
    if best is None or best.cost > 2 * MOST_COST:
        return None
    if stride > 1:
        near = np.arange(-stride, stride + 1)
        firsts = np.unique(np.clip(best.start - 1 + near, first_least, last_most))
        lasts = np.unique(np.clip(best.end + near, first_least, last_most))
        best = _best_ramp(window, share, aa, bb, apart, steps, firsts, lasts)
    return best if best and best.cost < MOST_COST else None


def _share_of_b(window: Window, aa: float, bb: float, ab: float) -> Values:
    """How much of each picture is B, from 0 to 1."""
    if bb < FLAT_ENERGY:
        return np.asarray(np.clip(1 - np.sqrt(window.own / max(aa, 1e-6)), 0, 1), np.float64)
    if aa < FLAT_ENERGY:
        return np.asarray(np.clip(np.sqrt(window.own / max(bb, 1e-6)), 0, 1), np.float64)
    of_a = np.maximum(window.with_a * bb - window.with_b * ab, 0)
    of_b = np.maximum(window.with_b * aa - window.with_a * ab, 0)
    return np.asarray(of_b / np.maximum(of_a + of_b, 1e-6), np.float64)


def _best_ramp(
    window: Window,
    share: Values,
    aa: float,
    bb: float,
    apart: float,
    steps: Positions,
    firsts: Positions,
    lasts: Positions,
) -> Mixture | None:
    """Of all ramps that leave 0 at one of `firsts` and reach 1 at one of `lasts`."""
    first, last = (grid.ravel() for grid in np.meshgrid(firsts, lasts, indexing="ij"))
    first, last = first[last > first], last[last > first]
    if not len(first):
        return None
    ramps = np.clip((steps - first[:, None]) / (last - first)[:, None], 0, 1)
    missing = ((1 - ramps) * aa + ramps * bb - window.own) / apart
    wrong = (share - ramps) ** 2 + (4 * missing - 4 * ramps * (1 - ramps)) ** 2
    mixed = 4 * ramps * (1 - ramps) + 0.15  # what lies outside the ramp counts for less: there it only moves
    costs = (wrong * mixed).sum(axis=1) / mixed.sum(axis=1)
    best = int(costs.argmin())
    return Mixture(int(first[best]) + 1, int(last[best]), float(costs[best]), _unexplained(window, ramps[best]))


def _unexplained(window: Window, ramp: Values) -> float:
    """Of the energy of the pictures halfway, the share that no mixture of A and B holds."""
    aa, bb, ab = window.own[0], window.own[-1], window.with_a[-1]
    halfway = (ramp > 0.2) & (ramp < 0.8)
    if not halfway.any():
        return 0.0
    am, bm = window.with_a[halfway], window.with_b[halfway]
    mm = window.own[halfway]
    det = max(aa * bb - ab * ab, 1e-6)
    a, b = np.maximum(am * bb - bm * ab, 0) / det, np.maximum(bm * aa - am * ab, 0) / det
    if bb < FLAT_ENERGY:
        a, b = am / max(aa, 1e-6), 0 * am
    elif aa < FLAT_ENERGY:
        a, b = 0 * am, bm / max(bb, 1e-6)
    left = mm - 2 * a * am - 2 * b * bm + a * a * aa + 2 * a * b * ab + b * b * bb
    return float(left.sum() / max(mm.sum(), 1e-6))
