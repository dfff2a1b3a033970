"""Where a clip could not be read: troubles as they are met, put in their place among the frames that came out."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from detector.timecode import Timecode

# So many of the steps between frames alike: then a clip has a constant rate, and a leap in it means something. Fewer do
# where the others are multiples of it, as lost pictures leave them.
STEADY_SHARE, STEADY_SHARE_OF_WHOLE = 0.95, 0.9
LEAP_FACTOR = 2.5
SHORT_LEAP_FACTOR = 1.5  # of files whose reader loses single pictures without a trace
GUESSED = "the decoder had to guess parts of pictures"
LEAP = "time stamps leap: pictures are missing"


@dataclass(frozen=True)
class Damage:
    """A place where the clip could not be read; troubles with no sound frame between them are one place.

    Attributes:
        after_frame: index of the last frame before it, -1 for the beginning.
        time_s: stamp of the broken picture in seconds, or of the last frame before it; None if there is neither.
        reason: what was wrong, in words.
        until_s: stamp of the first frame after it that was decoded without complaint, in seconds; None if none was.
        leaning_until_s: stamp of the first key frame from there on; None if there is none. Frames before it were made
            from broken ones, and so may be up to a few frames before the place, since codecs store frames out of order.
    """

    after_frame: int
    time_s: float | None
    reason: str
    until_s: float | None = None
    leaning_until_s: float | None = None


@dataclass(frozen=True)
class _Trouble:
    """What failed: met after so many frames, at a stamp if known, `spoiling` the picture that bears the stamp."""

    frames_before: int
    pts: int | None
    reason: str
    spoiling: bool


class DamageLog:
    """Collects the stamps of all frames and the troubles between them.

    A decoder holds pictures back to put them in order, so a trouble is met before some of the frames that belong before
    it: its place is found by its stamp, once all frames are known.

    Args:
        leap_factor: a step of more than so many usual ones is a leap.
    """

    def __init__(self, leap_factor: float = LEAP_FACTOR) -> None:
        self._leap_factor = leap_factor
        self._stamps = array("q")
        self._keys = array("q")  # indices of key frames
        self._time_base = Fraction(1)
        self._troubles: list[_Trouble] = []

    @property
    def empty(self) -> bool:
        """Whether no trouble has been met so far."""
        return not self._troubles

    @property
    def last(self) -> Timecode | None:
        """Of the frames so far."""
        return Timecode(self._stamps[-1], self._time_base) if self._stamps else None

    def frame(self, time: Timecode, key: bool = False) -> None:
        """Note the next frame; stamps only grow and share one time base. A `key` frame needs no other."""
        if key:
            self._keys.append(len(self._stamps))
        self._stamps.append(time.pts)
        self._time_base = time.time_base

    def trouble(self, reason: str, pts: int | None = None, spoiling: bool = True) -> None:
        """Note that something failed, at a stamp if the picture has one; `spoiling` that picture or those before."""
        self._troubles.append(_Trouble(len(self._stamps), pts, reason, spoiling))

    def trouble_at_last(self, reason: str) -> None:
        """Note that the last frame so far is not to be trusted, and that what comes after it is lost."""
        self.trouble(reason, self._stamps[-1] if self._stamps else None)

    def places(self) -> tuple[Damage, ...]:
        """The damage in the order of the clip. Final once the clip is read to its end."""
        found: list[Damage] = []
        last = resumes = -1
        for frame, following, time_s, reason in sorted(self._placed(), key=lambda place: place[0]):
            if found and frame <= last + 1 and reason in found[-1].reason:
                last, resumes = max(last, frame), max(resumes, following)
                found[-1] = self._resumed(found[-1], resumes)
            elif found and frame == found[-1].after_frame:
                resumes = max(resumes, following)
                found[-1] = self._resumed(replace(found[-1], reason=f"{found[-1].reason}; {reason}"), resumes)
            else:
                last, resumes = frame, following
                found.append(self._resumed(Damage(frame, time_s, reason), resumes))
        return tuple(found)

    def leaps(self) -> tuple[int, int, float] | None:
        """Where the stamps of a clip of constant rate leap, which hints at pictures that were lost without an error.

        Returns:
            How many leaps, index of the frame before the longest, and its length in seconds; None if there are none.
        """
        steps, leaps = self._steps_and_leaps()
        if not leaps.any():
            return None
        longest = int(np.argmax(steps))
        return int(leaps.sum()), longest, float(int(steps[longest]) * self._time_base)

    def _steps_and_leaps(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """From frame to frame in ticks, and which of them are leaps: none in a clip of no constant rate."""
        steps = np.diff(np.array(self._stamps, np.float64))
        if len(steps) < 2:
            return steps, np.zeros(len(steps), bool)
        usual = float(np.median(steps))
        slack = 1 + usual * (1 - STEADY_SHARE)
        alike = float(np.mean(np.abs(steps - usual) <= slack))
        whole = bool(np.all(np.abs(steps - usual * np.round(steps / max(1.0, usual))) <= slack))
        steady = alike >= (STEADY_SHARE_OF_WHOLE if whole else STEADY_SHARE)
        return steps, (steps > self._leap_factor * usual) & steady

    def _resumed(self, place: Damage, following: int) -> Damage:
        """The place, ending where the frame of this index is shown, and the first key frame from it on."""
        key = bisect_left(self._keys, following)
        leaning_until_s = self._shown_s(self._keys[key]) if key < len(self._keys) else None
        return replace(place, until_s=self._shown_s(following), leaning_until_s=leaning_until_s)

    def _shown_s(self, frame: int) -> float | None:
        return float(self._stamps[frame] * self._time_base) if frame < len(self._stamps) else None

    def _placed(self) -> Iterator[tuple[int, int, float | None, str]]:
        """Each trouble: the frame before it, the first frame after it, its stamp in seconds, and what it is."""
        told = set()
        for trouble in self._troubles:
            pts = trouble.pts
            following = trouble.frames_before if pts is None else bisect_left(self._stamps, pts)
            frame = following - 1
            before = self._stamps[frame] if frame >= 0 else None
            stamp = pts if pts is not None and trouble.spoiling else before
            if pts is not None and trouble.spoiling:
                following = bisect_right(self._stamps, pts)
            told.add(frame)
            yield frame, following, None if stamp is None else float(stamp * self._time_base), trouble.reason
        if told:  # in a damaged clip a leap is no freak of the camera
            for leap in np.flatnonzero(self._steps_and_leaps()[1]).tolist():
                if leap not in told:
                    yield leap, leap + 1, self._shown_s(leap), LEAP
