"""Where a vehicle was, told from all its boxes before and after: each track smoothed once its shot is over.

The pass of Rauch, Tung and Striebel (1965) over the Kalman filters of `detector.kalman`. How much is smoothed is not
set but measured on each track: boxes that jump about their own path are trusted less, clean ones stay where they are.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.assignment import Indices
from detector.boxes import Array, moved, sizes_of, to_centres, to_corners
from detector.kalman import NOISE_SIZES, corrected, new_states, predicted, reconsidered
from detector.tracklets import Shot, Tracklet

LEAST_NOISE_SIZES = 1e-4
"""No box is exact; and without any noise the filter could not be run back."""

FEWEST_TRIPLES = 10
"""A track with fewer is taken to jump about as much as the others of its shot."""

MOST_ROWS = 200_000
"""Pictures of all tracks together that are smoothed in one go, for memory's sake."""

LONGEST_TRIPLE_S = 0.3
"""Over longer the way itself is not straight. Clips of few frames a second are not smoothed, therefore."""

DEVIATION_OF_MEDIAN = 1.4826
"""The standard deviation of normal noise, over its median absolute value."""


def smoothed(tracklets: list[Tracklet], shot: Shot) -> list[Tracklet]:
    """The same tracks with their boxes where they were most likely; gaps stay gaps."""
    whole: list[Tracklet] = []
    lengths = np.cumsum([tracklet.steps[-1] - tracklet.steps[0] + 1 for tracklet in tracklets])
    for part in np.unique(lengths // MOST_ROWS):
        chosen = np.flatnonzero(lengths // MOST_ROWS == part)
        whole += _smoothed([tracklets[index] for index in chosen], shot)
    return whole


def _smoothed(tracklets: list[Tracklet], shot: Shot) -> list[Tracklet]:
    rows = _Rows(tracklets)
    priors, states = _forward(rows, shot, _noise_sizes(rows, shot)[rows.track])
    found = states[:2].copy()
    for step in range(int(rows.last.max()) - 1, -1, -1):
        here = rows.at(step)
        here = here[rows.step[here] < rows.last[rows.track[here]]]
        seconds, motion = shot.clock_s[step + 1] - shot.clock_s[step], shot.motions[step + 1]
        found[:, here] = reconsidered(states[:, here], priors[:, here + 1], found[:, here + 1], seconds, motion)
    found[0, :, 2:] = np.maximum(found[0, :, 2:], 0.0)
    places = np.split(to_corners(found[0])[rows.seen], np.searchsorted(rows.track[rows.seen], rows.numbers[1:]))
    return [
        Tracklet(tracklet.steps, list(xyxy), tracklet.scores, tracklet.classes)
        for tracklet, xyxy in zip(tracklets, places, strict=True)
    ]


@dataclass(frozen=True)
class _Rows:
    """All pictures from the first to the last of every track one below the other, those of a track together."""

    tracklets: list[Tracklet]

    @cached_property
    def first(self) -> Indices:
        """First step of each track."""
        return np.array([tracklet.steps[0] for tracklet in self.tracklets])

    @cached_property
    def last(self) -> Indices:
        """Last step of each track."""
        return np.array([tracklet.steps[-1] for tracklet in self.tracklets])

    @property
    def numbers(self) -> Indices:
        """Of the tracks."""
        return np.arange(len(self.tracklets))

    @cached_property
    def start(self) -> Indices:
        """The row that each track starts at."""
        lengths = self.last - self.first + 1
        return np.concatenate([[0], np.cumsum(lengths)[:-1]])

    @cached_property
    def track(self) -> Indices:
        """The track of each row."""
        return np.repeat(self.numbers, self.last - self.first + 1)

    @cached_property
    def step(self) -> Indices:
        """The step of each row."""
        return np.arange(len(self.track)) - self.start[self.track] + self.first[self.track]

    @cached_property
    def boxes(self) -> Array:
        """(rows, 4) centres and sizes; NaN where the track was not seen."""
        boxes = np.full((len(self.track), 4), np.nan)
        for index, tracklet in enumerate(self.tracklets):
            rows = self.start[index] + np.array(tracklet.steps) - self.first[index]
            boxes[rows] = to_centres(np.stack(tracklet.xyxy))
        return boxes

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Which rows hold a box."""
        return np.isfinite(self.boxes[:, 0])

    def at(self, step: int) -> Indices:
        """The rows of one step."""
        return self._by_step[self._starts[step] : self._starts[step + 1]]

    @cached_property
    def _by_step(self) -> Indices:
        return np.argsort(self.step, kind="stable")

    @cached_property
    def _starts(self) -> Indices:
        return np.searchsorted(self.step[self._by_step], np.arange(int(self.last.max()) + 2))


def _forward(rows: _Rows, shot: Shot, noise_sizes: Array) -> tuple[Array, Array]:
    """(5, rows, 4) states, before and after the box of their own picture was seen."""
    priors = np.zeros((5, len(rows.track), 4))
    states = np.zeros((5, len(rows.track), 4))
    for step in range(int(rows.last.max()) + 1):
        here = rows.at(step)
        born = rows.first[rows.track[here]] == step
        new, old = here[born], here[~born]
        states[:, new] = new_states(rows.boxes[new], noise_sizes[new])
        if len(old):
            seconds = shot.clock_s[step] - shot.clock_s[step - 1]
            priors[:, old] = states[:, old] = predicted(states[:, old - 1], seconds, shot.motions[step])
            seen = old[rows.seen[old]]
            states[:, seen] = corrected(states[:, seen], rows.boxes[seen], noise_sizes[seen])
    return priors, states


def _noise_sizes(rows: _Rows, shot: Shot) -> Array:
    """(tracks, 4) standard deviation of the boxes of each track about their own path, in box sizes.

    Told from how far the middle one of three boxes in a row lies off the straight line through its neighbours.
    """
    inner = np.flatnonzero(rows.seen[1:-1] & rows.seen[:-2] & rows.seen[2:]) + 1
    inner = inner[rows.track[inner - 1] == rows.track[inner + 1]]
    motions, clock_s = np.stack(shot.motions), np.array(shot.clock_s)
    inner = inner[clock_s[rows.step[inner] + 1] - clock_s[rows.step[inner] - 1] <= LONGEST_TRIPLE_S]
    step = rows.step[inner]
    share = ((clock_s[step] - clock_s[step - 1]) / (clock_s[step + 1] - clock_s[step - 1]))[:, None]
    before = moved(rows.boxes[inner - 1], motions[step])
    after = moved(rows.boxes[inner + 1], np.linalg.inv(motions[step + 1]))
    off = np.abs(rows.boxes[inner] - (1 - share) * before - share * after)
    off /= sizes_of(rows.boxes[inner]) * np.sqrt(1 + share**2 + (1 - share) ** 2)
    usual = np.median(off, axis=0) if len(off) else np.zeros(4)
    of_track = np.split(off, np.searchsorted(rows.track[inner], rows.numbers[1:]))
    medians = [np.median(part, axis=0) if len(part) >= FEWEST_TRIPLES else usual for part in of_track]
    return np.clip(DEVIATION_OF_MEDIAN * np.stack(medians), LEAST_NOISE_SIZES, NOISE_SIZES)
