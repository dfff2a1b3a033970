"""Which pixels are burned into the picture: those that stay where they are while the world moves on.

A running estimate from the clip itself. Once the world has moved far enough since a reference frame, each pixel is
explained in two ways: it stood still, or it went with the world. What keeps being explained better by standing still
is telemetry, a crosshair, a logo, a caption or a watermark. While the camera stands still nothing is learned and
nothing forgotten. Knows pictures and the world's motion; does not know how that is estimated.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

FAR_ENOUGH_PX = 0.75  # of world motion, in the middle of the quarters of the picture
LONGEST_REFERENCE = 15  # frames
SLOWEST_LEARNING = 0.15  # weight of the newest evidence, once there is much
SURE_LEVELS = 3.0  # grey levels by which standing still explains a pixel better
MOST_EVIDENCE_LEVELS = 40.0
QUARTERS = np.array([[0.25, 0.25, 0.75, 0.75], [0.25, 0.75, 0.25, 0.75], [1.0, 1.0, 1.0, 1.0]])  # their middles
MOST_SHARE = 0.6  # a mask that covers more was learned from a wrong motion

Matrix = NDArray[np.float64]


class BurnedIn:
    """The mask of what is burned in, kept from frame to frame."""

    def __init__(self) -> None:
        self._reference: NDArray[np.uint8] | None = None
        self._evidence: NDArray[np.float32] | None = None
        self._free: NDArray[np.bool_] | None = None  # what the evidence leaves
        self._lessons = 0
        self._frames = 0
        self._since = np.eye(3)

    def free(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """(height, width), True where the world shows, as far as is known."""
        if self._free is None or self._free.shape != shape:
            return np.ones(shape, np.bool_)
        return self._free

    def update(self, grey: NDArray[np.uint8], motion: Matrix | None) -> None:
        """Learn from the next frame.

        Args:
            grey: (height, width) uint8.
            motion: (3, 3) homography from the frame before to this one, in its pixels; None if not known.
        """
        reference = self._reference
        if motion is None or reference is None or reference.shape != grey.shape:
            self._start(grey)
            return
        self._since = motion @ self._since
        self._frames += 1
        if _typical_shift(self._since, grey.shape) >= FAR_ENOUGH_PX:
            self._learn(reference, grey)
            self._start(grey)
        elif self._frames >= LONGEST_REFERENCE:
            self._start(grey)

    def _start(self, grey: NDArray[np.uint8]) -> None:
        self._reference, self._since, self._frames = grey, np.eye(3), 0

    def _learn(self, reference: NDArray[np.uint8], grey: NDArray[np.uint8]) -> None:
        size = (grey.shape[1], grey.shape[0])
        carried = cv2.warpPerspective(reference, self._since, size, borderMode=cv2.BORDER_REPLICATE)
        went, stood = (cv2.blur(cv2.absdiff(before, grey), (3, 3)) for before in (carried, reference))
        better = np.subtract(went, stood, dtype=np.float32)
        np.clip(better, -MOST_EVIDENCE_LEVELS, MOST_EVIDENCE_LEVELS, out=better)
        if self._evidence is None or self._evidence.shape != grey.shape:
            self._evidence, self._lessons = np.zeros(grey.shape, np.float32), 0
        self._lessons += 1
        weight = max(SLOWEST_LEARNING, 1 / (self._lessons + 1))
        cv2.accumulateWeighted(better, self._evidence, weight)
        burned = (self._evidence > SURE_LEVELS).astype(np.uint8)
        self._free = np.asarray(cv2.dilate(burned, np.ones((3, 3), np.uint8)) == 0)
        if burned.mean() > MOST_SHARE:
            self._evidence, self._free, self._lessons = None, None, 0


def _typical_shift(motion: Matrix, shape: tuple[int, ...]) -> float:
    """How far the middles of the four quarters go, in pixels, on average."""
    height, width = shape[:2]
    points = QUARTERS * [[width], [height], [1.0]]
    there = motion @ points
    return float(np.linalg.norm(there[:2] / there[2] - points[:2], axis=0).mean())
