"""Time as the file states it: ticks of a time base, never a float, and a clock that only runs forward."""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering

from av.video.frame import VideoFrame

CLOCK_RESET_S = 1  # a stamp further back than this is a clock that started again, not a slip between two frames
MOST_HELD_BACK = 17  # pictures a decoder may hold back to put them in order: 16 in H.264 and HEVC, and the one at hand
FALLBACK_RATE = Fraction(25)
FALLBACK_TIME_BASE = Fraction(1, 90000)


@total_ordering
@dataclass(frozen=True, eq=False)
class Timecode:
    """A moment: an integer number of ticks of `time_base` seconds. Compares by value, also between time bases.

    Raises:
        TypeError: `pts` is not an int or `time_base` not a Fraction: a float has already lost the stamp.
        ValueError: `time_base` is not positive.
    """

    pts: int
    time_base: Fraction

    def __post_init__(self) -> None:
        if not isinstance(self.pts, int) or not isinstance(self.time_base, Fraction):
            raise TypeError(f"a Timecode is made of an int and a Fraction, not {self.pts!r} and {self.time_base!r}")
        if self.time_base <= 0:
            raise ValueError(f"a time base is a positive number of seconds, not {self.time_base}")

    @property
    def seconds(self) -> float:
        """For reading and arithmetic; keep the Timecode itself to write a stamp again."""
        return float(self.pts * self.time_base)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timecode):
            return NotImplemented
        return self.pts * self.time_base == other.pts * other.time_base

    def __lt__(self, other: "Timecode") -> bool:
        return self.pts * self.time_base < other.pts * other.time_base

    def __hash__(self) -> int:
        return hash(self.pts * self.time_base)


class Clock:
    """Gives each picture of one track a stamp strictly later than the one before: its own wherever that is possible.

    Args:
        time_base: of the track, for pictures that carry none.
        frame_rate: average rate, to estimate a stamp where there is none.
    """

    def __init__(self, time_base: Fraction | None, frame_rate: Fraction | None) -> None:
        self._time_base = time_base or FALLBACK_TIME_BASE
        self._frame_rate = frame_rate or FALLBACK_RATE
        self._last_pts: int | None = None
        self._shift = 0
        self._waiting: deque[int] = deque(maxlen=MOST_HELD_BACK)

    def expect(self, packet_dts: int) -> None:
        """A packet that tells only when it is decoded, as in AVI, will give a picture: the next one without a stamp.

        The earliest of the packets waiting belongs to the next picture shown; the `dts` that a decoder puts on a
        picture is that of the last packet it took, which is late by as many pictures as it holds back.
        """
        self._waiting.append(packet_dts)

    def expect_no_more(self) -> None:
        """The packet expected last gave no picture."""
        self._waiting.pop()

    def stamp(self, picture: VideoFrame) -> tuple[Timecode, str | None]:
        """The time of the next picture, and what had to be put right about it, if anything."""
        own = picture.pts
        if own is None:
            own = self._waiting.popleft() if self._waiting else picture.dts
        repair: str | None = None
        if own is None:
            pts = 0 if self._last_pts is None else self._last_pts + self._duration(picture)
            repair = "pictures without a time stamp: theirs is estimated from the picture before"
        else:
            pts = own + self._shift
        if self._last_pts is not None and pts <= self._last_pts:
            if (self._last_pts - pts) * self._time_base > CLOCK_RESET_S:
                self._shift += self._last_pts + self._duration(picture) - pts
                pts = self._last_pts + self._duration(picture)
                repair = "time stamps start again in mid-clip: the later ones are counted on from the earlier"
            else:
                pts = self._last_pts + 1
                repair = "time stamps repeat or run backwards: such pictures are put one tick after the one before"
        self._last_pts = pts
        return Timecode(pts, self._time_base), repair

    def shifted(self, pts: int | None) -> int | None:
        """A stamp of the file on this clock."""
        return None if pts is None else pts + self._shift

    def _duration(self, picture: VideoFrame) -> int:
        return picture.duration or max(1, round(1 / (self._frame_rate * self._time_base)))
