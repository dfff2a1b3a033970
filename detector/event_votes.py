"""Votes over time for what lies in one place of the ground.

The score of a look is the (lower) median over a short window of what its neighbours say of the same place. A plume
stays where it rises while the camera moves, and false boxes jump about; persistence in place is what video smoke and
fire detection has long rested on (Çetin et al., "Video fire detection - review", 2013).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detector.sightings import Sighting

WINDOW_S = 0.9
OFF_SHARE = 0.6  # of the threshold: an event goes on until the voted score falls below
SIGHTINGS_KEPT = 256  # about as many as a window may hold
SAME_PLACE = 0.5  # of the smaller of two boxes that the larger covers

Array = NDArray[np.float64]


def vote(sightings: Sequence[Sighting], kind: str, least: float, to_ground: Mapping[int, Array]) -> Array:
    """(n,) voted score of each look.

    Args:
        sightings: n looks of one shot, in order.
        kind: whose score.
        least: boxes that score less have no voice.
        to_ground: frame to the (3, 3) transform from its pixels to those of the shot's first frame.
    """
    times_s = np.array([sighting.time_s for sighting in sightings])
    on_ground_of = lru_cache(SIGHTINGS_KEPT)(lambda number: on_ground(sightings[number], kind, least, to_ground))
    voted = np.zeros(len(sightings))
    for index, time_s in enumerate(times_s):
        near = np.flatnonzero(np.abs(times_s - time_s) <= WINDOW_S / 2).tolist()
        candidates = np.concatenate([on_ground_of(other)[0] for other in near])
        if len(candidates):
            said = [says_of(candidates, *on_ground_of(other)) for other in near]
            voted[index] = np.sort(said, axis=0)[(len(near) - 1) // 2].max()
    return voted


def on_ground(sighting: Sighting, kind: str, least: float, to_ground: Mapping[int, Array]) -> tuple[Array, Array]:
    """(n, 4) boxes of a kind in pixels of the shot's first frame, and their (n,) scores.

    A frame that scores without a box is one that shows it anywhere.
    """
    found = sighting.places(kind).above(least)
    if not len(found) and sighting.score(kind) >= least:
        return np.array([[-np.inf, -np.inf, np.inf, np.inf]]), np.array([sighting.score(kind)])
    return moved_boxes(found.xyxy.astype(np.float64), to_ground[sighting.frame]), found.scores.astype(np.float64)


def moved_boxes(xyxy: Array, transform: Array) -> Array:
    """(n, 4) boxes around the corners of these, moved by a (3, 3) homography."""
    corners = xyxy[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    moved = np.concatenate([corners, np.ones((len(xyxy), 4, 1))], axis=2) @ transform.T
    places = moved[..., :2] / moved[..., 2:]
    return np.concatenate([places.min(axis=1), places.max(axis=1)], axis=1)


def says_of(candidates: Array, boxes: Array, scores: Array) -> Array:
    """(n,) the best score among boxes in the place of each of the (n, 4) candidates, 0 where there is none."""
    if not len(boxes):
        return np.zeros(len(candidates))
    return np.asarray((same_place(candidates, boxes) * scores).max(axis=1))


def same_place(ones: Array, others: Array) -> NDArray[np.bool_]:
    """(n, m) whether the smaller of two boxes lies in the larger by SAME_PLACE. Boxes without an end hold all."""
    low, high = np.maximum(ones[:, None, :2], others[None, :, :2]), np.minimum(ones[:, None, 2:], others[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    smaller = np.minimum(_areas(ones)[:, None], _areas(others)[None, :])
    return np.asarray((common >= SAME_PLACE * smaller) & (high > low).all(axis=2))


def _areas(boxes: Array) -> Array:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
