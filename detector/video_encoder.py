"""Which encoder writes H.264: the graphics card's where it shows that it works, else x264 on the processor."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream

from detector.clip_pictures import Image


@dataclass(frozen=True)
class Encoder:
    """As FFmpeg names it, with its options. It takes yuv420p."""

    name: str
    options: dict[str, str] = field(hash=False)


# Without B-frames pictures are stored in the order shown, so that a leap in the stamps cannot shorten the track. Preset
# and quality of x264: see docs/performance.md.
X264 = Encoder("libx264", {"preset": "superfast", "crf": "24", "bf": "0"})
HARDWARE = (Encoder("h264_nvenc", {"preset": "p4", "rc": "vbr", "cq": "24", "b": "0", "bf": "0"}),)
TRIAL_PICTURES = 5
MOST_OFF = 6.0  # grey levels, mean: no encoder of that quality strays as far


def best_encoder(width: int, height: int, works: Callable[[Encoder, int, int], bool] | None = None) -> Encoder:
    """The one for pictures of this even size; `works` tries out an encoder, by default by `gives_back`."""
    tries = works or gives_back
    return next((each for each in HARDWARE if each.name in av.codecs_available and tries(each, width, height)), X264)


@cache
def gives_back(encoder: Encoder, width: int, height: int) -> bool:
    """Whether what it encodes can be decoded and is what was given. FFmpeg lists encoders whose device is not there."""
    pictures = [_test_picture(number, width, height) for number in range(TRIAL_PICTURES)]
    file = io.BytesIO()
    try:
        with av.open(file, "w", format="mp4") as output:
            stream = cast(VideoStream, output.add_stream(encoder.name, rate=25, options=dict(encoder.options)))
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for picture in pictures:
                output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
            output.mux(stream.encode(None))
        file.seek(0)
        with av.open(file, "r") as container:
            decoded = [frame.to_ndarray(format="yuv420p") for frame in container.decode(video=0)]
    except (av.FFmpegError, ValueError, OSError):
        return False
    if [one.shape for one in decoded] != [picture.shape for picture in pictures]:
        return False
    return all(
        np.abs(one.astype(np.int16) - picture).mean() < MOST_OFF for one, picture in zip(decoded, pictures, strict=True)
    )


def _test_picture(number: int, width: int, height: int) -> Image:
    """A slope that brightens from picture to picture, as the planes of 4:2:0 one above the other."""
    rows = np.linspace(40, 180, height * 3 // 2)[:, None] + 4 * number
    return np.broadcast_to(rows, (height * 3 // 2, width)).astype(np.uint8)
