"""How likely each track of a shot is a vehicle of its own, told from its score, its size and what it lies in.

The numbers come from val pictures, none of which is of a clip that is counted (`benchmarks/belief.py`): a weak box that
fills the picture is false more often than a weak one far off, and a box inside a stronger one is mostly a turret, a
wheel, or the same vehicle again. Boxes of single pictures are measured there and tracks believed here; that a track
lasts is not taken for more evidence, because what is mistaken once is mistaken in the next picture too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.tracking import Track

AT_USUAL_SCORE = -0.82
PER_LOG_ODDS = 1.72
PER_DOUBLING = -0.23
"""Log-odds of a box of USUAL_SIZE at the network's usual threshold; by how much they grow with those of the score, and
with every doubling of the size."""

USUAL_SIZE = 0.1  # of the longest side of the picture
PART_PROBABILITY = 0.21  # share of boxes within a stronger one that are vehicles
PART_WITHIN = 0.8  # of the smaller of the two boxes
PART_SHARE = 0.5  # of the pictures a track lasts
MOST_COMPARED = 1000  # boxes in a picture; a network that finds more finds noise
LEAST_ODDS_SCORE = 0.001

Instead = Literal["part", "display", "repeat"]


@dataclass(frozen=True)
class Believed:
    """A track, how likely it is a vehicle of its own, and what it is taken for instead, if anything."""

    track: Track
    probability: float
    instead: Instead | None = None


def believe(
    tracks: Sequence[Track],
    usual_score: float,
    picture_px: int,
    displays: frozenset[int] = frozenset(),
    repeats: frozenset[int] = frozenset(),
) -> list[Believed]:
    """The tracks of one shot with their probabilities, in the same order.

    Args:
        usual_score: typical threshold of the network that found them, by which its scores are read.
        picture_px: the longest side of the picture.
        displays: ids of tracks that are something drawn over the picture.
        repeats: ids of tracks that show a vehicle again in another part of the picture.
    """
    parts = parts_of_others(tracks)
    believed = []
    for track in tracks:
        if track.id in displays:
            believed.append(Believed(track, 0.0, "display"))
        elif track.id in repeats:
            believed.append(Believed(track, 0.0, "repeat"))
        elif track.id in parts:
            believed.append(Believed(track, PART_PROBABILITY, "part"))
        else:
            believed.append(Believed(track, probability(track.score, size_px(track) / picture_px, usual_score)))
    return believed


def probability(score: float, size: float, usual_score: float) -> float:
    """That a box is a vehicle, 0 to 1; `size` is the root of its area as a part of the picture's longest side."""
    doublings = np.log2(max(size, 1e-6) / USUAL_SIZE)
    log_odds = AT_USUAL_SCORE + PER_LOG_ODDS * (_log_odds(score) - _log_odds(usual_score)) + PER_DOUBLING * doublings
    return float(1 / (1 + np.exp(-log_odds)))


def _log_odds(score: float) -> float:
    score = min(max(score, LEAST_ODDS_SCORE), 1 - LEAST_ODDS_SCORE)
    return float(np.log(score / (1 - score)))


def size_px(track: Track) -> float:
    """Root of the area of its boxes, the median."""
    corners = np.array([box.xyxy for box in track.boxes])
    return float(np.median(np.sqrt(_areas(corners))))


def _areas(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = np.maximum(corners[:, 2:] - corners[:, :2], 0.0).prod(axis=1)
    return areas


def parts_of_others(tracks: Sequence[Track]) -> set[int]:
    """Ids of the tracks that share most of their box with one stronger track for half of the time they last.

    Of two boxes of which one lies in the other the weaker is meant, whichever is larger: a network draws a turret into
    a tank, and a box around two vehicles.
    """
    by_frame: dict[int, list[tuple[Track, tuple[float, float, float, float]]]] = {}
    for track in tracks:
        for box in track.boxes:
            by_frame.setdefault(box.frame, []).append((track, box.xyxy))
    shared: Counter[tuple[int, int]] = Counter()
    for present in by_frame.values():
        if 1 < len(present) <= MOST_COMPARED:
            ids = [track.id for track, _ in present]
            scores = np.array([track.score for track, _ in present])
            weaker, stronger = np.nonzero(within(np.array([xyxy for _, xyxy in present])) & _below(scores))
            shared.update((ids[one], ids[other]) for one, other in zip(weaker, stronger, strict=True))
    lasts = {track.id: len(track.boxes) for track in tracks}
    return {one for (one, _), pictures in shared.items() if pictures >= PART_SHARE * lasts[one]}


def _below(scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n, n) whether the first is weaker than the second; of equals the later one."""
    rank = np.argsort(np.argsort(-scores, kind="stable"), kind="stable")
    return np.asarray(rank[:, None] > rank[None])


def within(corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n, n) whether two boxes, left, top, right, bottom, share PART_WITHIN of the smaller."""
    low = np.maximum(corners[:, None, :2], corners[None, :, :2])
    high = np.minimum(corners[:, None, 2:], corners[None, :, 2:])
    common = np.maximum(high - low, 0.0).prod(axis=2)
    areas = _areas(corners)
    return np.asarray((common > 0) & (common >= PART_WITHIN * np.minimum(areas[:, None], areas[None])))
