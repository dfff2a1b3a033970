"""Tracks that are something drawn over the picture, and no vehicle: an emblem, a sight, a dial.

A vehicle that the camera follows stays in the middle, but not to a hundredth of its size, and not at the very same
place after a cut. So two things must come together: a track stands still in the picture while the ground below it
moves, and in another shot there is one at the same place.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.shot_findings import ShotFindings
from detector.tracking import Track

MOST_SCATTER = 0.03  # of its size; boxes of a dial scatter by 0.011 to 0.016, of a vehicle followed by 0.08 up
LEAST_GROUND_MOTION = 0.25  # of its size, all steps of the camera added up
SAME_OVERLAP = 0.85  # intersection over union


def displays(shots: Sequence[ShotFindings]) -> frozenset[int]:
    """Ids of such tracks over all shots of a clip."""
    still = [(index, track) for index, shot in enumerate(shots) for track in shot.tracks if _stands_still(track)]
    drawn: set[int] = set()
    for index, track in still:
        if _ground_moves_below(track, shots[index]):
            again = [other.id for shot, other in still if shot != index and _same_place(track, other)]
            drawn.update([track.id, *again] if again else [])
    return frozenset(drawn)


def _size_px(corners: NDArray[np.float64]) -> float:
    width, height = np.median(corners[:, 2:] - corners[:, :2], axis=0)
    return float(np.sqrt(max(width * height, 1.0)))


def _stands_still(track: Track) -> bool:
    corners = track.boxes.xyxy
    return bool(corners.std(axis=0).max() <= MOST_SCATTER * _size_px(corners))


def _ground_moves_below(track: Track, shot: ShotFindings) -> bool:
    corners = track.boxes.xyxy
    x, y = np.median((corners[:, :2] + corners[:, 2:]) / 2, axis=0)
    seen = shot.observations.columns()
    meanwhile = (track.first < seen["frame"]) & (seen["frame"] <= track.last)
    there = seen["matrix"][meanwhile] @ (x, y, 1.0)
    moved_px = np.hypot(there[:, 0] / there[:, 2] - x, there[:, 1] / there[:, 2] - y).sum()
    return bool(moved_px >= LEAST_GROUND_MOTION * _size_px(corners))


def _same_place(one: Track, other: Track) -> bool:
    first, second = np.median(one.boxes.xyxy, axis=0), np.median(other.boxes.xyxy, axis=0)
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    common = float(np.maximum(sides, 0.0).prod())
    areas = [float((box[2:] - box[:2]).prod()) for box in (first, second)]
    return common > 0 and common >= SAME_OVERLAP * (sum(areas) - common)
