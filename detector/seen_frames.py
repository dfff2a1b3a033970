"""What each frame of a clip shows, found out in stages that run beside one another: read, follow the camera, look.

Each stage takes the frames in order from the one before, in a thread of its own, a few ahead of the next one: while a
network waits for its device, later frames are decoded and followed, and earlier ones tracked. None knows of a later
one, so all find what they would find one after the other.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from detector.clip_pictures import Image
from detector.detections import Detections
from detector.frame import Frame
from detector.looks import VehiclesSeen
from detector.motion import CameraMotion, CameraMotionEstimator
from detector.reading_ahead import reading_ahead
from detector.small_pictures import SmallPictures, with_small_pictures

AHEAD = 2  # frames of a stage before the next one; enough that neither waits for the other each time

Followed = tuple[Frame, SmallPictures, CameraMotion]


@dataclass(frozen=True)
class SeenFrame:
    """A frame, and what is known of it before its shot is over.

    Attributes:
        frame: as it was read.
        thumbnail: the same picture small, see `SmallPictures`.
        motion: of the camera since the frame before.
        found: vehicles; None where nobody looked.
        size_px: longest side that they were looked for at; None where that is not known.
    """

    frame: Frame
    thumbnail: Image
    motion: CameraMotion
    found: Detections | None
    size_px: int | None


@contextmanager
def seen_frames(frames: Iterable[Frame], look: VehiclesSeen, floor: float) -> Iterator[Iterator[SeenFrame]]:
    """Iterate over the frames with what they show. When the context is left, all its threads have ended.

    Args:
        frames: of a clip, in order.
        look: finds vehicles; called in one thread that is not the caller's.
        floor: lowest score of interest.

    Raises:
        Whatever reading or looking raises, in its place among the frames.
    """
    with (
        reading_ahead(with_small_pictures(frames)) as read,
        reading_ahead(_followed(read), AHEAD) as followed,
        reading_ahead(_looked_at(followed, look, floor), AHEAD) as seen,
    ):
        yield seen


def _followed(frames: Iterable[tuple[Frame, SmallPictures]]) -> Iterator[Followed]:
    camera = CameraMotionEstimator()
    for frame, pictures in frames:
        yield frame, pictures, camera.update(pictures.halved, frame.picture.width)


def _looked_at(frames: Iterable[Followed], look: VehiclesSeen, floor: float) -> Iterator[SeenFrame]:
    for frame, pictures, motion in frames:
        found, size_px = look(frame, pictures.thumbnail, motion, floor)
        yield SeenFrame(frame, pictures.thumbnail, motion, found, size_px)
