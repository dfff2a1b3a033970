"""The confined process: opens the clip after it has given up everything else, and gives pictures when asked.

Started by `detector.sandbox.reader` as a program of its own, with nothing of the environment.
"""

import importlib
import mmap
import os
import pkgutil
import signal
from pathlib import Path

import av
import msgspec
import numpy as np
from msgspec.structs import replace

from detector.clip import ClipError, ClipReader
from detector.clip_info import ClipInfo
from detector.frame import CodedPicture, Frame
from detector.limits import Limits
from detector.sandbox.confinement import ConfinementError, confine
from detector.sandbox.messages import (
    NEXT,
    STATE,
    Confined,
    Failed,
    Opened,
    Picture,
    Place,
    State,
    send,
)

LOADED_LATE = ("numpy.ma",)  # by np.median
Order = tuple[int, float | None, float | None, Limits]
GIB = 1 << 30
MOST_WORDS, MOST_PLACES = 2000, 500  # what a message has room for


def main(path: str, order: str) -> None:
    """Read one clip; what to do comes on standard input byte by byte, messages go to standard output.

    Args:
        path: of the clip.
        order: as JSON a file descriptor of shared memory with room for the largest picture allowed, and `start_s`,
            `end_s` and `limits` as in `ClipReader`.
    """
    memory, start_s, end_s, limits = msgspec.json.decode(order, type=Order)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the user breaks off the one who asked, and that one says so
    av.logging.set_level(None)
    for module in (*(found.name for found in pkgutil.walk_packages(av.__path__, "av.")), *LOADED_LATE):
        importlib.import_module(module)  # where a clip needs them it would be too late
    orders, said = os.fdopen(0, "rb", 0), os.fdopen(os.dup(1), "wb")
    room = mmap.mmap(memory, limits.pixels * 3)
    os.close(memory)
    try:
        send(said, Confined(confine(path, int(limits.memory_gib * GIB))))
        with ClipReader(Path(path), start_s, end_s, limits) as reader:
            send(said, _opened(reader.info))
            frames = iter(reader)
            while asked := orders.read(1):
                if asked == STATE:
                    send(said, _state(reader, ended=False))
                elif asked == NEXT:
                    frame = next(frames, None)
                    send(said, _picture(frame, room) if frame else _state(reader, ended=True))
    except ConfinementError as error:
        send(said, Failed(str(error), confined=False))
    except ClipError as error:
        words = str(error).encode("utf-8", "replace").decode()  # a name may hold bytes that are no text
        send(said, Failed(words[:MOST_WORDS], confined=True))
    except MemoryError:
        words = f"reading takes more than {limits.memory_gib:g} GiB; lift --most-memory if you trust the clip"
        send(said, Failed(words, confined=True))


def _opened(info: ClipInfo) -> Opened:
    return Opened(
        info.container,
        info.codec,
        info.width,
        info.height,
        info.sample_aspect_ratio.as_integer_ratio(),
        info.rotation_degrees,
        info.frame_rate.as_integer_ratio() if info.frame_rate else None,
        info.frames_declared,
        info.duration_s,
        info.pixel_format,
        info.has_audio,
        info.start_s,
    )


def _picture(frame: Frame, room: mmap.mmap) -> Picture:
    """The message of a frame, with its pixels put into the room: as decoded, so that nothing is converted here."""
    message = Picture(frame.index, frame.time.pts, frame.time.time_base.as_integer_ratio(), frame.corrupt)
    pixels = frame.image if not isinstance(frame.picture, CodedPicture) else frame.picture.coded.to_ndarray()
    np.frombuffer(room, np.uint8, pixels.size)[:] = pixels.reshape(-1)
    if not isinstance(frame.picture, CodedPicture):
        return message
    coded, turn = frame.picture.coded, frame.picture.turn
    return replace(
        message,
        pixel_format=coded.format.name,
        turn=(turn.swapped, turn.flipped_x, turn.flipped_y),
        matrix=int(coded.colorspace),
        colour_range=int(coded.color_range),
    )


def _state(reader: ClipReader, ended: bool) -> State:
    places = tuple(
        Place(place.after_frame, place.time_s, place.reason[:MOST_WORDS], place.until_s, place.leaning_until_s)
        for place in reader.damage[:MOST_PLACES]
    )
    notes = tuple(note[:MOST_WORDS] for note in reader.notes)
    return State(ended, reader.frames_failed, reader.share_read, notes, places)
