"""The road: one gently winding line across the ground, measured along its length."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Road:
    """y = sum of sines of x, in metres.

    Attributes:
        bends: (n, 3): height in metres, length in metres, phase in radians of each sine.
        half_width_m: from the middle to the edge.
        asphalt: paved, or else a dirt road.
    """

    bends: tuple[tuple[float, float, float], ...]
    half_width_m: float
    asphalt: bool

    def y_m(self, x_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where the middle of the road is, at these x."""
        return np.sum([h * np.sin(2 * np.pi * x_m / length + phase) for h, length, phase in self.bends], axis=0)

    def slope(self, x_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """dy/dx of the middle of the road."""
        return np.sum(
            [h * 2 * np.pi / length * np.cos(2 * np.pi * x_m / length + phase) for h, length, phase in self.bends],
            axis=0,
        )

    @cached_property
    def _lengths(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x = np.linspace(-400, 400, 3201)
        steps = np.hypot(np.diff(x), np.diff(self.y_m(x)))
        along = np.concatenate([[0], np.cumsum(steps)])
        return x, along - np.interp(0, x, along)

    def at(self, along_m: float) -> tuple[float, float, float]:
        """x, y and heading (radians) at this length along the road, counted from x = 0."""
        x_table, along_table = self._lengths
        x = np.interp(along_m, along_table, x_table)
        return float(x), float(self.y_m(np.asarray(x))), float(np.arctan(self.slope(np.asarray(x))))


def winding_road(random: np.random.Generator, asphalt: bool) -> Road:
    """A road with one wide and one narrow bend, different for every state of `random`."""
    bends = (
        (float(random.uniform(4, 11)), float(random.uniform(190, 320)), float(random.uniform(0, 2 * np.pi))),
        (float(random.uniform(0.5, 2.0)), float(random.uniform(70, 110)), float(random.uniform(0, 2 * np.pi))),
    )
    return Road(bends, float(random.uniform(2.9, 4.2)), asphalt)
