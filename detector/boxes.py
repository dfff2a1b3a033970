"""Boxes as centre and size: how they move with the camera and how much they overlap. (n, 4) float64, in pixels."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def to_centres(xyxy: Array) -> Array:
    """(n, 4) left, top, right, bottom to centre x, centre y, width, height."""
    sizes: Array = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0.0)
    return np.concatenate([(xyxy[:, :2] + xyxy[:, 2:]) / 2, sizes], axis=1)


def to_corners(centres: Array) -> Array:
    """(n, 4) centre x, centre y, width, height to left, top, right, bottom."""
    return np.concatenate([centres[:, :2] - centres[:, 2:] / 2, centres[:, :2] + centres[:, 2:] / 2], axis=1)


def scale_of(motion: Array) -> float:
    """By how much a (3, 3) affine enlarges lengths."""
    return float(scales_of(motion))


def scales_of(motions: Array) -> Array:
    """(...) by how much each of the (..., 3, 3) affines enlarges lengths."""
    determinants: Array = motions[..., 0, 0] * motions[..., 1, 1] - motions[..., 0, 1] * motions[..., 1, 0]
    return np.sqrt(np.abs(determinants))


def moved(centres: Array, motions: Array) -> Array:
    """(n, 4) centres and sizes, seen from a camera that moved by a (3, 3) affine, or by one for each of them.

    Sizes are scaled, never turned: the box around a turned box is larger than the vehicle, and grows with every turn.
    """
    places = np.einsum("...ij,...j->...i", motions[..., :2, :2], centres[:, :2]) + motions[..., :2, 2]
    return np.concatenate([places, centres[:, 2:] * scales_of(motions)[..., None]], axis=1)


def sizes_of(centres: Array) -> Array:
    """(n, 1) geometric mean of width and height, at least a pixel."""
    sizes: Array = np.sqrt(np.maximum(centres[:, 2:], 1.0).prod(axis=1, keepdims=True))
    return sizes


def overlap(first: Array, second: Array, buffer: float) -> Array:
    """(n, m) intersection over union of boxes grown by `buffer` times their size on every side (Yang et al. 2023).

    Noisy boxes of ten pixels hardly overlap with themselves a frame later; grown ones do.
    """
    first_half = np.maximum(first[:, None, 2:], 1.0) * (0.5 + buffer)
    second_half = np.maximum(second[None, :, 2:], 1.0) * (0.5 + buffer)
    apart = np.abs(first[:, None, :2] - second[None, :, :2])
    sides = np.clip(first_half + second_half - apart, 0.0, 2 * np.minimum(first_half, second_half))
    common = sides.prod(axis=2)
    areas = 4 * (first_half.prod(axis=2) + second_half.prod(axis=2))
    shared: Array = common / (areas - common)
    return shared
