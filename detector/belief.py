"""How likely each track of a shot is a vehicle of its own, told from its score, its size and what it lies in.

The numbers come from val pictures, none of which is of a clip that is counted (`benchmarks/belief.py`): a weak box that
fills the picture is false more often than a weak one far off, and a box inside a stronger one is mostly a turret, a
wheel, or the same vehicle again. Boxes of single pictures are measured there and tracks believed here; that a track
lasts is not taken for more evidence, because what is mistaken once is mistaken in the next picture too.

A track that is a vehicle need not show one in each of its frames: where an identity goes over from one track to
another, both have a box on the same vehicle for a while; and a track may go on through boxes that tell next to nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.tracking import Track, TrackBox

AT_USUAL_SCORE = -0.82
PER_LOG_ODDS = 1.72
PER_DOUBLING = -0.23
"""Log-odds of a box of USUAL_SIZE at the network's usual threshold; by how much they grow with those of the score, and
with every doubling of the size."""

USUAL_SIZE = 0.1  # of the longest side of the picture
PART_PROBABILITY = 0.21  # share of boxes within a stronger one that are vehicles
PART_WITHIN = 0.8  # of the smaller of the two boxes
PART_SHARE = 0.5  # of the pictures a track lasts
SELDOM = 0.05  # a box that is a vehicle less often tells nothing by itself
MOST_COMPARED = 1000  # boxes in a picture; a network that finds more finds noise
LEAST_ODDS_SCORE = 0.001

Instead = Literal["part", "display", "repeat"]


@dataclass(frozen=True)
class Believed:
    """A track, how likely it is a vehicle of its own, and what it is taken for instead, if anything.

    `hidden` are frames in which its box shows no vehicle beside those of the others.
    """

    track: Track
    probability: float
    instead: Instead | None = None
    hidden: frozenset[int] = frozenset()


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
    parts = parts_of_others(tracks, usual_score, picture_px)
    vehicles = [track for track in tracks if track.id not in displays | repeats]
    hidden = _hidden(vehicles, usual_score, picture_px)
    believed = []
    for track in tracks:
        if track.id in displays:
            believed.append(Believed(track, 0.0, "display"))
        elif track.id in repeats:
            believed.append(Believed(track, 0.0, "repeat"))
        elif track.id in parts:
            believed.append(Believed(track, PART_PROBABILITY, "part", hidden[track.id]))
        else:
            chance = probability(track.score, size_px(track) / picture_px, usual_score)
            believed.append(Believed(track, chance, None, hidden[track.id]))
    return believed


def probability(score: float, size: float, usual_score: float) -> float:
    """That a box is a vehicle, 0 to 1; `size` is the root of its area as a part of the picture's longest side."""
    log_odds = AT_USUAL_SCORE + PER_LOG_ODDS * (_log_odds(score) - _log_odds(usual_score)) + _of_size(size)
    return float(1 / (1 + np.exp(-log_odds)))


def score_of(probability: float, size: float, usual_score: float) -> float:
    """The score at which a box of this size is a vehicle with this probability, 0 to 1."""
    above_usual = (_log_odds(probability) - AT_USUAL_SCORE - _of_size(size)) / PER_LOG_ODDS
    return float(1 / (1 + np.exp(-_log_odds(usual_score) - above_usual)))


def _of_size(size: float) -> float:
    return PER_DOUBLING * float(np.log2(max(size, 1e-6) / USUAL_SIZE))


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


def parts_of_others(tracks: Sequence[Track], usual_score: float, picture_px: int) -> set[int]:
    """Ids of the tracks that share most of their box with one stronger track for half of the time they last.

    Of two boxes of which one lies in the other the weaker is meant, whichever is larger: a network draws a turret into
    a tank, and a box around two vehicles. Boxes that tell nothing are left out.
    """
    telling = [(track, _telling(track, usual_score, picture_px)) for track in tracks]
    pairs = _within_stronger((track, box) for track, boxes in telling for box in boxes)
    shared = Counter((weaker.id, stronger.id) for _, weaker, stronger in pairs)
    lasts = {track.id: len(boxes) for track, boxes in telling}
    return {one for (one, _), pictures in shared.items() if pictures >= PART_SHARE * lasts[one]}


def _telling(track: Track, usual_score: float, picture_px: int) -> list[TrackBox]:
    """Its boxes that are a vehicle by themselves more often than SELDOM."""
    least_score = score_of(SELDOM, size_px(track) / picture_px, usual_score)
    return [box for box in track.boxes if box.score >= least_score]


def _hidden(tracks: Sequence[Track], usual_score: float, picture_px: int) -> dict[int, frozenset[int]]:
    """By track, the frames in which its box tells nothing, or lies within that of a stronger track, or around it."""
    telling = [(track, _telling(track, usual_score, picture_px)) for track in tracks]
    hidden = {track.id: {box.frame for box in track.boxes} - {box.frame for box in boxes} for track, boxes in telling}
    seen = ((track, box) for track, boxes in telling for box in boxes if not box.filled)
    for frame, weaker, _ in _within_stronger(seen):
        hidden[weaker.id].add(frame)
    return {id: frozenset(frames) for id, frames in hidden.items()}


def _within_stronger(boxes: Iterable[tuple[Track, TrackBox]]) -> Iterator[tuple[int, Track, Track]]:
    """A frame, a track and a stronger one, for all whose boxes there are one within the other."""
    by_frame: dict[int, list[tuple[Track, TrackBox]]] = {}
    for track, box in boxes:
        by_frame.setdefault(box.frame, []).append((track, box))
    for frame, present in by_frame.items():
        if 1 < len(present) <= MOST_COMPARED:
            scores = np.array([track.score for track, _ in present])
            nested = within(np.array([box.xyxy for _, box in present])) & _below(scores)
            for weaker, stronger in np.argwhere(nested):
                yield frame, present[weaker][0], present[stronger][0]


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
