"""What a confined reader says: short JSON messages of fixed form, in the order Confined, Opened, then Picture or State.

The receiver trusts none of it. Types and ranges are checked here, what hangs together by the receiver.
"""

import struct
from typing import IO, Annotated, Literal

import msgspec

MOST_BYTES = 1 << 20
LENGTH = struct.Struct("<I")

Ticks = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
Side = Annotated[int, msgspec.Meta(ge=1, le=1 << 16)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=2000)]
Ratio = tuple[Annotated[int, msgspec.Meta(ge=0, le=1 << 40)], Annotated[int, msgspec.Meta(ge=1, le=1 << 40)]]

NEXT, STATE = b"n", b"?"  # what a confined reader is asked for


class Confined(msgspec.Struct, tag=True, frozen=True):
    """What was given up, before the clip was opened."""

    given_up: tuple[Words, ...]


class Opened(msgspec.Struct, tag=True, frozen=True):
    """As in `ClipInfo`."""

    container: Name
    codec: Name
    width: Side
    height: Side
    sample_aspect_ratio: Ratio
    rotation_degrees: Annotated[int, msgspec.Meta(ge=0, le=270, multiple_of=90)]
    frame_rate: Ratio | None
    frames_declared: Count | None
    duration_s: float | None
    pixel_format: Name
    has_audio: bool
    start_s: float


class Picture(msgspec.Struct, tag=True, frozen=True):
    """The next frame; its pixels lie in the shared memory until the one after it is asked for.

    Attributes:
        pixel_format: "bgr24" for an upright picture, else what was decoded, plane after plane.
        turn: how that becomes upright, as in `Orientation`.
        matrix, colour_range: of its colours, by FFmpeg's numbers.
    """

    index: Count
    pts: Ticks
    time_base: Ratio
    corrupt: bool
    pixel_format: Literal["bgr24", "yuv420p", "yuvj420p"] = "bgr24"
    turn: tuple[bool, bool, bool] = (False, False, False)
    matrix: Annotated[int, msgspec.Meta(ge=0, le=20)] = 2
    colour_range: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0


class Place(msgspec.Struct, frozen=True):
    """As in `Damage`."""

    after_frame: Annotated[int, msgspec.Meta(ge=-1, le=1 << 40)]
    time_s: float | None
    reason: Words
    until_s: float | None
    leaning_until_s: float | None


class State(msgspec.Struct, tag=True, frozen=True):
    """What is known so far of what could not be read; `ended` if there is no further picture."""

    ended: bool
    frames_failed: Count
    share_read: Annotated[float, msgspec.Meta(ge=0, le=1)] | None
    notes: tuple[Words, ...]
    damage: tuple[Place, ...]


class Failed(msgspec.Struct, tag=True, frozen=True):
    """The clip cannot be read at all, or (`confined` false) reading cannot be confined."""

    message: Words
    confined: bool


Message = Confined | Opened | Picture | State | Failed
DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


class BadMessageError(Exception):
    """What came is no message: the confined reader is broken, or has been taken over."""


def send(pipe: IO[bytes], message: Message) -> None:
    """Write a message with its length before it."""
    body = msgspec.json.encode(message)
    pipe.write(LENGTH.pack(len(body)) + body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Message | None:
    """The next message; None if the other side is gone.

    Raises:
        BadMessageError: too long, no JSON, or not of the form.
    """
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    [length] = LENGTH.unpack(head)
    if length > MOST_BYTES:
        raise BadMessageError(f"a message of {length} bytes")
    body = pipe.read(length)
    if len(body) < length:
        return None
    try:
        return DECODER.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadMessageError(str(error)) from error
