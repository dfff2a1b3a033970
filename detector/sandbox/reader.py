"""A reader like `ClipReader` whose work is done in a confined process; nothing of the clip is decoded in this one."""

import fcntl
import json
import math
import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

import av
import msgspec
import numpy as np
from msgspec.structs import replace

from detector.clip import ClipInfo, Damage
from detector.clip_opening import ClipError, check_file
from detector.clip_pictures import Orientation
from detector.frame import CodedPicture, Converters, Frame, ImagePicture
from detector.limits import DEFAULT_LIMITS, Limits
from detector.sandbox.messages import (
    NEXT,
    STATE,
    BadMessageError,
    Confined,
    Failed,
    Message,
    Opened,
    Picture,
    Place,
    State,
    receive,
)
from detector.timecode import Timecode

# The child takes its modules from where this process has them, and from nowhere else.
START = "import sys; sys.path[:] = {path!r}; from detector.sandbox.child import main; main(*sys.argv[1:])"
SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL  # its pages cannot be taken from under a reader
BGR = 3
Kind = TypeVar("Kind", bound=Message)


class SandboxError(Exception):
    """Reading cannot be confined on this system. The message says what it lacks and what to do."""


class SandboxedReader:
    """Reads a clip once, front to back, as a context manager: see `ClipReader` for what is read and what is told.

    Attributes:
        confined: what the process that reads has given up, in words.
        info, frames_decoded: as in `ClipReader`.

    Raises:
        SandboxError: reading cannot be confined on this system.
        ClipError: no picture can be had from the file at all, or the process that read it came to an end.
        ValueError: the range is empty.
    """

    def __init__(
        self, path: Path, start_s: float | None = None, end_s: float | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        if not 0 <= (start_s or 0.0) < (math.inf if end_s is None else end_s):
            raise ValueError(f"the range from {start_s} to {end_s} seconds is empty: give 0 <= from < to")
        if sys.platform != "linux":
            raise SandboxError(f"reading can be confined on Linux only, not on {sys.platform}; leave out --sandbox")
        check_file(path)
        self._path, self._limits = path, limits
        self._begun = self._asked = False
        self._waiting: Picture | None = None
        self._last: tuple[int, Timecode] | None = None
        self._state = State(False, 0, 1.0, (), ())
        self._converters = Converters()
        self.frames_decoded = 0
        self._room, memory = _shared_memory(limits.pixels * BGR)
        self._child = _start(path, memory, start_s, end_s, limits)
        os.close(memory)
        try:
            self.confined = self._first(Confined).given_up
            self.info = self._clip_info(self._first(Opened))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads; what it has told so far is kept."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()

    @property
    def damage(self) -> tuple[Damage, ...]:
        """Places where the clip could not be read, in order. Complete once iteration has ended."""
        return tuple(
            Damage(place.after_frame, place.time_s, place.reason, place.until_s, place.leaning_until_s)
            for place in self._known().damage
        )

    @property
    def share_read(self) -> float | None:
        """The share of the pictures in the range that came out; see `ClipReader`."""
        return self._known().share_read

    @property
    def frames_failed(self) -> int:
        """Pictures that could not be decoded so far."""
        return self._known().frames_failed

    @property
    def notes(self) -> list[str]:
        """Oddities that are no damage, in words."""
        return list(self._known().notes)

    def __iter__(self) -> Iterator[Frame]:
        """Frames in the order shown.

        Raises:
            RuntimeError: on a second pass; open the clip again for that.
        """
        if self._begun:
            raise RuntimeError(f"{self._path}: a reader reads once; open another for a second pass")
        self._begun = True
        self._ask()
        while (picture := self._picture()) is not None:
            time = Timecode(picture.pts, Fraction(*picture.time_base))
            self._last = (picture.index, time)
            shown = self._shown(picture)
            self._ask()  # it is decoded while this one is looked at
            self.frames_decoded += 1
            yield Frame(picture.index, time, shown, picture.corrupt)

    def _shown(self, picture: Picture) -> ImagePicture | CodedPicture:
        """A copy of what lies in the shared memory: whoever holds the other end may change that at any time."""
        width, height = self.info.width, self.info.height
        if picture.pixel_format == "bgr24":
            image = np.frombuffer(self._room, np.uint8, height * width * BGR).copy()
            return ImagePicture(image.reshape(height, width, BGR))
        turn = Orientation(*picture.turn)
        width, height = turn.size(width, height)
        planes = np.frombuffer(self._room, np.uint8, width * height * 3 // 2).reshape(height * 3 // 2, width)
        coded = av.VideoFrame.from_ndarray(planes, format=picture.pixel_format)
        coded.colorspace, coded.color_range = picture.matrix, picture.colour_range
        return CodedPicture(coded, turn, self._converters)

    def _ask(self) -> None:
        self._order(NEXT)
        self._asked = True

    def _picture(self) -> Picture | None:
        """The picture that was asked for, in its turn and later than the one before; None at the end."""
        picture = self._waiting
        if picture is None and self._asked:
            picture = self._answer()
        self._waiting, self._asked = None, False
        return picture

    def _answer(self) -> Picture | None:
        """The answer to the last order to go on. What is no answer is the end, and damage."""
        try:
            message = receive(self._said)
            if isinstance(message, Picture):
                self._check(message)
                return message
        except (BadMessageError, ValueError) as error:
            self._end(f"the process that read the clip gave no picture ({error})")
            return None
        if isinstance(message, State):
            self._state = replace(message, ended=True)
        else:
            said = message.message if isinstance(message, Failed) else self._how_ended()
            self._end(f"the process that read the clip came to an end: {said}")
        return None

    def _check(self, picture: Picture) -> None:
        """Raise ValueError if a picture is out of turn, its time no time, or its planes no halves of its size."""
        if picture.pixel_format != "bgr24" and (self.info.width % 2 or self.info.height % 2):
            raise ValueError("a picture of odd size in halved planes")
        time = Timecode(picture.pts, Fraction(*picture.time_base))
        if self._last is not None and not (picture.index > self._last[0] and time > self._last[1]):
            raise ValueError("a picture out of turn")

    def _known(self) -> State:
        """What is known by now of what could not be read."""
        if self._state.ended or self._child.returncode is not None:
            return self._state
        if self._asked and self._waiting is None:
            self._waiting = self._answer()
            if self._waiting is None:
                self._asked = False
                return self._state
        self._order(STATE)
        try:
            message = receive(self._said)
        except BadMessageError as error:
            message = Failed(str(error), confined=True)
        if isinstance(message, State):
            self._state = replace(message, ended=False)
        else:
            self._end("the process that read the clip came to an end")
        return self._state

    def _end(self, reason: str) -> None:
        """There is nothing more to come, and that is damage."""
        self.close()
        after, time_s = (self._last[0], self._last[1].seconds) if self._last else (-1, None)
        place = Place(after, time_s, reason, None, None)
        self._state = replace(self._state, ended=True, share_read=None, damage=(*self._state.damage, place))

    def _first(self, kind: type[Kind]) -> Kind:
        """The next message while the clip is opened, which must be of this kind."""
        try:
            message = receive(self._said)
        except BadMessageError as error:
            raise ClipError(
                f"{self._path}: the process that read it gave no answer ({error}); do not trust it"
            ) from error
        if isinstance(message, kind):
            return message
        if isinstance(message, Failed):
            if not message.confined:
                raise SandboxError(f"{message.message}; use Linux 5.13 or newer, or leave out --sandbox")
            raise ClipError(message.message)
        raise ClipError(
            f"{self._path}: the process that read it came to an end ({self._how_ended()}); lift --most-memory if it is "
            "large, and do not trust it if it is not"
        )

    def _clip_info(self, opened: Opened) -> ClipInfo:
        if opened.width * opened.height > self._limits.pixels:
            raise ClipError(f"{self._path}: the process that read it gave pictures over the limit; do not trust it")
        given = msgspec.structs.asdict(opened)
        aspect, rate = given["sample_aspect_ratio"], given["frame_rate"]
        given |= {"sample_aspect_ratio": Fraction(*aspect), "frame_rate": Fraction(*rate) if rate else None}
        return ClipInfo(path=self._path, **given)

    def _how_ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=1)
        code = self._child.poll()
        if code is None:
            return "it no longer answers"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _order(self, order: bytes) -> None:
        assert self._child.stdin is not None
        with suppress(BrokenPipeError):  # the answer tells that it is gone
            self._child.stdin.write(order)
            self._child.stdin.flush()

    @property
    def _said(self) -> IO[bytes]:
        assert self._child.stdout is not None
        return self._child.stdout


def _shared_memory(length: int) -> tuple[mmap.mmap, int]:
    """Memory without a name, and its descriptor; takes no room until it is written to, and cannot change its length."""
    memory = os.memfd_create("pictures", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(memory, length)
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, SEALS)
    return mmap.mmap(memory, length, prot=mmap.PROT_READ), memory


def _start(
    path: Path, memory: int, start_s: float | None, end_s: float | None, limits: Limits
) -> subprocess.Popen[bytes]:
    order = json.dumps([memory, start_s, end_s, asdict(limits)])
    start = START.format(path=[part or os.getcwd() for part in sys.path])
    return subprocess.Popen(
        [sys.executable, "-I", "-c", start, str(path.absolute()), order],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(memory,),
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )
