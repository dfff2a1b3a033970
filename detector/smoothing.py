"""Where a vehicle was, told from all its boxes before and after: each track smoothed once its shot is over.

The pass of Rauch, Tung and Striebel (1965) over the Kalman filters of `detector.kalman`. How much is smoothed is not
set but measured on each track: boxes that jump about their own path are trusted less, clean ones stay where they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices
from detector.boxes import Array, moved, sizes_of, to_corners
from detector.kalman import NOISE_SIZES, corrected, new_states, predicted, reconsidered
from detector.spool import Spool, let_go_of_pages, one_by_one
from detector.tracklets import Shot, Tracklet

LEAST_NOISE_SIZES = 1e-4
"""No box is exact; and without any noise the filter could not be run back."""

FEWEST_TRIPLES = 10
"""A track with fewer is taken to jump about as much as the others of its shot."""

MOST_ROWS = 25_000
"""Boxes that are worked on in one go, for memory's sake; it changes no result."""

MOST_TRIPLES = 100_000
"""Of more than so many boxes in a shot every other triple, or every third, says what is usual in it."""

CORNERS = np.dtype((np.float64, 4))

LONGEST_TRIPLE_S = 0.3
"""Over longer the way itself is not straight. Clips of few frames a second are not smoothed, therefore."""

DEVIATION_OF_MEDIAN = 1.4826
"""The standard deviation of normal noise, over its median absolute value."""


def smoothed(tracklets: Sequence[Tracklet], shot: Shot) -> list[Tracklet]:
    """The same tracks with their boxes where they were most likely; gaps stay gaps.

    A long shot is gone through in stretches: forward once, keeping only the states that each begins with, and then
    stretch by stretch from the last to the first, each forward again and back.
    """
    if not tracklets:
        return []
    noise_sizes = _noise_sizes(tracklets, shot)
    stretches = list(pairwise(_edges(tracklets)))
    begins = [np.zeros((5, 0, 4))]
    for start, stop in stretches[:-1]:
        rows = _Rows(tracklets, start, stop)
        begins.append(_forward(rows, shot, noise_sizes, begins[-1])[1][:, rows.going_on])
        let_go_of_pages()
    ends = np.cumsum([len(tracklet.steps) for tracklet in tracklets])
    whole = Spool(CORNERS)
    whole.reserve(int(ends[-1]))
    later = np.zeros((2, 0, 4))
    while stretches:
        rows = _Rows(tracklets, *stretches.pop())
        found = _back(rows, shot, later, *_forward(rows, shot, noise_sizes, begins.pop()))
        later = found[:, rows.carried].copy()
        rows.hand_out(found[0], whole, ends)
        let_go_of_pages()
    return [
        Tracklet(tracklet.steps, xyxy, tracklet.scores, tracklet.classes)
        for tracklet, xyxy in zip(tracklets, np.split(whole.rows(), ends[:-1]), strict=True)
    ]


def _edges(tracklets: Sequence[Tracklet]) -> list[int]:
    """The steps between which a shot is gone through in one go, from the first to beyond the last."""
    beyond = max(int(tracklet.steps[-1]) for tracklet in tracklets) + 1
    changes = np.zeros(beyond + 1, np.int64)
    np.add.at(changes, [tracklet.steps[0] for tracklet in tracklets], 1)
    np.add.at(changes, [tracklet.steps[-1] + 1 for tracklet in tracklets], -1)
    stretch = np.cumsum(np.cumsum(changes[:-1])) // MOST_ROWS
    return [0, *(np.flatnonzero(np.diff(stretch)) + 1).tolist(), beyond]


@dataclass(frozen=True)
class _Rows:
    """All pictures of every track in a stretch of the shot one below the other, those of a track together.

    A track that began before has one row more, of the picture before the stretch.
    """

    tracklets: Sequence[Tracklet]
    begin: int
    end: int

    @cached_property
    def numbers(self) -> Indices:
        """Of the tracks that are in the stretch."""
        ends = np.array([(tracklet.steps[0], tracklet.steps[-1]) for tracklet in self.tracklets], np.int64)
        return np.flatnonzero((ends[:, 0] < self.end) & (ends[:, 1] >= self.begin))

    @cached_property
    def born(self) -> Indices:
        """First step of each."""
        return np.array([self.tracklets[number].steps[0] for number in self.numbers], np.int64)

    @cached_property
    def last(self) -> Indices:
        """Last step of each in this stretch."""
        steps = np.array([self.tracklets[number].steps[-1] for number in self.numbers], np.int64)
        return np.minimum(steps, self.end - 1)

    @cached_property
    def first(self) -> Indices:
        """Step of the first row of each."""
        return np.maximum(self.born, self.begin - 1)

    @cached_property
    def start(self) -> Indices:
        """First row of each."""
        lengths = self.last - self.first + 1
        return np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)

    @cached_property
    def carried(self) -> Indices:
        """The rows of the picture before the stretch."""
        return self.start[self.first < self.begin]

    @cached_property
    def going_on(self) -> Indices:
        """The last rows of those that go on beyond it."""
        on = [self.tracklets[number].steps[-1] >= self.end for number in self.numbers]
        return (self.start + self.last - self.first)[np.array(on, np.bool_)]

    @cached_property
    def track(self) -> Indices:
        """The place in `numbers` of each row."""
        return np.repeat(np.arange(len(self.numbers)), self.last - self.first + 1)

    @cached_property
    def step(self) -> Indices:
        """The step of each row."""
        return np.arange(len(self.track)) - self.start[self.track] + self.first[self.track]

    @cached_property
    def boxes(self) -> Array:
        """(rows, 4) centres and sizes; NaN where the track was not seen in the stretch."""
        boxes = np.full((len(self.track), 4), np.nan)
        for index, tracklet, chosen in self._parts():
            rows = self.start[index] + tracklet.steps[chosen] - self.first[index]
            boxes[rows] = tracklet[chosen].centres()
        return boxes

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Which rows hold a box."""
        return np.isfinite(self.boxes[:, 0])

    def at(self, step: int) -> Indices:
        """The rows of one step."""
        return self._by_step[self._starts[step - self.begin + 1] : self._starts[step - self.begin + 2]]

    def hand_out(self, centres: Array, whole: Spool, ends: Indices) -> None:
        """Write the (rows, 4) centres and sizes of what was seen to the corners of all tracks, which end there."""
        centres[:, 2:] = np.maximum(centres[:, 2:], 0.0)
        corners = to_corners(centres)
        for index, tracklet, chosen in self._parts():
            begin = int(ends[self.numbers[index]]) - len(tracklet.steps)
            rows = self.start[index] + tracklet.steps[chosen] - self.first[index]
            whole.put(begin + chosen.start, corners[rows])

    def _parts(self) -> Iterator[tuple[int, Tracklet, slice]]:
        """Each track with what of it lies in the stretch."""
        for index, number in enumerate(self.numbers):
            tracklet = self.tracklets[number]
            yield index, tracklet, slice(*np.searchsorted(tracklet.steps, (self.begin, self.end)).tolist())

    @cached_property
    def _by_step(self) -> Indices:
        return np.argsort(self.step, kind="stable")

    @cached_property
    def _starts(self) -> Indices:
        return np.searchsorted(self.step[self._by_step], np.arange(self.begin - 1, self.end + 1))


def _forward(rows: _Rows, shot: Shot, noise_sizes: Array, before: Array) -> tuple[Array, Array]:
    """(5, rows, 4) states, before and after the box of their own picture was seen; `before`: of the carried rows."""
    noise = noise_sizes[rows.numbers][rows.track]
    priors = np.zeros((5, len(rows.track), 4))
    states = np.zeros((5, len(rows.track), 4))
    states[:, rows.carried] = before
    for step in range(rows.begin, rows.end):
        here = rows.at(step)
        born = rows.born[rows.track[here]] == step
        new, old = here[born], here[~born]
        if len(new):
            states[:, new] = new_states(rows.boxes[new], noise[new])
        if len(old):
            seconds = shot.clock_s[step] - shot.clock_s[step - 1]
            priors[:, old] = states[:, old] = predicted(states[:, old - 1], seconds, shot.motions[step])
            seen = old[rows.seen[old]]
            states[:, seen] = corrected(states[:, seen], rows.boxes[seen], noise[seen])
    return priors, states


def _back(rows: _Rows, shot: Shot, later: Array, priors: Array, states: Array) -> Array:
    """(2, rows, 4) places and velocities; `later`: of those that go on, found in the stretch after this one."""
    found = states[:2].copy()
    found[:, rows.going_on] = later
    for step in range(rows.end - 2, max(rows.begin - 2, -1), -1):
        here = rows.at(step)
        here = here[rows.step[here] < rows.last[rows.track[here]]]
        if len(here):
            seconds, motion = shot.clock_s[step + 1] - shot.clock_s[step], shot.motions[step + 1]
            found[:, here] = reconsidered(states[:, here], priors[:, here + 1], found[:, here + 1], seconds, motion)
    return found


def _noise_sizes(tracklets: Sequence[Tracklet], shot: Shot) -> Array:
    """(tracks, 4) standard deviation of the boxes of each track about their own path, in box sizes.

    Told from how far the middle one of three boxes in a row lies off the straight line through its neighbours.
    """
    lengths = np.cumsum([len(tracklet.steps) for tracklet in tracklets])
    every = 1 + int(lengths[-1]) // MOST_TRIPLES
    clock_s = np.asarray(shot.clock_s)
    medians, some, passed, part = [], [], 0, 0
    for tracklet, length in one_by_one(zip(tracklets, lengths.tolist(), strict=True)):
        if length // MOST_TRIPLES != part:
            passed, part = 0, length // MOST_TRIPLES
        off = _off_line(tracklet, shot, clock_s)
        some.append(off[-passed % every :: every])
        passed += len(off)
        enough = len(off) >= FEWEST_TRIPLES
        medians.append([np.median(side) for side in off.T] if enough else np.full(4, np.nan))
    usual = np.concatenate(some)
    known = np.array(medians)
    known = np.where(np.isnan(known), np.median(usual, axis=0) if len(usual) else np.zeros(4), known)
    return np.clip(DEVIATION_OF_MEDIAN * known, LEAST_NOISE_SIZES, NOISE_SIZES)


def _off_line(tracklet: Tracklet, shot: Shot, clock_s: Array) -> Array:
    """(n, 4) how far off they lie, in box sizes and as if there were no noise in the neighbours."""
    starts = range(0, max(len(tracklet.steps) - 2, 1), MOST_ROWS)
    return np.concatenate([_off_line_at_once(tracklet[at : at + MOST_ROWS + 2], shot, clock_s) for at in starts])


def _off_line_at_once(tracklet: Tracklet, shot: Shot, clock_s: Array) -> Array:
    """Of a tracklet that is not too long, all in one go."""
    steps, boxes = tracklet.steps, tracklet.centres()
    inner = 1 + np.flatnonzero((np.diff(steps[:-1]) == 1) & (np.diff(steps[1:]) == 1))
    inner = inner[clock_s[steps[inner] + 1] - clock_s[steps[inner] - 1] <= LONGEST_TRIPLE_S]
    step, first = steps[inner], int(steps[0])
    motions = np.asarray(shot.motions[first : int(steps[-1]) + 1])
    share = ((clock_s[step] - clock_s[step - 1]) / (clock_s[step + 1] - clock_s[step - 1]))[:, None]
    before = moved(boxes[inner - 1], motions[step - first])
    after = moved(boxes[inner + 1], np.linalg.inv(motions[step + 1 - first]))
    off = np.abs(boxes[inner] - (1 - share) * before - share * after)
    off /= sizes_of(boxes[inner]) * np.sqrt(1 + share**2 + (1 - share) ** 2)
    return np.asarray(off)
