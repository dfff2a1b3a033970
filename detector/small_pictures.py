"""The two small pictures of every frame that the analysis looks at, made where the frame is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detector.clip_pictures import Image
from detector.frame import Frame
from detector.motion import motion_size
from detector.shots import thumbnail_size


@dataclass(frozen=True)
class SmallPictures:
    """A frame made small, in uint8 BGR.

    Attributes:
        halved: to tell the camera's motion by, see `motion_size`.
        thumbnail: to tell shots by, see `thumbnail_size`.
    """

    halved: Image
    thumbnail: Image


def small_pictures(frame: Frame) -> SmallPictures:
    """The smaller made of the larger, before that is coloured."""
    halved = frame.picture.scaled(*motion_size(frame.picture.width, frame.picture.height))
    return SmallPictures(halved.image, halved.scaled(*thumbnail_size(halved.width, halved.height)).image)


def with_small_pictures(frames: Iterable[Frame]) -> Iterator[tuple[Frame, SmallPictures]]:
    """Each frame with them."""
    for frame in frames:
        yield frame, small_pictures(frame)
