"""One decoded picture to one upright BGR image. Knows nothing of files or time."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorTrc, VideoReformatter
from numpy.typing import NDArray

Image = NDArray[np.uint8]

HIGH_RANGE = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}


@dataclass(frozen=True)
class Orientation:
    """How a coded picture becomes upright: swap rows and columns first, then mirror left-right and top-bottom."""

    swapped: bool = False
    flipped_x: bool = False
    flipped_y: bool = False

    @property
    def mirrored(self) -> bool:
        """Whether it is more than a rotation."""
        return self.swapped ^ self.flipped_x ^ self.flipped_y

    @property
    def rotation_degrees(self) -> int:
        """0, 90, 180 or 270, clockwise; a mirror is left out of account."""
        if self.swapped:
            return 90 if self.flipped_x or not self.flipped_y else 270
        return 180 if self.flipped_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the upright picture from those of the coded one, in pixels."""
        return (height, width) if self.swapped else (width, height)


ROUNDED_OFF = 0.01  # of the largest term of a display matrix: less is 0, half a degree off a right angle
TURNED = {  # by degrees counterclockwise
    0: Orientation(),
    90: Orientation(swapped=True, flipped_y=True),
    180: Orientation(flipped_x=True, flipped_y=True),
    -180: Orientation(flipped_x=True, flipped_y=True),
    -90: Orientation(swapped=True, flipped_x=True),
}


def orientation(picture: VideoFrame) -> Orientation | None:
    """What the picture's display matrix asks for; None if that is no multiple of a right angle."""
    try:
        matrix = cast(Buffer | None, picture.side_data.get("DISPLAYMATRIX"))
    except ValueError:  # PyAV cannot list what lies beside it where that is of a kind newer than itself, such as EXIF
        return TURNED.get(picture.rotation)
    if matrix is None:
        return Orientation()
    # x' = a x + c y, y' = b x + d y, with y pointing down.
    a, b, _, c, d = (int(value) for value in np.frombuffer(bytes(matrix), np.int32)[:5])
    least = ROUNDED_OFF * max(map(abs, (a, b, c, d)))
    a, b, c, d = (value if abs(value) > least else 0 for value in (a, b, c, d))
    if (a and d) and not (b or c):
        return Orientation(swapped=False, flipped_x=a < 0, flipped_y=d < 0)
    if (b and c) and not (a or d):
        return Orientation(swapped=True, flipped_x=c < 0, flipped_y=b < 0)
    return None


def upright_turn(first: VideoFrame) -> tuple[Orientation, list[str]]:
    """How all pictures of a clip are turned, by its first one; and what is odd about that, in words."""
    turn = orientation(first)
    if turn is None:
        return Orientation(), ["the file asks for a rotation that is no multiple of 90 degrees: left as it is"]
    return turn, ["the file asks for mirrored pictures: they are mirrored"] if turn.mirrored else []


def upright_image(picture: VideoFrame, turn: Orientation, converter: VideoReformatter) -> Image:
    """The picture as (height, width, 3) uint8 BGR, contiguous and owned by the caller.

    High dynamic range (PQ, HLG) becomes what a standard screen shows, as the networks know it: diffuse white is white,
    and what is brighter too. Its matrix and range are the file's own; where it states none, BT.601 and limited.

    Args:
        converter: one for all pictures of a clip: to build its tables again for each takes longer than to use them.

    Raises:
        ValueError, av.FFmpegError: the pixel format cannot be converted.
    """
    # One thread takes the fast path of the converter: the same pixels in a sixth of the time.
    if picture.color_trc in HIGH_RANGE:
        plain = converter.reformat(
            picture,
            format="bgr24",
            dst_color_trc=ColorTrc.BT709,
            dst_color_primaries=ColorPrimaries.BT709,
            threads=1,
        )
    else:
        plain = converter.reformat(picture, format="bgr24", threads=1)
    return turned(np.ascontiguousarray(plain.to_ndarray(), np.uint8), turn)


def turned(coded: Image, turn: Orientation) -> Image:
    """A coded picture made upright; the same array where it is so already."""
    image = cv2.transpose(coded) if turn.swapped else coded
    if turn.flipped_x or turn.flipped_y:
        image = cv2.flip(image, 0 if not turn.flipped_x else -1 if turn.flipped_y else 1)
    return np.asarray(image, np.uint8)


def resized(image: Image, width: int, height: int) -> Image:
    """The image stretched to a size in pixels."""
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
