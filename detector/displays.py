"""Tracks that are something drawn over the picture, and no vehicle: an emblem, a sight, a dial.

A vehicle that the camera follows stays in the middle, but not to a hundredth of its size, and not at the very same
place after a cut. So two things must come together: a track stands still in the picture while the ground below it
moves, and in another shot there is one at the same place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.observations import Observations
from detector.shot_findings import ShotFindings
from detector.spool import one_by_one
from detector.tracking import Track

MOST_SCATTER = 0.03  # of its size; boxes of a dial scatter by 0.011 to 0.016, of a vehicle followed by 0.08 up
LEAST_GROUND_MOTION = 0.25  # of its size, all steps of the camera added up
SAME_OVERLAP = 0.85  # intersection over union


@dataclass(frozen=True)
class StillTrack:
    """A track that stands still in the picture.

    Attributes:
        xyxy: where, the median of its boxes.
        over_moving_ground: whether the ground moves below it.
    """

    id: int
    xyxy: tuple[float, float, float, float]
    over_moving_ground: bool


def still_tracks(shot: ShotFindings) -> Iterator[StillTrack]:
    """Those of one shot."""
    for track in one_by_one(shot.tracks):
        corners = track.boxes.xyxy
        if _stands_still(corners):
            left, top, right, bottom = np.median(corners, axis=0).tolist()
            yield StillTrack(track.id, (left, top, right, bottom), _ground_moves_below(track, shot.observations))


def displays(shots: Sequence[Sequence[StillTrack]]) -> frozenset[int]:
    """Ids of what is drawn over the picture, among the tracks that stand still in each shot of a clip."""
    still = [(index, track) for index, tracks in enumerate(shots) for track in tracks]
    drawn: set[int] = set()
    for index, track in still:
        if track.over_moving_ground:
            again = [other.id for shot, other in still if shot != index and _same_place(track, other)]
            drawn.update([track.id, *again] if again else [])
    return frozenset(drawn)


def _size_px(corners: NDArray[np.float64]) -> float:
    width, height = np.median(corners[:, 2:] - corners[:, :2], axis=0)
    return float(np.sqrt(max(width * height, 1.0)))


def _stands_still(corners: NDArray[np.float64]) -> bool:
    return bool(corners.std(axis=0).max() <= MOST_SCATTER * _size_px(corners))


def _ground_moves_below(track: Track, observations: Observations) -> bool:
    corners = track.boxes.xyxy
    x, y = np.median((corners[:, :2] + corners[:, 2:]) / 2, axis=0)
    steps_px = []
    for seen in observations.blocks():
        meanwhile = (track.first < seen["frame"]) & (seen["frame"] <= track.last)
        there = seen["matrix"][meanwhile] @ (x, y, 1.0)
        steps_px.append(np.hypot(there[:, 0] / there[:, 2] - x, there[:, 1] / there[:, 2] - y))
    moved_px = np.concatenate(steps_px).sum()
    return bool(moved_px >= LEAST_GROUND_MOTION * _size_px(corners))


def _same_place(one: StillTrack, other: StillTrack) -> bool:
    first, second = np.array(one.xyxy), np.array(other.xyxy)
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    common = float(np.maximum(sides, 0.0).prod())
    areas = [float((box[2:] - box[:2]).prod()) for box in (first, second)]
    return common > 0 and common >= SAME_OVERLAP * (sum(areas) - common)
