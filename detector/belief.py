"""How likely each track of a shot is a vehicle of its own, told from its score, its size and what it lies in.

The numbers come from val pictures, none of which is of a clip that is counted (`benchmarks/belief.py`): a weak box that
fills the picture is false more often than a weak one far off, and a box inside a stronger one is mostly a turret, a
wheel, or the same vehicle again. Boxes of single pictures are measured there and tracks believed here; that a track
lasts is not taken for more evidence, because what is mistaken once is mistaken in the next picture too.

A track that is a vehicle need not show one in each of its frames: where an identity goes over from one track to
another, both have a box on the same vehicle for a while; and a track may go on through boxes that tell next to nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.spool import let_go_of_pages, one_by_one
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
SELDOM = 0.05  # a box that is a vehicle less often tells nothing by itself
MOST_COMPARED = 1000  # boxes in a picture; a network that finds more finds noise
LEAST_ODDS_SCORE = 0.001
STRETCH_FRAMES = 64  # compared in one go

Instead = Literal["part", "display", "repeat"]


@dataclass(frozen=True)
class Believed:
    """A track, how likely it is a vehicle of its own, and what it is taken for instead, if anything.

    `hidden` are frames, in order, in which its box shows no vehicle beside those of the others.
    """

    track: Track
    probability: float
    instead: Instead | None = None
    hidden: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), compare=False)


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
    telling = telling_scores(tracks, usual_score, picture_px)
    parts = parts_of_others(tracks, telling)
    hidden = _hidden([track for track in tracks if track.id not in displays | repeats], telling)
    believed = []
    for track in one_by_one(tracks):
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
    return float(np.median(np.sqrt(_areas(track.boxes.xyxy))))


def _areas(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = np.maximum(corners[..., 2:] - corners[..., :2], 0.0).prod(axis=-1)
    return areas


def telling_scores(tracks: Sequence[Track], usual_score: float, picture_px: int) -> dict[int, float]:
    """By track, from which score its boxes are a vehicle by themselves more often than SELDOM; the rest as for
    `believe`.
    """
    return {track.id: score_of(SELDOM, size_px(track) / picture_px, usual_score) for track in one_by_one(tracks)}


def parts_of_others(tracks: Sequence[Track], telling: Mapping[int, float]) -> set[int]:
    """Ids of the tracks that share most of their box with one stronger track for half of the time they last.

    Of two boxes of which one lies in the other the weaker is meant, whichever is larger: a network draws a turret into
    a tank, and a box around two vehicles. Boxes that tell nothing are left out.
    """
    shared: Counter[tuple[int, int]] = Counter()
    for weaker, stronger, frames in _within_stronger(tracks, telling, seen_only=False):
        shared[weaker.id, stronger.id] += len(frames)
    sharing = {one for one, _ in shared}
    told = {
        track.id: int((track.boxes.scores >= telling[track.id]).sum())
        for track in one_by_one(tracks)
        if track.id in sharing
    }
    return {one for (one, _), pictures in shared.items() if pictures >= PART_SHARE * told[one]}


def _hidden(tracks: Sequence[Track], telling: Mapping[int, float]) -> dict[int, NDArray[np.int64]]:
    """By track, the frames in which its box tells nothing, or lies within that of a stronger track, or around it."""
    hidden = {track.id: [track.boxes.frames[track.boxes.scores < telling[track.id]]] for track in one_by_one(tracks)}
    for weaker, _, frames in _within_stronger(tracks, telling, seen_only=True):
        hidden[weaker.id].append(frames)
    return {id: np.unique(np.concatenate(frames)) for id, frames in hidden.items()}


def _within_stronger(
    tracks: Sequence[Track], telling: Mapping[int, float], seen_only: bool
) -> Iterator[tuple[Track, Track, NDArray[np.int64]]]:
    """A track, a stronger one, and the frames of a stretch in which of two telling boxes one lies within the other."""
    scores = [track.score for track in one_by_one(tracks)]
    order = sorted(range(len(tracks)), key=lambda number: -scores[number])  # of equals the first is stronger
    ranks = np.argsort(order)
    for start, stop, here in stretches(tracks, STRETCH_FRAMES):
        corners = np.full((len(here), stop - start, 4), np.nan)
        for row, number in zip(corners, here, strict=True):
            boxes = tracks[number].boxes
            now = boxes.between(start, stop)
            is_chosen = boxes.scores[now] >= telling[tracks[number].id]
            if seen_only:
                is_chosen &= ~boxes.filled[now]
            row[boxes.frames[now][is_chosen] - start] = boxes.xyxy[now][is_chosen]
        crowded = np.isfinite(corners[..., 0]).sum(axis=0) > MOST_COMPARED
        corners[:, crowded] = np.nan
        for weaker, stronger in _pairs_that_meet(corners, ranks[here]):
            frames = np.flatnonzero(within(corners[weaker], corners[stronger]))
            if len(frames):
                yield tracks[here[weaker]], tracks[here[stronger]], start + frames


def stretches(tracks: Sequence[Track], length: int) -> Iterator[tuple[int, int, list[int]]]:
    """All frames of some tracks, so many at a time: the first, the one beyond the last, and the tracks in them."""
    if not tracks:
        return
    firsts, lasts = np.array([track.first for track in tracks]), np.array([track.last for track in tracks])
    for start in range(int(firsts.min()), int(lasts.max()) + 1, length):
        let_go_of_pages()
        yield start, start + length, np.flatnonzero((firsts < start + length) & (lasts >= start)).tolist()


def _pairs_that_meet(corners: NDArray[np.float64], ranks: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Weaker and stronger of all that come to the same part of the picture in a stretch.

    Args:
        corners: (tracks, frames, 4) boxes, NaN where there is none.
        ranks: (tracks,) the strongest first.
    """
    somewhere = np.flatnonzero(np.isfinite(corners[..., 0]).any(axis=1))
    low, high = np.nanmin(corners[somewhere, :, :2], axis=1), np.nanmax(corners[somewhere, :, 2:], axis=1)
    for number, weaker in enumerate(somewhere):
        meet = ((low <= high[number]) & (high >= low[number])).all(axis=1) & (ranks[somewhere] < ranks[weaker])
        for stronger in somewhere[meet]:
            yield int(weaker), int(stronger)


def within(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(...) whether two of (..., 4) boxes, left, top, right, bottom, share PART_WITHIN of the smaller; not if NaN."""
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    common = np.maximum(sides, 0.0).prod(axis=-1)
    return np.asarray((common > 0) & (common >= PART_WITHIN * np.minimum(_areas(one), _areas(other))))
