"""At what size the network looks at a clip: the smallest at which a few of its pictures show no more vehicles.

Vehicles of 10 px are lost at 640 px and found at 1280, at four times the cost; large ones are found at 640 as well.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from detector.clip_opening import open_container, video_stream
from detector.detections import Detections
from detector.model import Network

SIZES_PX = (640, 960, 1280)
PICTURES = 8
MOST_DECODED = 60  # pictures from a key frame on, for one sample
WORTH_IT = 0.2  # a larger size must add this share of small vehicles
SMALL_IN_NETWORK_PX = 40.0  # below it a network misses many


def choose_size_px(path: Path, network: Network, confidence: float) -> int:
    """The size for a clip, of SIZES_PX; the network's own default where the clip does not let itself be sampled.

    A larger size is taken while it shows vehicles that were too small before. Large ones that appear only there do
    not count: they are false more often than not, since a vehicle of that size was large enough before.
    """
    pictures = list(sample_pictures(path, PICTURES))
    if not pictures:
        return network.card.size_px
    chosen, found = SIZES_PX[0], network.detect(pictures, confidence=confidence, size_px=SIZES_PX[0])
    for size_px in SIZES_PX[1:]:
        larger = network.detect(pictures, confidence=confidence, size_px=size_px)
        gained = sum(
            _too_small_before(after, before, SMALL_IN_NETWORK_PX * max(picture.shape[:2]) / chosen)
            for picture, before, after in zip(pictures, found, larger, strict=True)
        )
        if gained < WORTH_IT * max(1, sum(map(len, found))):
            break
        chosen, found = size_px, larger
    return chosen


def _too_small_before(after: Detections, before: Detections, small_px: float) -> int:
    """How many detections are smaller than this and have their centre in none of those before."""
    sides = after.xyxy[:, 2:] - after.xyxy[:, :2]
    centres = after.xyxy[:, :2] + sides / 2
    inside = (centres[:, None] >= before.xyxy[None, :, :2]) & (centres[:, None] <= before.xyxy[None, :, 2:])
    known = np.any(np.all(inside, axis=2), axis=1)
    return int(np.sum(~known & (np.sqrt(sides.prod(axis=1)) < small_px)))


def sample_pictures(path: Path, count: int) -> Iterator[NDArray[np.uint8]]:
    """Pictures spread over a clip, (height, width, 3) uint8 BGR; fewer than `count` where there are fewer.

    They are not turned upright: only the number of vehicles in them is asked for.
    """
    with open_container(path) as container:
        stream = video_stream(container, path)
        if not stream.duration or not stream.time_base:
            return
        seen: set[int] = set()
        for index in range(count):
            target = (stream.start_time or 0) + stream.duration * (2 * index + 1) // (2 * count)
            picture = _picture_near(container, stream, target)
            if picture is not None and picture.pts not in seen:
                seen.add(picture.pts or 0)
                yield np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)


def _picture_near(container: InputContainer, stream: VideoStream, target: int) -> VideoFrame | None:
    """The picture shown at a stamp, or one between it and the key frame before, where that lies far back."""
    picture = None
    try:
        container.seek(target, stream=stream)
        for picture in islice(container.decode(stream), MOST_DECODED):
            if picture.pts is None or picture.pts >= target:
                break
    except av.FFmpegError:  # damage is the reader's to report
        return picture
    return picture
