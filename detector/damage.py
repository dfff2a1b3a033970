"""Where a clip could not be read: troubles as they are met, put in their place among the frames that came out."""

from array import array
from bisect import bisect_left
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from detector.timecode import Timecode

STEADY_SHARE = (
    0.95  # of the steps between frames alike: then a clip has a constant rate, and a leap in it means something
)
LEAP_FACTOR = 2.5
GUESSED = "the decoder had to guess parts of pictures"


@dataclass(frozen=True)
class Damage:
    """A place where the clip could not be read; troubles with no sound frame between them are one place.

    Attributes:
        after_frame: index of the last frame before it, -1 for the beginning.
        time_s: stamp of the broken picture in seconds, or of the last frame before it; None if there is neither.
        reason: what was wrong, in words.
        until_s: stamp of the first sound frame after it in seconds; None if there is none.
    """

    after_frame: int
    time_s: float | None
    reason: str
    until_s: float | None = None


class DamageLog:
    """Collects the stamps of all frames and the troubles between them.

    A decoder holds pictures back to put them in order, so a trouble is met before some of the frames that belong before
    it: its place is found by its stamp, once all frames are known.
    """

    def __init__(self) -> None:
        self._stamps = array("q")
        self._time_base = Fraction(1)
        self._troubles: list[tuple[int, int | None, str]] = []

    @property
    def empty(self) -> bool:
        """Whether no trouble has been met so far."""
        return not self._troubles

    def frame(self, time: Timecode) -> None:
        """Note the next frame; stamps only grow and share one time base."""
        self._stamps.append(time.pts)
        self._time_base = time.time_base

    def trouble(self, reason: str, pts: int | None = None) -> None:
        """Note that something failed, at a stamp if the broken picture has one."""
        self._troubles.append((len(self._stamps), pts, reason))

    def places(self) -> tuple[Damage, ...]:
        """The damage in the order of the clip. Final once the clip is read to its end."""
        found: list[Damage] = []
        until = -1
        for frame, time_s, reason in sorted(self._placed(), key=lambda place: place[0]):
            if found and frame <= until + 1 and reason in found[-1].reason:
                until = max(until, frame)
                found[-1] = replace(found[-1], until_s=self._resumes_s(until, reason))
            elif found and frame == found[-1].after_frame:
                found[-1] = replace(found[-1], reason=f"{found[-1].reason}; {reason}")
            else:
                found.append(Damage(frame, time_s, reason, self._resumes_s(frame, reason)))
                until = frame
        return tuple(found)

    def _resumes_s(self, frame: int, reason: str) -> float | None:
        """When the first sound frame after a place is shown; a guessed frame is itself none."""
        following = frame + (2 if reason == GUESSED else 1)
        return float(self._stamps[following] * self._time_base) if following < len(self._stamps) else None

    def leaps(self) -> tuple[int, int, float] | None:
        """Where the stamps of a clip of constant rate leap, which hints at pictures that were lost without an error.

        Returns:
            How many leaps, index of the frame before the longest, and its length in seconds; None if there are none.
        """
        if len(self._stamps) < 3:
            return None
        steps = np.diff(np.array(self._stamps, np.float64))
        usual = float(np.median(steps))
        if np.mean(np.abs(steps - usual) <= 1 + usual * (1 - STEADY_SHARE)) < STEADY_SHARE:
            return None
        leaps = steps > LEAP_FACTOR * usual
        longest = int(np.argmax(steps))
        return (int(leaps.sum()), longest, float(int(steps[longest]) * self._time_base)) if leaps.any() else None

    def _placed(self) -> list[tuple[int, float | None, str]]:
        placed = []
        for frames_before, pts, reason in self._troubles:
            frame = (frames_before if pts is None else bisect_left(self._stamps, pts)) - 1
            stamp = pts if pts is not None else self._stamps[frame] if frame >= 0 else None
            placed.append((frame, None if stamp is None else float(stamp * self._time_base), reason))
        return placed
