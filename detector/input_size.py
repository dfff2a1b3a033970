"""At what size the network looks at a frame: the smallest from which no larger one adds more than a few small vehicles,
and a smaller one still for close-ups.

Vehicles of 10 px are lost at 640 px and found at 1280, at four times the cost; large ones are found at 640 as well. How
far off the vehicles are changes with the shot, so a few frames of every scene are looked at in both sizes; after the
first mostly where 640 px shows something small: what 1280 finds has nearly always left a weak box there. A size between
was tried and left: the larger half as often costs no more and follows vehicles better (docs/performance.md).

A vehicle that fills a good part of the picture is found in two thirds of the pixels as well. No probe has to tell
where: as long as all that a look shows, however weak, is large even at the smaller size, the next look needs no more.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.frame import Picture
from detector.scaled_looks import found_in

if TYPE_CHECKING:
    from detector.model import Network

SIZES_PX = (640, 1280)
CLOSE_UP_PX = 512
SMALLEST_PX, LARGEST_PX, STEP_PX = 320, 2560, 32  # what a user may ask for
WORTH_IT = 0.2  # a larger size must add this share of small vehicles,
WORTH_IT_EACH = 0.5  # and so many a probe: one false box in one picture is no reason
SMALL_IN_NETWORK_PX = 40.0  # below it a network misses many
SECOND_PROBE_S = 0.75  # after the first of a scene; seconds, for looks too come so many a second
PROBE_EVERY_S = 3.5  # from then on
PROBE_EVERY_ABOVE_S = 1.0  # where small vehicles are known to be about; there a probe costs less beside the rest
LEAST_LOOKS = 8  # between two probes of a scene, however few frames a second: a probe costs as much as four looks
PROBES_HEARD = 4  # the latest of the scene, taken together
MOST_LEFT_OUT = 3  # probes in a row that a look at the smallest size may stand for

SizeChoice = int | Literal["auto"]


def sizes_to_try(size: SizeChoice, least_px: int = SIZES_PX[0]) -> tuple[int, ...]:
    """The sizes between which a `SizeChooser` shall choose: for "auto" SIZES_PX, else the one asked for.

    Args:
        least_px: the network's own size; "auto" does not go below it.

    Raises:
        ValueError: not a size that the networks can be used at.
    """
    if size == "auto":
        return tuple(sorted({least_px, *(size_px for size_px in SIZES_PX if size_px > least_px)}))
    if not isinstance(size, int) or not SMALLEST_PX <= size <= LARGEST_PX or size % STEP_PX:
        raise ValueError(
            f"input size {size} cannot be used: give auto, or pixels, a multiple of {STEP_PX} from {SMALLEST_PX} to "
            f"{LARGEST_PX}"
        )
    return (size,)


@dataclass(frozen=True)
class Look:
    """What the network found in a frame, and the longest side in pixels at which it looked."""

    detections: Detections
    size_px: int


@dataclass(frozen=True)
class _Gain:
    """What a larger size brought in one picture: vehicles found at the smaller size, small ones that it added."""

    found: int
    added: int


_Gains = dict[tuple[int, int], _Gain]  # of one picture, by the smaller and the larger size


class SizeChooser:
    """Looks at frame after frame of a clip, at the size that the last probes of the scene ask for.

    A probe that falls due in a frame that is passed over is made at the next look.

    Args:
        network: finds vehicles.
        confidence: score at which a vehicle counts, from 0 to 1.
        sizes_px: to choose from, ascending; with a single one nothing is ever probed. Where they begin like SIZES_PX,
            close-ups are looked at in CLOSE_UP_PX.
    """

    def __init__(self, network: "Network", confidence: float, sizes_px: tuple[int, ...] = SIZES_PX) -> None:
        self._network = network
        self._confidence = confidence
        self._sizes_px = sizes_px
        self._close_ups = len(sizes_px) > 1 and sizes_px[0] == SIZES_PX[0]
        self._changed = False  # another scene has begun that was not probed yet
        self._begun_s = self._next_probe_s = 0.0
        self._looks = 0  # since the last probe
        self._probes: list[_Gains] = []  # of the scene, the latest last
        self._left_out = 0  # probes since the last whole one
        self._close_up = False  # whether the last look of the scene was of large vehicles alone

    def look(self, picture: Picture, time_s: float, scene_begins: bool, floor: float) -> Look:
        """Find the vehicles in the next frame.

        Args:
            picture: of the frame.
            time_s: of the frame.
            scene_begins: whether another scene may begin with it.
            floor: lowest score to return, at most the confidence.
        """
        self._note(scene_begins)
        if self._changed and time_s >= self._begun_s + SECOND_PROBE_S:  # flicker is not worth a probe each time
            self._probes, self._changed = [], False
        found: dict[int, Detections] = {}
        begins = not self._probes
        due = self._looks >= LEAST_LOOKS and time_s >= self._next_probe_s
        if len(self._sizes_px) > 1 and (begins or due):
            found = self._probe(picture, floor, begins)
            self._looks, self._begun_s = 0, time_s if begins else self._begun_s
            self._next_probe_s = time_s + (SECOND_PROBE_S if begins else self._seconds_to_next_probe())
        self._looks += 1
        size_px = self._size_in_force()
        if size_px not in found:
            size_px = CLOSE_UP_PX if self._close_up and size_px == self._sizes_px[0] else size_px
            found[size_px] = self._detect(picture, size_px, floor)
        self._close_up = self._close_ups and is_close_up(found[size_px], self._confidence, _longest_px(picture))
        return Look(found[size_px], size_px)

    def pass_over(self, scene_begins: bool) -> None:
        """The next frame is not looked at."""
        self._note(scene_begins)

    def _note(self, scene_begins: bool) -> None:
        self._changed |= scene_begins
        self._close_up &= not scene_begins

    def _seconds_to_next_probe(self) -> float:
        return PROBE_EVERY_S if self._size_in_force() == self._sizes_px[0] else PROBE_EVERY_ABOVE_S

    def _probe(self, picture: Picture, floor: float, begins: bool) -> dict[int, Detections]:
        """Look at the smallest and the largest size, and if that pays at those between; what was found at each.

        The largest comes first: what is 9 px at the smallest size may still be too small at the next. Where the
        smallest is in force and shows nothing small, however weak, the others are left out, but not in the first probe
        of a scene, nor more than a few times in a row.
        """
        smallest, *between, largest = self._sizes_px
        may_leave_out = not begins and self._size_in_force() == smallest and self._left_out < MOST_LEFT_OUT
        gains: _Gains = {}
        self._probes = [*self._probes, gains][-PROBES_HEARD:]
        found = {smallest: self._detect(picture, smallest, floor)}
        if may_leave_out and not _small(found[smallest], _small_px(_longest_px(picture), smallest)).any():
            self._left_out += 1
            gains[smallest, largest] = _Gain(len(found[smallest].above(self._confidence)), 0)
            return found
        self._left_out = 0
        found[largest] = self._detect(picture, largest, floor)
        gains[smallest, largest] = self._gain(found, smallest, largest, picture)
        if self._worth_it(smallest, largest):
            found |= {size_px: self._detect(picture, size_px, floor) for size_px in between}
            for smaller, larger in combinations(self._sizes_px, 2):
                gains[smaller, larger] = self._gain(found, smaller, larger, picture)
        return found

    def _gain(self, found: dict[int, Detections], smaller: int, larger: int, picture: Picture) -> _Gain:
        """Large vehicles that appear only at a larger size do not count: they are false more often than not, since a
        vehicle of that size was large enough before.
        """
        before, after = found[smaller].above(self._confidence), found[larger].above(self._confidence)
        return _Gain(len(before), _too_small_before(after, before, _small_px(_longest_px(picture), smaller)))

    def _size_in_force(self) -> int:
        """The smallest size that no larger one is worth leaving for, by the probes of this scene."""
        sizes_px = self._sizes_px
        for index, smaller in enumerate(sizes_px):
            if not any(self._worth_it(smaller, larger) for larger in sizes_px[index + 1 :]):
                return smaller
        return sizes_px[-1]

    def _worth_it(self, smaller: int, larger: int) -> bool:
        gains = [probe[smaller, larger] for probe in self._probes if (smaller, larger) in probe]
        added, found = sum(gain.added for gain in gains), sum(gain.found for gain in gains)
        return bool(gains) and added >= max(WORTH_IT * found, WORTH_IT_EACH * len(gains))

    def _detect(self, picture: Picture, size_px: int, floor: float) -> Detections:
        return found_in(picture, self._network, confidence=floor, size_px=size_px)


def is_close_up(found: Detections, confidence: float, picture_px: int) -> bool:
    """Whether a picture that shows this has no need of more than CLOSE_UP_PX.

    A vehicle must be there for certain, and nothing, however weak, be small at that size.

    Args:
        found: all that could be a vehicle.
        confidence: score at which a vehicle counts.
        picture_px: the longest side of the picture.
    """
    return bool(len(found.above(confidence))) and not _small(found, _small_px(picture_px, CLOSE_UP_PX)).any()


def _longest_px(picture: Picture) -> int:
    return max(picture.width, picture.height)


def _small_px(picture_px: int, size_px: int) -> float:
    """Below how many pixels of the picture a vehicle is small at an input size."""
    return SMALL_IN_NETWORK_PX * picture_px / size_px


def _small(found: Detections, small_px: float) -> NDArray[np.bool_]:
    """(n,) which are smaller than this, by the root of their area."""
    return np.asarray(np.sqrt((found.xyxy[:, 2:] - found.xyxy[:, :2]).prod(axis=1)) < small_px)


def _too_small_before(after: Detections, before: Detections, small_px: float) -> int:
    """How many detections are smaller than this and have their centre in none of those before."""
    centres = (after.xyxy[:, :2] + after.xyxy[:, 2:]) / 2
    inside = (centres[:, None] >= before.xyxy[None, :, :2]) & (centres[:, None] <= before.xyxy[None, :, 2:])
    known = np.any(np.all(inside, axis=2), axis=1)
    return int(np.sum(~known & _small(after, small_px)))
