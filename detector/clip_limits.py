"""What a file states of its pictures against the limits, before anything is decoded."""

from pathlib import Path

import av
from av.container import InputContainer
from av.video.format import VideoFormat
from av.video.stream import VideoStream

from detector.clip_opening import ClipError, open_container, video_stream
from detector.limits import Limits

INTRA_ONLY = 1  # AV_CODEC_PROP_INTRA_ONLY
HELD_BY_DECODER = 18  # pictures: sixteen that others lean on in H.264 and HEVC, the one at hand and the one given out
HELD_OF_STILLS = 3  # where no picture leans on another
BGR_BYTES = 3
LEAST_PICTURE_BYTES = 8  # a file of fewer bytes than so many for each picture need not be counted
GIB = 1 << 30


def check_pictures(stream: VideoStream, path: Path, limits: Limits) -> None:
    """Refuse pictures that are too large, also those that turn out so later: the decoder holds the limit too.

    Raises:
        ClipError: they are said to have more pixels, or to take more memory, than the limits allow.
    """
    context = stream.codec_context
    said = f"{path}: its pictures are said to be {context.width}x{context.height}"
    if context.width * context.height > limits.pixels:
        raise ClipError(
            f"{said}, and more than {limits.pixels} pixels are not read; scale it down first, or lift --most-pixels"
        )
    needed_gib = _needed_bytes(stream) / GIB
    if needed_gib > limits.memory_gib:
        raise ClipError(
            f"{said}, for which the {context.name} decoder may take {needed_gib:.1f} GiB, and more than "
            f"{limits.memory_gib:g} are not given; scale it down first, or lift --most-memory"
        )
    context.options = {"max_pixels": str(limits.pixels)}


def check_frames(container: InputContainer, stream: VideoStream, path: Path, limits: Limits) -> None:
    """Refuse a clip that holds too many pictures: by its header, or by its packets where that does not count them.

    Its length alone does not: stamps may begin at the time of day, or leap.

    Raises:
        ClipError: it holds more than the limit.
    """
    stated = stream.frames
    if not stated:
        by_length = _frames_of_duration(container, stream)
        may_hold_more = path.stat().st_size > LEAST_PICTURE_BYTES * limits.frames
        if by_length > limits.frames or (not by_length and may_hold_more):
            stated = _packets_up_to(path, limits.frames + 1)
    if stated > limits.frames:
        raise ClipError(
            f"{path}: is said to hold {stated} pictures or more, and not more than {limits.frames} are looked at; "
            "name a part with --to, or lift --most-frames"
        )


def _needed_bytes(stream: VideoStream) -> int:
    context = stream.codec_context
    stills = bool(context.codec.properties & INTRA_ONLY)
    bits = VideoFormat(context.pix_fmt).bits_per_pixel if context.pix_fmt else 8 * BGR_BYTES
    held = (HELD_OF_STILLS if stills else HELD_BY_DECODER) * bits // 8 + BGR_BYTES
    return context.width * context.height * held


def _frames_of_duration(container: InputContainer, stream: VideoStream) -> int:
    seconds = container.duration / av.time_base if container.duration and container.duration > 0 else 0.0
    return round(seconds * float(stream.average_rate or 0))


def _packets_up_to(path: Path, most: int) -> int:
    """How many pictures a file holds, or `most` if there are as many; reads the file without decoding it."""
    count = 0
    with open_container(path) as container:
        try:
            for packet in container.demux(video_stream(container, path)):
                count += packet.size > 0
                if count >= most:
                    break
        except av.FFmpegError:
            pass  # what cannot be followed is told when the clip is read
    return count
