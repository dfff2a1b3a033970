"""How the camera moved from one frame to the next, told from the ground and not from what is burned into the picture.

Corners are followed by Lucas-Kanade optical flow on thumbnails and a transform is fitted by RANSAC, as in the global
motion compensation of BoT-SORT (Aharon et al. 2022). It is a homography: seen obliquely, near ground moves faster than
far ground, and a similarity makes parked vehicles drive and convoys stand. Logos, crosshairs and captions stay still
while the world moves: where much of the picture changes, corners are taken only from what changes, and where a good
share of them moves together, those that stay still are left out.
This module knows nothing of vehicles.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

MOST_CORNERS = 250
FEWEST_CORNERS = 10
STILL_LEVELS = 4  # grey levels a pixel may change by and still count as burned in
CHANGING_SHARE = 0.2
STILL_PX = 0.15  # of a thumbnail
MOVING_SHARE = 0.25
INLIER_PX = 1.0
FEWEST_FOR_HOMOGRAPHY = 30
MOST_TILT = 1e-3  # of the perspective terms, per thumbnail pixel and frame


@dataclass(frozen=True)
class CameraMotion:
    """From the previous frame to this one, in pixels of the full picture.

    Attributes:
        matrix: (3, 3) float64 homography that maps points of the previous frame to this one.
        affine: (2, 3) float32, the same to first order around the middle of the picture.
        known: False where the picture gave nothing to tell it by; both are then the identity.
    """

    matrix: NDArray[np.float64]
    affine: NDArray[np.float32]
    known: bool


UNKNOWN_MOTION = CameraMotion(np.eye(3), np.eye(2, 3, dtype=np.float32), known=False)


class CameraMotionEstimator:
    """Feeds on thumbnails of consecutive frames."""

    def __init__(self) -> None:
        self._previous: NDArray[np.uint8] | None = None

    def update(self, small: NDArray[np.uint8], full_width_px: int) -> CameraMotion:
        """Motion since the thumbnail given before.

        Args:
            small: (height, width, 3) uint8 BGR thumbnail of the frame.
            full_width_px: width of the picture it was made of; the result is in that picture's pixels.
        """
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        previous, self._previous = self._previous, grey
        if previous is None or previous.shape != grey.shape:
            return UNKNOWN_MOTION
        fitted = _fit(*_follow_corners(previous, grey))
        if fitted is None:
            return UNKNOWN_MOTION
        scale = full_width_px / small.shape[1]
        enlarge = np.diag([scale, scale, 1.0])
        matrix = enlarge @ fitted @ np.linalg.inv(enlarge)
        middle = np.array([small.shape[1] / 2, small.shape[0] / 2]) * scale
        return CameraMotion(matrix, _linearised(matrix, middle), known=True)


def _linearised(matrix: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float32]:
    """The affine that agrees with a homography at a point, to first order."""
    weight = float(matrix[2, :2] @ at + matrix[2, 2])
    image = (matrix[:2, :2] @ at + matrix[:2, 2]) / weight
    slope = (matrix[:2, :2] - np.outer(image, matrix[2, :2])) / weight
    return np.column_stack([slope, image - slope @ at]).astype(np.float32)


def _follow_corners(previous: NDArray[np.uint8], grey: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
    """Corners of the previous picture, (n, 2), and where they went."""
    changing = _changing(previous, grey)
    corners = cv2.goodFeaturesToTrack(previous, MOST_CORNERS, qualityLevel=0.01, minDistance=6, mask=changing)
    if corners is None or len(corners) < FEWEST_CORNERS:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(previous, grey, corners, None, winSize=(15, 15), maxLevel=3)  # type: ignore[call-overload]
    kept = found.ravel() == 1
    return corners.reshape(-1, 2)[kept], moved.reshape(-1, 2)[kept]


def _changing(previous: NDArray[np.uint8], grey: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Where the picture changes, 255 there and 0 elsewhere; None if too little does to tell overlays from the world."""
    difference = cv2.absdiff(previous, grey)
    changing = np.where(difference > STILL_LEVELS, 255, 0).astype(np.uint8)
    if np.count_nonzero(changing) < CHANGING_SHARE * changing.size:
        return None
    # The edge of an overlay changes as the world passes behind it: what remains still around there is overlay.
    return np.asarray(cv2.erode(cv2.dilate(changing, np.ones((3, 3))), np.ones((7, 7))), np.uint8)


def _fit(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """The motion most corners agree on, overlays left out; None if too few agree."""
    if len(before) < FEWEST_CORNERS:
        return None
    moving = np.linalg.norm(after - before, axis=1) > STILL_PX
    if moving.mean() > MOVING_SHARE and moving.sum() >= FEWEST_CORNERS:
        # Vehicles move too; only a motion that most of the moving corners share is the camera's.
        motion = _agreed(before[moving], after[moving], least_share=0.5)
        if motion is not None:
            return motion
    return _agreed(before, after, least_share=0.3)


def _agreed(before: NDArray[np.float32], after: NDArray[np.float32], least_share: float) -> NDArray[np.float64] | None:
    """A similarity by RANSAC, refined to a homography where enough corners carry it; None below the share."""
    cv2.setRNGSeed(0)
    similarity, inliers = cv2.estimateAffinePartial2D(
        before, after, method=cv2.RANSAC, ransacReprojThreshold=INLIER_PX, maxIters=500, confidence=0.99
    )
    if similarity is None or not np.isfinite(similarity).all() or float(inliers.mean()) < least_share:
        return None
    matrix = np.vstack([similarity, [0.0, 0.0, 1.0]])
    if inliers.sum() < FEWEST_FOR_HOMOGRAPHY:
        return matrix
    homography, agreeing = cv2.findHomography(before, after, cv2.RANSAC, INLIER_PX)
    believable = homography is not None and np.isfinite(homography).all() and abs(homography[2, :2]).max() < MOST_TILT
    if believable and agreeing.sum() >= inliers.sum():
        return np.asarray(homography / homography[2, 2], np.float64)
    return matrix
