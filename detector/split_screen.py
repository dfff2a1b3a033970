"""A shot that shows the same pictures twice, side by side or one above the other: its vehicles are counted once.

Told from the pictures kept of every shot: where two halves of a picture are alike in their detail, from start to end,
they are one picture shown twice. Two halves of footage are not, however alike their light is. Tiles that show different
pictures are not found, and a small picture within a large one neither.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.shots import correlation
from detector.spool import one_by_one
from detector.tracking import Track

ALIKE = 0.7  # figures in docs/counting.md
DETAIL_SIGMA = 3.0  # cells; what is coarser is light, the sky above and the ground below
LEAST_DETAIL = 1.0  # grey levels


@dataclass(frozen=True)
class Tile:
    """The part of the picture, from its top left corner, that the rest shows again; shares of width and height."""

    width: float
    height: float


def repeated_tile(thumbnails: Sequence[NDArray[np.float32]]) -> Tile | None:
    """The tile that all of these grey pictures of one shot repeat, if they do."""
    if not thumbnails:
        return None
    beside = all(_alike(picture, picture.shape[1] // 2) for picture in thumbnails)
    below = all(_alike(picture.T, picture.shape[0] // 2) for picture in thumbnails)
    return Tile(0.5 if beside else 1.0, 0.5 if below else 1.0) if beside or below else None


def _alike(picture: NDArray[np.float32], half: int) -> bool:
    """Whether the left half looks like the right half."""
    left, right = (_detail(picture[:, side]) for side in (slice(0, half), slice(half, 2 * half)))
    return min(left.std(), right.std()) >= LEAST_DETAIL and correlation(left, right) >= ALIKE


def _detail(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without what is coarse, or the same all along a row or column: a horizon is alike on both sides."""
    picture = np.ascontiguousarray(picture)
    detail = picture - cv2.GaussianBlur(picture, (0, 0), DETAIL_SIGMA)
    detail -= detail.mean(axis=1, keepdims=True)
    return np.asarray(detail - detail.mean(axis=0), np.float32)


def repeats(tracks: Iterable[Track], tile: Tile | None, picture_px: tuple[int, int]) -> frozenset[int]:
    """Ids of the tracks that lie outside the tile: they are vehicles of it shown again."""
    if tile is None:
        return frozenset()
    return frozenset(track.id for track in one_by_one(tracks) if not _inside(track, tile, picture_px))


def _inside(track: Track, tile: Tile, picture_px: tuple[int, int]) -> bool:
    corners = track.boxes.xyxy
    x, y = np.median((corners[:, :2] + corners[:, 2:]) / 2, axis=0)
    return bool(x < tile.width * picture_px[0] and y < tile.height * picture_px[1])
