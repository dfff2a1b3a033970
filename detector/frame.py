"""One picture of a clip, at any size, converted only as far as somebody asks.

Most frames are looked at small: the whole BGR picture is made where a network or the painter wants it. What the decoder
gives, 8 bits in 4:2:0 planes, is scaled as it is and coloured afterwards: at 1080p the two small pictures of the
analysis cost 0.9 ms so, and 2.2 by way of the whole BGR picture.
"""

import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from detector.clip_pictures import HIGH_RANGE, Image, Orientation, resized, turned, upright_image
from detector.timecode import Timecode

USUAL_FORMATS = ("yuv420p", "yuvj420p")


class Picture(Protocol):
    """An upright picture of `width` times `height` pixels; `image` is (height, width, 3) uint8 BGR."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def image(self) -> Image: ...

    def scaled(self, width: int, height: int) -> "Picture":
        """The same picture at a smaller size in pixels, every pixel the mean of those that it covers."""
        ...


@dataclass(frozen=True)
class Frame:
    """One picture of a clip, and when it is shown.

    Attributes:
        index: number of the picture within the whole clip, from 0, as shown; pictures that failed have none.
        time: the file's own stamp, strictly later than that of the frame before.
        picture: upright, always of the size in `ClipInfo`.
        corrupt: the decoder says that it had to guess parts of the picture.
    """

    index: int
    time: Timecode
    picture: Picture
    corrupt: bool = False

    @property
    def image(self) -> Image:
        """(height, width, 3) uint8 BGR, made when first asked for."""
        return self.picture.image


@dataclass(frozen=True)
class ImagePicture:
    """A picture that is in BGR already."""

    image: Image

    @property
    def width(self) -> int:
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        return int(self.image.shape[0])

    def scaled(self, width: int, height: int) -> "ImagePicture":
        image = self.image
        # Halving is quick in OpenCV; averaging by any other ratio takes ten times as long.
        while image.shape[1] >= 2 * width and image.shape[0] >= 2 * height:
            image = resized(image, image.shape[1] // 2, image.shape[0] // 2)
        return ImagePicture(image if image.shape[1::-1] == (width, height) else resized(image, width, height))


class Converters(threading.local):
    """Those of a clip, one for each size and thread: to build its tables again takes longer than to use them."""

    def __init__(self) -> None:
        self.to: defaultdict[tuple[int, int, str], VideoReformatter] = defaultdict(VideoReformatter)

    def convert(self, coded: VideoFrame, width: int, height: int, pixel_format: str) -> VideoFrame:
        # One thread takes the fast path of the converter: the same pixels in a sixth of the time.
        return self.to[width, height, pixel_format].reformat(
            coded, width=width, height=height, format=pixel_format, interpolation=Interpolation.AREA, threads=1
        )


class CodedPicture:
    """A picture as it was decoded, in one of USUAL_FORMATS; it stays valid when the decoder goes on.

    Attributes:
        coded: what was decoded.
        turn: how that becomes upright.
    """

    def __init__(self, coded: VideoFrame, turn: Orientation, converters: Converters) -> None:
        self.coded, self.turn, self._converters = coded, turn, converters
        self.width, self.height = turn.size(coded.width, coded.height)

    @cached_property
    def image(self) -> Image:
        plain = self._converters.convert(self.coded, self.coded.width, self.coded.height, "bgr24")
        return turned(np.ascontiguousarray(plain.to_ndarray(), np.uint8), self.turn)

    def scaled(self, width: int, height: int) -> "CodedPicture":
        if (width, height) == (self.width, self.height):
            return self
        coded = self._converters.convert(self.coded, *self.turn.size(width, height), self.coded.format.name)
        return CodedPicture(coded, self.turn, self._converters)


def upright_picture(coded: VideoFrame, turn: Orientation, converters: Converters) -> Picture:
    """What was decoded, as it is where it is of the usual kind, else in BGR at once.

    Raises:
        ValueError, av.FFmpegError: the pixel format cannot be converted.
    """
    whole = coded.width % 2 == 0 and coded.height % 2 == 0 and not coded.interlaced_frame
    if whole and coded.format.name in USUAL_FORMATS and coded.color_trc not in HIGH_RANGE:
        return CodedPicture(coded, turn, converters)
    return ImagePicture(upright_image(coded, turn, converters.to[coded.width, coded.height, "bgr24"]))
