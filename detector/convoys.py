"""Which vehicles of a shot move as a convoy: three or more, one behind the other, along one path.

A column that halts stays a convoy, and what stands in it while at least two others move along it belongs to it; one of
which nothing moves in the shot cannot be told from a parked row and is none (docs/counting.md).
Everything is judged in the picture of one moment at a time, with the camera's motion over the last second taken out, so
errors of camera motion do not pile up over a long shot.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.convoy_moments import Moment, Moments
from detector.spool import let_go_of_pages
from detector.tracking import Track

FEWEST_VEHICLES = 3
LOOK_BACK_S = 1.0
SAMPLE_EVERY_S = 0.5
SLOWEST_SIZES_PER_S = 0.25  # slower than this is parked, for all that the camera motion can tell
WIDEST_ANGLE_DEGREES = 40.0
LONGEST_GAP_SIZES = 10.0
WIDEST_OFFSET_SIZES = 2.5
ON_PATH_SIZES = 0.4  # what stands beside the line of those that move is parked
FEWEST_MOVING = 2  # along the line that another stands on
FEWEST_LINKED_SAMPLES = 2
LEAST_LINKED_SHARE = 0.5
LENGTH_OF_WIDTH = 2.0  # of a vehicle, about
MOST_AT_A_TIME = 2_000_000  # pairs compared in one go
SAMPLES_AT_A_TIME = 64

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Presence:
    """How many vehicles of a convoy are in the picture over a run of frames, both ends included."""

    start: int
    end: int
    vehicles: int


@dataclass(frozen=True)
class ConvoySpan:
    """A convoy.

    Attributes:
        tracks: ids in order of march, leader first.
        start, end: first and last frame with three of them in the picture.
        presence: how many are in the picture from when to when, over all of their frames.
        spacing_lengths: from the middle of a vehicle to the middle of the next, in vehicle lengths; the median.
        direction_degrees: where they go in the picture, clockwise from upwards, 0 to 360.
    """

    tracks: tuple[int, ...]
    start: int
    end: int
    presence: tuple[Presence, ...]
    spacing_lengths: float
    direction_degrees: float


def find_convoys(
    tracks: Sequence[Track], times_s: Mapping[int, float], to_ground: Mapping[int, Array]
) -> list[ConvoySpan]:
    """Convoys of one shot.

    Args:
        tracks: of the shot.
        times_s: time of every frame of the shot.
        to_ground: (3, 3) transform of every frame to the shot's first frame: the camera motions, accumulated.
    """
    by_id = {track.id: track for track in sorted(tracks, key=lambda track: track.id)}
    ordered, firsts, lasts = list(by_id.values()), *_ends(by_id.values())
    moments = Moments()
    for number, (frame, earlier) in enumerate(_samples(times_s)):
        if number % SAMPLES_AT_A_TIME == 0:
            let_go_of_pages()
        there = [ordered[number] for number in np.flatnonzero((firsts <= earlier) & (lasts >= frame))]
        moments.append(_moment(there, frame, earlier, times_s, to_ground))
    convoys = []
    for members in _components(_lasting_links(moments)):
        presence = _presence([by_id[member] for member in members])
        enough = [run for run in presence if run.vehicles >= FEWEST_VEHICLES]
        if enough:
            order = _in_order(members, moments)
            spacing, direction = _march(order, moments)
            convoys.append(ConvoySpan(order, enough[0].start, enough[-1].end, presence, spacing, direction))
    return sorted(convoys, key=lambda convoy: (convoy.start, convoy.tracks))


def _samples(times_s: Mapping[int, float]) -> Iterator[tuple[int, int]]:
    """Pairs of a frame and one about LOOK_BACK_S before it, every SAMPLE_EVERY_S."""
    frames = array("q", np.sort(np.fromiter(times_s, np.int64)).tobytes())
    clock_s = array("d", (times_s[frame] for frame in frames))
    earlier = 0
    next_s = -np.inf
    for frame, time_s in zip(frames, clock_s, strict=True):
        while time_s - clock_s[min(earlier + 1, len(frames) - 1)] >= LOOK_BACK_S:
            earlier += 1
        if time_s - clock_s[earlier] >= LOOK_BACK_S and time_s >= next_s:
            yield frame, frames[earlier]
            next_s = time_s + SAMPLE_EVERY_S


def _ends(tracks: Iterable[Track]) -> tuple[Indices, Indices]:
    """First and last frame of each."""
    ends = np.array([(track.first, track.last) for track in tracks], np.int64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def _moment(
    tracks: Sequence[Track],
    frame: int,
    earlier: int,
    times_s: Mapping[int, float],
    to_ground: Mapping[int, Array],
) -> Moment:
    """The vehicles that moved between two frames, or stood on the path, as they are at the later one; tracks by id."""
    at = [track.boxes.numbers_of((earlier, frame)) for track in tracks]
    both = [
        (track, numbers) for track, numbers in zip(tracks, at, strict=True) if len(numbers) == len((earlier, frame))
    ]
    ids = np.array([track.id for track, _ in both], np.int64)
    boxes = np.array([track.boxes.xyxy[numbers] for track, numbers in both]).reshape(-1, 2, 4)
    before, now = boxes[:, 0], boxes[:, 1]
    earlier_to_now = np.linalg.inv(to_ground[frame]) @ to_ground[earlier]
    was = np.column_stack([(before[:, :2] + before[:, 2:]) / 2, np.ones(len(ids))]) @ earlier_to_now.T
    positions, sides = (now[:, :2] + now[:, 2:]) / 2, now[:, 2:] - now[:, :2]
    way = positions - was[:, :2] / was[:, 2:]
    distance = np.linalg.norm(way, axis=1)
    moving = distance / _sizes(sides) / (times_s[frame] - times_s[earlier]) >= SLOWEST_SIZES_PER_S
    headings = way / np.maximum(distance, np.finfo(float).tiny)[:, None]
    headings = np.where(moving[:, None], headings, _headings_of_standing(positions, headings, _sizes(sides), moving))
    going: NDArray[np.bool_] = np.asarray(headings.any(axis=1))
    return Moment(ids, positions, headings, sides)[going]


def _headings_of_standing(positions: Array, headings: Array, sizes: Array, moving: NDArray[np.bool_]) -> Array:
    """(n, 2) for what stands on the line of at least two that move alike, the heading of the nearest; else zeros."""
    found = np.zeros_like(headings)
    for one in np.flatnonzero(~moving):
        between = positions[moving] - positions[one]
        across = np.abs(headings[moving, 0] * between[:, 1] - headings[moving, 1] * between[:, 0])
        away, size = np.linalg.norm(between, axis=1), (sizes[moving] + sizes[one]) / 2
        on_line = (across <= ON_PATH_SIZES * size) & (away <= LONGEST_GAP_SIZES * size)
        if on_line.any():
            nearest = headings[moving][on_line][away[on_line].argmin()]
            alike = headings[moving][on_line] @ nearest >= np.cos(np.radians(WIDEST_ANGLE_DEGREES))
            found[one] = nearest * (alike.sum() >= FEWEST_MOVING)
    return found


def _sizes(sides: Array) -> Array:
    """(n,) geometric mean of width and height, at least a pixel."""
    sizes: Array = np.sqrt(np.maximum(sides.prod(axis=1), 1.0))
    return sizes


def _lasting_links(moments: Iterable[Moment]) -> list[tuple[int, int]]:
    """Pairs of tracks of which one follows the other through at least half the moments in which both move."""
    linked: Counter[tuple[int, int]] = Counter()
    for moment in moments:
        linked.update(_linked(moment))
    often = sorted(pair for pair, times in linked.items() if times >= FEWEST_LINKED_SAMPLES)
    first, second = np.array(often, np.int64).reshape(-1, 2).T
    both_move = np.zeros(len(often), np.int64)
    if often:
        for moment in moments:
            both_move += np.isin(first, moment.ids) & np.isin(second, moment.ids)
    return [
        pair
        for pair, times in zip(often, both_move.tolist(), strict=True)
        if linked[pair] >= LEAST_LINKED_SHARE * times
    ]


def _linked(moment: Moment) -> list[tuple[int, int]]:
    """Pairs of tracks that follow closely: same heading, near each other, one on the other's line."""
    sizes = _sizes(moment.sides)
    pairs: list[tuple[int, int]] = []
    rows = np.arange(len(sizes))
    for part in np.array_split(rows, 1 + len(rows) ** 2 // MOST_AT_A_TIME):
        size = (sizes[part, None] + sizes[None]) / 2
        between = moment.positions[part, None] - moment.positions[None]
        alike = moment.headings[part] @ moment.headings.T >= np.cos(np.radians(WIDEST_ANGLE_DEGREES))
        near = np.linalg.norm(between, axis=2) <= LONGEST_GAP_SIZES * size
        offsets = [
            np.abs(heading[..., 0] * between[..., 1] - heading[..., 1] * between[..., 0])
            for heading in (moment.headings[part, None], moment.headings[None])
        ]
        behind = np.minimum(*offsets) <= WIDEST_OFFSET_SIZES * size
        first, second = np.nonzero(alike & near & behind & (part[:, None] < rows[None]))
        pairs += zip(moment.ids[part[first]].tolist(), moment.ids[second].tolist(), strict=True)
    return pairs


def _components(links: list[tuple[int, int]]) -> list[set[int]]:
    """Groups of tracks that hang together by links."""
    groups: list[set[int]] = []
    for pair in links:
        touching = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(pair).union(*touching))
    return groups


def _presence(tracks: Sequence[Track]) -> tuple[Presence, ...]:
    """Runs of frames with the same number of these tracks, none left out from the first frame to the last."""
    changes: Counter[int] = Counter()
    for track in tracks:
        changes[track.first] += 1
        changes[track.last + 1] -= 1
    frames = sorted(frame for frame, change in changes.items() if change)
    vehicles, runs = 0, []
    for frame, after in pairwise(frames):
        vehicles += changes[frame]
        runs.append(Presence(frame, after - 1, vehicles))
    return tuple(runs)


def _in_order(members: set[int], moments: Iterable[Moment]) -> tuple[int, ...]:
    """Leader first: by the share of the others it is ahead of, among those it was seen together with."""
    ids = np.array(sorted(members), np.int64)
    leads = np.zeros((len(ids), len(ids)))
    for moment in moments:
        present = moment[np.isin(moment.ids, ids)]
        at = np.searchsorted(ids, present.ids)
        heading = present.headings[:, None] + present.headings[None]
        between = present.positions[:, None] - present.positions[None]
        leads[np.ix_(at, at)] += np.sign((between * heading).sum(axis=2))
    together, ahead = leads != 0, leads > 0
    share = ahead.sum(axis=1) / np.maximum(together.sum(axis=1), 1)
    return tuple(ids[np.lexsort((ids, -share))].tolist())


def _march(order: tuple[int, ...], moments: Iterable[Moment]) -> tuple[float, float]:
    """Spacing in vehicle lengths and direction in degrees of a convoy, over the moments in which it moves."""
    spacings: list[Array] = []
    heading = np.zeros(2)
    for moment in moments:
        here = {track: index for index, track in enumerate(moment.ids.tolist())}
        present = moment[np.array([here[track] for track in order if track in here], np.int64)]
        heading += present.headings.sum(axis=0)
        lengths = _lengths(present)
        steps = np.linalg.norm(np.diff(present.positions, axis=0), axis=1)
        spacings.append(steps / ((lengths[1:] + lengths[:-1]) / 2))
    direction = float(np.degrees(np.arctan2(heading[0], -heading[1]))) % 360
    return float(np.median(np.concatenate(spacings))), direction


def _lengths(moment: Moment) -> Array:
    """(n,) vehicle lengths in pixels, from boxes that stand upright around vehicles that drive at an angle."""
    around = np.abs(moment.headings).sum(axis=1) * (1 + 1 / LENGTH_OF_WIDTH)
    lengths: Array = np.maximum(moment.sides.sum(axis=1), 1.0) / around
    return lengths
