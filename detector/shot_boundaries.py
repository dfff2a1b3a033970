"""Where the picture becomes another one: by a hard cut, or through a stretch of pictures that mix both sides.

A cut is where a picture is far less like the one before than its neighbours are to one another; so a pan, however fast,
is none. Dissolves and fades come from `shot_transitions`. A boundary after which the earlier picture comes back, as
after a flash, an explosion or a damaged picture, is none either.
"""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from detector.shot_looks import Look, likeness
from detector.shot_transitions import LAGS, MOST_COST, MOST_LAG, Dots, Mixture, fit_mixture, maybe_mixed

UNLIKE = 0.45  # across a cut at most; chance is 0.1 to 0.25, a heads-up display that stays adds up to 0.15
UNLIKE_SHARE = 0.6  # of what neighbouring pictures on both sides are
LEAST_WITHIN = 0.28  # less like one another than this, pictures say nothing about a cut
CHANCE = 0.25
LIKENESS_COST = 0.5  # what the ends of a mixture are more alike than by chance speaks against it
MOST_UNEXPLAINED = 0.88
BESIDE = 3  # pictures on either side whose likeness to one another a cut is judged by
ALIKE_AGAIN = 0.5
COMES_BACK_S = 1.5
FLASH_FRAMES = 7
FLASH_S = 0.2
FLAT_S = 0.4  # what is flat for less, between two shots, belongs to the transition
NEXT_TO_NOTHING = 0.25  # of the contrast there is a little before or after
GAP_S = 0.2  # between two transitions that are one
DIP_REACH = 10  # frames on either side of the lowest contrast
DIP_STEP = 1.03  # by which contrast rises at least from one frame to the next on the way out of a dip
DIP_SHARE = 0.45
MIXED_FRAMES = 3  # fewer mixed pictures than this are a cut, as a change of the frame rate blurs it
LONGEST_S = 5.0
PICTURES_A_S = 40.0  # at most so many are compared to find slow transitions


@dataclass(frozen=True)
class Boundary:
    """Frames `start` up to but not `end` show both shots or neither; `end` is the first of the new shot."""

    start: int
    end: int
    badness: float = 0.0  # of several that overlap, the lowest is kept
    window: range = range(0)  # the frames it was found in; a hard cut among them speaks against it
    hard: bool = False  # from one picture to another, not to nothing

    def begins(self) -> list[tuple[int, bool]]:
        """The frames at which something begins here, and whether it is a transition."""
        if self.end - self.start < MIXED_FRAMES:
            return [(self.start, False)]
        return [(self.start, True), (self.end, False)]


class BoundaryFinder:
    """Takes one `Look` after another; a boundary is settled a few seconds after its end."""

    def __init__(self, frame_rate: float) -> None:
        self._stride = max(1, int(np.ceil(frame_rate / PICTURES_A_S)))
        self._lags = [lag for lag in LAGS if lag * self._stride <= max(LONGEST_S * frame_rate, LAGS[0])]
        self._come_back = max(FLASH_FRAMES + 1, round(COMES_BACK_S * frame_rate))
        self._flash = max(FLASH_FRAMES, round(FLASH_S * frame_rate))
        self._gap = round(GAP_S * frame_rate)
        self._flat = round(FLAT_S * frame_rate)
        self._delay = (MOST_LAG + 2) * self._stride + self._come_back
        self._looks: deque[Look] = deque(maxlen=2 * self._delay)
        self._alike: deque[float] = deque(maxlen=2 * self._delay)  # each picture with the one before
        self._dots = Dots()
        self._cuts: list[Boundary] = []
        self._mixed: list[Boundary] = []
        self._taken = 0

    def update(self, look: Look) -> None:
        """Take the next picture; indices rise by one."""
        self._alike.append(likeness(self._looks[-1], look) if self._looks else 1.0)
        self._looks.append(look)
        self._look_for_cut(len(self._looks) - 1 - BESIDE)
        self._look_for_dip(len(self._looks) - 1 - DIP_REACH)
        if look.index % self._stride == 0:
            self._dots.add(look.band)
            self._look_for_mixture()

    def settled(self) -> int:
        """Frames before this one are settled."""
        return self._looks[-1].index - self._delay if self._looks else 0

    def take(self, before: int) -> list[Boundary]:
        """The boundaries that begin before a frame, in order; they are given once."""
        if not any(self._taken <= b.start < before for b in (*self._cuts, *self._mixed)):
            self._taken = max(self._taken, before)
            return []
        found = self._joined_over_flat(self._that_stand(self._without_overlap()))
        taken = [b for b in found if self._taken <= b.start < before]
        self._taken = max([self._taken, before, *(b.end + 1 for b in taken)])
        self._cuts = [b for b in self._cuts if b.start >= before - self._delay]
        self._mixed = [b for b in self._mixed if b.start >= self._taken]
        return taken

    def finish(self) -> list[Boundary]:
        """The clip is over: the boundaries that are left."""
        for position in range(max(0, len(self._looks) - BESIDE), len(self._looks)):
            self._look_for_cut(position)
        return self.take(self._looks[-1].index + 1) if self._looks else []

    def _at(self, index: int) -> Look:
        return self._looks[index - self._looks[0].index]

    def _look_for_cut(self, position: int) -> None:
        if position < 1 or self._alike[position] > UNLIKE:
            return
        first = max(1, position - BESIDE)
        before = [self._alike[i] for i in range(first, position)]
        after = [self._alike[i] for i in range(position + 1, min(len(self._alike), position + BESIDE + 1))]
        within = min(float(np.median(side)) if side else 1.0 for side in (before, after))
        if within >= LEAST_WITHIN and self._alike[position] < UNLIKE_SHARE * within:
            index = self._looks[position].index
            around = range(max(0, position - DIP_REACH), min(len(self._looks), position + BESIDE + 1))
            full = max(self._looks[i].contrast for i in around)
            least = min(self._looks[position - 1].contrast, self._looks[position].contrast)
            self._cuts.append(Boundary(index, index, hard=least > NEXT_TO_NOTHING * full))

    def _look_for_dip(self, lowest: int) -> None:
        """Whether contrast falls to next to nothing and returns with another picture, around this position."""
        if lowest < DIP_REACH or self._looks[lowest].contrast > self._looks[lowest - 1].contrast:
            return
        contrast = [self._looks[i].contrast for i in range(lowest - DIP_REACH, lowest + DIP_REACH + 1)]
        first = last = DIP_REACH
        while first > 0 and contrast[first - 1] > DIP_STEP * contrast[first]:
            first -= 1
        while last < 2 * DIP_REACH and contrast[last + 1] > DIP_STEP * contrast[last]:
            last += 1
        if first in (0, DIP_REACH) or last in (DIP_REACH, 2 * DIP_REACH):
            return
        if contrast[DIP_REACH] < DIP_SHARE * min(contrast[first], contrast[last]):
            before, after = (self._looks[lowest - DIP_REACH + at] for at in (first, last))
            if likeness(before, after) < UNLIKE:
                self._mixed.append(Boundary(before.index + 1, after.index))

    def _look_for_mixture(self) -> None:
        """Whether the pictures of some stretch that ends here go over from its first to its last."""
        for lag in self._lags:
            if self._dots.count <= lag or not maybe_mixed(*self._dots.middle(lag)):
                continue
            first = self._looks[-1].index - lag * self._stride
            if first < self._looks[0].index:
                continue
            against = LIKENESS_COST * max(0.0, likeness(self._at(first), self._looks[-1]) - CHANCE)
            mixture = fit_mixture(self._dots.window(lag)) if against < MOST_COST else None
            if mixture is not None and mixture.cost + against < MOST_COST:
                self._keep_mixture(mixture, first)

    def _keep_mixture(self, mixture: Mixture, first: int) -> None:
        start, end = first + mixture.start * self._stride, first + mixture.end * self._stride
        if end - start >= MIXED_FRAMES:
            if mixture.unexplained < MOST_UNEXPLAINED:
                badness = (mixture.cost + 0.015) / (end - start)  # the longer is the better of equals
                self._mixed.append(Boundary(start, end, badness, range(first + 1, self._looks[-1].index)))
        elif self._blended_cut(start - 1, max(end, start + 1)):
            self._mixed.append(Boundary(start, max(end, start + 1), mixture.cost + 1.0))

    def _blended_cut(self, last: int, first: int) -> bool:
        """Whether pictures `last` and `first`, one or two mixed ones apart, are on two sides of a cut."""
        apart = first - last
        if last - apart < self._looks[0].index or first + apart > self._looks[-1].index:
            return False
        across = likeness(self._at(last), self._at(first))
        within = min(
            likeness(self._at(last - apart), self._at(last)), likeness(self._at(first), self._at(first + apart))
        )
        return across < UNLIKE and within >= LEAST_WITHIN and across < UNLIKE_SHARE * within

    def _without_overlap(self) -> list[Boundary]:
        """The best of the mixtures that overlap, and the cuts that lie in none of them."""
        chosen: list[Boundary] = []
        for mixed in sorted(self._mixed, key=lambda b: b.badness):
            if any(c.hard and c.start in mixed.window for c in self._cuts):
                continue
            if all(mixed.end <= other.start or mixed.start >= other.end for other in chosen) and not (
                mixed.end - mixed.start < MIXED_FRAMES and any(abs(c.start - mixed.start) <= BESIDE for c in self._cuts)
            ):
                chosen.append(mixed)
        cuts = [c for c in self._cuts if not any(m.start - 1 <= c.start <= m.end + 1 for m in chosen)]
        return sorted([*chosen, *cuts], key=lambda b: b.start)

    def _that_stand(self, found: list[Boundary]) -> list[Boundary]:
        """Leave out those after which the earlier picture comes back, and what lies between."""
        standing: list[Boundary] = []
        back_at = -1
        for number, boundary in enumerate(found):
            if boundary.start <= back_at:
                continue
            returned = self._returns(boundary, found[number + 1 :])
            if returned is None:
                standing.append(boundary)
            else:
                back_at = returned
        return standing

    def _returns(self, boundary: Boundary, later: list[Boundary]) -> int | None:
        """The frame in which the picture before the boundary is seen again without another shot between."""
        oldest = self._looks[0].index
        earlier = range(boundary.start - BESIDE, boundary.start)
        if boundary.end - boundary.start >= MIXED_FRAMES:  # an explosion that dies away has its picture before it
            earlier = range(boundary.start - 2 * self._flat, boundary.start, max(1, self._flat // 3))
        befores = [self._at(i) for i in earlier if i >= oldest and not self._at(i).flat]
        until = min(self._looks[-1].index, boundary.end + self._come_back)
        for other in later:
            if other.start == other.end and other.start - boundary.end > self._longest_flash(boundary.end, other.start):
                until = min(until, other.start - 1)
                break
        for index in range(boundary.end + 1, until + 1):
            if any(likeness(before, self._at(index)) > ALIKE_AGAIN for before in befores):
                return index
        return None

    def _longest_flash(self, start: int, end: int) -> int:
        """How long what lies between two boundaries may be and still be a flash: longer where nothing is seen."""
        oldest = self._looks[0].index
        flat = all(self._at(index).flat for index in range(max(start, oldest), end))
        return max(self._flat, self._flash) if flat else self._flash

    def _joined_over_flat(self, found: list[Boundary]) -> list[Boundary]:
        """One transition of two with nothing but a short flat stretch between them."""
        joined: list[Boundary] = []
        for boundary in found:
            if joined and boundary.start - joined[-1].end < self._flat:
                both = all(b.end - b.start >= MIXED_FRAMES for b in (joined[-1], boundary))
                between = range(max(joined[-1].end - 1, self._looks[0].index), boundary.start + 1)
                near = both and boundary.start - joined[-1].end < self._gap
                if near or any(self._at(i).flat for i in between):
                    joined[-1] = replace(joined[-1], end=boundary.end)
                    continue
            joined.append(boundary)
        return joined
