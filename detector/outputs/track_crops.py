"""The best picture of every track, and of the frames that matter: looked for in the clip after it was analysed.

Two steps. First the frame records name the frames worth looking at: the life of a track is cut into a few equal parts,
and in each the frame counts where it is seen best as far as score and size tell. Then pictures are handed in, and of
those few the best is kept, now with its sharpness: the variance of the Laplacian (Pech-Pacheco et al., 2000, "Diatom
autofocusing in brightfield microscopy"). Knows nothing of files.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.clip_pictures import Image, resized
from detector.frame_records import FrameBox, FrameRecord
from detector.report import TrackSummary

PARTS = 5  # of the life of a track, spread so that one overlay or one blur does not cover them all
SHARPNESS_POWER = 0.25  # low: the letters of a watermark over a vehicle are sharper than the vehicle
ENOUGH_PX = 120.0  # a box larger than a crop is shown makes no better picture
MARGIN_SHARE = 0.15  # of the box, on each side
LEAST_SIDE_PX = 64  # of what a crop shows: a far-off vehicle is told by what is around it
EDGE_PX = 2.0  # a box this near to the edge of the picture is taken to be cut off by it
OUTLINE = (255, 255, 255)
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 72, cv2.IMWRITE_JPEG_OPTIMIZE, 1]

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Candidate:
    """A box that may give the crop of its track; `promise` is score times side, halved at the edge of the picture."""

    track: int
    frame: int
    xyxy: Box
    promise: float


class TrackCrops:
    """Chooses and keeps one crop for each track.

    Args:
        width_px: of the clip's pictures, upright.
        height_px: likewise.
        tracks: of the report.
    """

    def __init__(self, width_px: int, height_px: int, tracks: Iterable[TrackSummary]) -> None:
        self._size_px = (width_px, height_px)
        self._span = {track.id: (track.first, track.last - track.first + 1) for track in tracks}
        self._candidates: dict[tuple[int, int], Candidate] = {}
        self._best: dict[int, tuple[float, bytes]] = {}

    def propose(self, record: FrameRecord) -> None:
        """Take note of one frame; boxes that were filled in show nothing for sure and are passed over."""
        for box in record.boxes:
            if box.filled:
                continue
            first, length = self._span[box.track]
            part = (box.track, PARTS * (record.frame - first) // length)
            promise = self._promise(box)
            if part not in self._candidates or promise > self._candidates[part].promise:
                self._candidates[part] = Candidate(box.track, record.frame, box.xyxy, promise)

    def frames(self) -> dict[int, list[Candidate]]:
        """The frames to look at, each with the boxes that may give a crop."""
        wanted: dict[int, list[Candidate]] = defaultdict(list)
        for candidate in self._candidates.values():
            wanted[candidate.frame].append(candidate)
        return wanted

    def look(self, image: Image, candidates: Iterable[Candidate]) -> None:
        """Compare the candidates of one frame with what is kept. `image` is (height, width, 3) uint8 BGR."""
        for candidate in candidates:
            worth = candidate.promise * sharpness(_cut(image, candidate.xyxy)) ** SHARPNESS_POWER
            if candidate.track not in self._best or worth > self._best[candidate.track][0]:
                jpeg = crop_jpeg(image, candidate.xyxy, crop_height_px(len(self._span)))
                self._best[candidate.track] = (worth, jpeg)

    def crops(self) -> dict[int, bytes]:
        """The JPEG of each track that was seen."""
        return {track: jpeg for track, (_, jpeg) in sorted(self._best.items())}

    def _promise(self, box: FrameBox) -> float:
        left, top, right, bottom = box.xyxy
        width, height = self._size_px
        side = min(ENOUGH_PX, math.sqrt(max(0.0, right - left) * max(0.0, bottom - top)))
        whole = min(left, top) > EDGE_PX and right < width - EDGE_PX and bottom < height - EDGE_PX
        return box.score * side * (1.0 if whole else 0.5)


def crop_height_px(tracks: int) -> int:
    """Bound on the height of crops: smaller the more there are, so that the page stays small."""
    return 120 if tracks <= 400 else 72


def sharpness(image: Image) -> float:
    """How sharp a picture is, whatever its size; 0 if there is nothing of it."""
    if not image.size:
        return 0.0
    grey = cv2.cvtColor(resized(image, 64, 64), cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def crop_jpeg(image: Image, xyxy: Box, height_px: int) -> bytes:
    """The vehicle with a little of what is around it; a small one is outlined, since others may stand beside it."""
    left, top, right, bottom = xyxy
    view_width = max(LEAST_SIDE_PX, (right - left) * (1 + 2 * MARGIN_SHARE))
    view_height = max(LEAST_SIDE_PX, (bottom - top) * (1 + 2 * MARGIN_SHARE))
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    view = (
        middle_x - view_width / 2,
        middle_y - view_height / 2,
        middle_x + view_width / 2,
        middle_y + view_height / 2,
    )
    small = max(right - left, bottom - top) < LEAST_SIDE_PX / 2
    return _jpeg(image, view, height_px, [xyxy] if small else [])


def frame_height_px(frames: int) -> int:
    """Height of whole frames, likewise."""
    return 180 if frames <= 100 else 90


def frame_jpeg(image: Image, outlined: Sequence[Box], height_px: int) -> bytes:
    """A whole frame in small, with boxes outlined in it."""
    height, width = image.shape[:2]
    return _jpeg(image, (0.0, 0.0, float(width), float(height)), height_px, outlined)


def _jpeg(image: Image, view: Box, height_px: int, outlined: Sequence[Box]) -> bytes:
    seen = _cut(image, view)
    scale = min(1.0, height_px / seen.shape[0], 2 * height_px / seen.shape[1])
    size = (max(1, round(seen.shape[1] * scale)), max(1, round(seen.shape[0] * scale)))
    small = resized(seen, *size) if scale < 1 else seen.copy()
    origin = np.maximum(0, np.round(view[:2]))
    for box in outlined:
        corners = np.round((np.asarray(box).reshape(2, 2) - origin) * scale).astype(int)
        _outline(small, corners)
    done, jpeg = cv2.imencode(".jpg", small, QUALITY)
    if not done:
        raise ValueError(f"a picture of {size[0]}x{size[1]} could not be encoded")
    return jpeg.tobytes()


def _outline(image: Image, corners: NDArray[np.int_]) -> None:
    """A light line with a dark one around it, seen on any ground."""
    (left, top), (right, bottom) = corners.tolist()
    cv2.rectangle(image, (left - 2, top - 2), (right + 2, bottom + 2), (0, 0, 0), 1)
    cv2.rectangle(image, (left - 1, top - 1), (right + 1, bottom + 1), OUTLINE, 1)


def _cut(image: Image, view: Box) -> Image:
    """The part of the picture that lies in the view, at least one pixel of it."""
    height, width = image.shape[:2]
    left, top, right, bottom = (round(side) for side in view)
    left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
    return image[top : max(top + 1, min(bottom, height)), left : max(left + 1, min(right, width))]
