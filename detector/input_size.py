"""At what size the network looks at a clip: the smallest at which a few of its pictures show no more vehicles.

Vehicles of 10 px are lost at 640 px and found at 1280, at four times the cost; large ones are found at 640 as well.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from detector.clip_opening import open_container, video_stream
from detector.model import Network

SIZES_PX = (640, 960, 1280)
PICTURES = 8
WORTH_IT = 1.1  # a larger size must find this many times the vehicles


def choose_size_px(path: Path, network: Network, confidence: float) -> int:
    """The size for a clip, of SIZES_PX; the network's own default where the clip does not let itself be sampled."""
    pictures = list(sample_pictures(path, PICTURES))
    if not pictures:
        return network.card.size_px
    found = [_vehicles(network, pictures, confidence, size_px) for size_px in SIZES_PX]
    best = max(found)
    return next(size_px for size_px, count in zip(SIZES_PX, found, strict=True) if count * WORTH_IT >= best)


def sample_pictures(path: Path, count: int) -> Iterator[NDArray[np.uint8]]:
    """Key frames spread over a clip, (height, width, 3) uint8 BGR; fewer than `count` where there are fewer.

    They are not turned upright: only the number of vehicles in them is asked for.
    """
    with open_container(path) as container:
        stream = video_stream(container, path)
        if not stream.duration or not stream.time_base:
            return
        seen: set[int] = set()
        for index in range(count):
            target = (stream.start_time or 0) + stream.duration * (2 * index + 1) // (2 * count)
            try:
                container.seek(target, stream=stream)
                picture = next(container.decode(stream), None)
            except av.FFmpegError:
                continue
            if picture is not None and picture.pts is not None and picture.pts not in seen:
                seen.add(picture.pts)
                yield np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)


def _vehicles(network: Network, pictures: list[NDArray[np.uint8]], confidence: float, size_px: int) -> int:
    return sum(len(found) for found in network.detect(pictures, confidence=confidence, size_px=size_px))
