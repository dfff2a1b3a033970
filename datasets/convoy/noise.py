"""Smooth random fields: what makes drawn surfaces look grown rather than painted."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray


def field(shape: tuple[int, int], grain_px: float, random: np.random.Generator) -> NDArray[np.float32]:
    """One octave: (height, width) float32, about -1 to 1, with features about `grain_px` in size."""
    height, width = shape
    rows, columns = max(2, round(height / grain_px) + 3), max(2, round(width / grain_px) + 3)
    coarse = random.uniform(-1, 1, (rows, columns)).astype(np.float32)
    if grain_px <= 1:
        return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def octaves(
    shape: tuple[int, int], grains_px: Sequence[float], random: np.random.Generator, fall: float = 0.6
) -> NDArray[np.float32]:
    """Octaves from coarse to fine, each `fall` times as strong as the one before; scaled to deviate by about 0.5."""
    total = np.zeros(shape, np.float32)
    strength, power = 1.0, 0.0
    for grain in grains_px:
        total += strength * field(shape, grain, random)
        power += strength**2
        strength *= fall
    total *= 1.1 / np.sqrt(power)
    return total


def smooth_step(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """0 below `low`, 1 above `high`, without a corner between. Works downwards too, when high is below low."""
    t = np.clip((values - low) / (high - low), 0, 1)
    result: NDArray[np.float32] = t * t * (3 - 2 * t)
    return result


def waves(points: NDArray[np.floating], grain: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Smooth noise at any points (n, d): a sum of plane waves about `grain` long. (n,), about -1 to 1."""
    directions = random.normal(size=(7, points.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    numbers = directions * (2 * np.pi / (grain * random.uniform(0.7, 1.6, (7, 1))))
    return np.cos(points @ numbers.T + random.uniform(0, 2 * np.pi, 7)).sum(axis=1) / 3.0
