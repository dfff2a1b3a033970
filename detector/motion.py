"""How the camera moved from one frame to the next, told from the ground and not from what is burned into the picture.

One corner of every cell of a grid is followed by Lucas-Kanade optical flow on a small picture (so that a motion's
corners are its area, and bright telemetry does not outvote dull ground), as in the global motion compensation of
BoT-SORT (Aharon et al. 2022). Candidates are found by RANSAC among the corners that move and among all; the camera's
spans the picture, which a large vehicle does not, and of two it is the one that more corners go with closely. It is a
homography: seen obliquely, near ground moves faster than far ground, and a similarity makes parked vehicles drive and
convoys stand.
This module knows nothing of vehicles.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.burned_in import BurnedIn

WIDEST_PX = 640  # of the small picture; all pixels below are its own

CELLS_ACROSS = 20
LEAST_TEXTURE = 3e-5  # smaller eigenvalue of the gradients around a corner; the noise of a flat picture lies below
WINDOW_PX = 11
FEWEST_CORNERS = 10

STILL_PX = 0.15  # a corner that moved less may have stood still
RANSAC_PX = 0.3  # wider, and a candidate lies between the ground and a large vehicle
MOST_TRIES = 300
SIMILARITY_SHARE = 0.5  # of the corners that must agree on it to do without a homography
AGREE_PX = 0.5
LEAST_SHARE = 0.2  # of the corners that must go with the camera
LEAST_OF_MOVING = 0.3  # of those that move; waves have no motion that so many share
LEAST_MOVING_SHARE = 0.1  # of all, that must move with it; a few vehicles are fewer
CLOSE_PX = 0.15  # by which of two candidates is chosen
LEAST_SPAN = 0.5  # of the picture; one thing over a third of it spans 0.33
LEAST_STILL_SHARE = 0.42  # of all cells: fewer corners that stand still may all be burned in
EXACTLY_PX = 0.08  # what is burned in stands stiller than the ground
LEAST_EXACTLY_STILL_SHARE = 0.6

MOST_REFINEMENTS = 8
SETTLED = 3e-5  # change of the largest number, in half widths of the picture: a hundredth of a pixel
NEAR_PX = 0.35
REACH = 3.0  # times the usual misfit, beyond which a corner has no weight
LEAST_REACH_PX = 0.1
MOST_TILT = 0.5  # of the perspective terms over half the width of the picture
MOST_GROWTH = 4.0  # of an area in one frame

AT_REST = 1e-9 * np.eye(8)

HALVE = np.diag([0.5, 0.5, 1.0])

Matrix = NDArray[np.float64]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CameraMotion:
    """From the previous frame to this one, in pixels of the full picture.

    Attributes:
        matrix: (3, 3) float64 homography that maps points of the previous frame to this one.
        affine: (2, 3) float32, the same to first order around the middle of the picture.
        known: False where the picture gave nothing to tell it by; both are then the identity.
    """

    matrix: Matrix
    affine: NDArray[np.float32]
    known: bool


UNKNOWN_MOTION = CameraMotion(np.eye(3), np.eye(2, 3, dtype=np.float32), known=False)


def motion_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the small picture to follow corners in: halved until it is at most 640 px wide."""
    while width > WIDEST_PX:
        width, height = width // 2, max(1, height // 2)
    return width, height


def motion_picture(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """That small picture made of a BGR one."""
    small = image
    while small.shape[1] > WIDEST_PX:
        small = _halved(small)
    return small


class CameraMotionEstimator:
    """Feeds on small pictures of consecutive frames; learns on the way what is burned into them."""

    def __init__(self) -> None:
        self._previous: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None  # and half as large
        self._burned_in = BurnedIn()

    def update(self, small: NDArray[np.uint8], full_width_px: int) -> CameraMotion:
        """Motion since the picture given before.

        Args:
            small: (height, width, 3) uint8 BGR, the frame made smaller; see `motion_picture`.
            full_width_px: width of the picture it was made of; the result is in that picture's pixels.
        """
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        previous, self._previous = self._previous, (grey, _halved(grey))
        fitted = None
        if previous is not None and previous[0].shape == grey.shape:
            whole, half = previous
            corners = _corners(half, self._burned_in.free((half.shape[0], half.shape[1])))
            fitted = _camera(*_follow(whole, grey, corners), grey.shape)
        self._burned_in.update(self._previous[1], None if fitted is None else HALVE @ fitted @ np.linalg.inv(HALVE))
        if fitted is None:
            return UNKNOWN_MOTION
        scale = full_width_px / small.shape[1]
        enlarge = np.diag([scale, scale, 1.0])
        matrix = enlarge @ fitted @ np.linalg.inv(enlarge)
        middle = np.array([small.shape[1] / 2, small.shape[0] / 2]) * scale
        return CameraMotion(matrix, _linearised(matrix, middle), known=True)


def _linearised(matrix: Matrix, at: Matrix) -> NDArray[np.float32]:
    """The affine that agrees with a homography at a point, to first order."""
    weight = float(matrix[2, :2] @ at + matrix[2, 2])
    image = (matrix[:2, :2] @ at + matrix[:2, 2]) / weight
    slope = (matrix[:2, :2] - np.outer(image, matrix[2, :2])) / weight
    return np.column_stack([slope, image - slope @ at]).astype(np.float32)


def _halved(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (max(1, image.shape[1] // 2), max(1, image.shape[0] // 2))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _cell_px(width: int) -> int:
    return max(6, 2 * round(width / CELLS_ACROSS / 2))


def _corners(half: NDArray[np.uint8], free: NDArray[np.bool_]) -> Points:
    """(n, 2), the best corner of every cell that has one, in pixels of the picture twice as large."""
    cell = _cell_px(2 * half.shape[1]) // 2
    rows, columns = half.shape[0] // cell, half.shape[1] // cell
    if rows == 0 or columns == 0:
        return np.zeros((0, 2), np.float32)
    texture = (cv2.cornerMinEigenVal(half, 3) * free)[: rows * cell, : columns * cell]
    cells = texture.reshape(rows, cell, columns, cell).transpose(0, 2, 1, 3).reshape(rows * columns, cell * cell)
    best = cells.argmax(axis=1)
    number = np.flatnonzero(cells[np.arange(len(cells)), best] > LEAST_TEXTURE)
    x = number % columns * cell + best[number] % cell
    y = number // columns * cell + best[number] // cell
    return np.column_stack([2 * x + 0.5, 2 * y + 0.5]).astype(np.float32)


def _follow(previous: NDArray[np.uint8], grey: NDArray[np.uint8], corners: Points) -> tuple[Points, Points]:
    """The corners that are found again, and where."""
    if len(corners) < FEWEST_CORNERS:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(  # type: ignore[call-overload]
        previous, grey, corners[:, None], None, winSize=(WINDOW_PX, WINDOW_PX), maxLevel=3, criteria=until
    )
    kept = (found.ravel() == 1) & np.isfinite(moved).all(axis=(1, 2))
    return corners[kept], moved[kept, 0]


def _camera(before: Points, after: Points, shape: tuple[int, ...]) -> Matrix | None:
    """The motion that is the camera's, in pixels of the small picture; None if the corners do not tell."""
    if len(before) < FEWEST_CORNERS:
        return None
    moved_px = np.linalg.norm(after - before, axis=1)
    moving = _of_moving(before, after, moved_px > STILL_PX, shape)
    # What stands exactly still may be burned in, and speaks for neither.
    telling = moved_px >= EXACTLY_PX
    support = 0.0 if moving is None else _support(moving, before[telling], after[telling])
    if support > 0.5 * telling.sum():  # too few are left for another
        return moving
    common = _of_all(before, after, moved_px < EXACTLY_PX, shape)
    if common is None or (moving is not None and _support(common, before[telling], after[telling]) <= support):
        return moving
    return common


def _of_moving(before: Points, after: Points, left: NDArray[np.bool_], shape: tuple[int, ...]) -> Matrix | None:
    """What those that move agree on, if they are many and span the picture."""
    for _ in range(2):  # the first that agrees may be a large vehicle
        motion = _agreed(before[left], after[left])
        if motion is None:
            return None
        goes = _misfit(motion, before, after) < AGREE_PX
        movers = (goes & left).sum()
        shared = movers >= LEAST_OF_MOVING * left.sum() and movers >= LEAST_MOVING_SHARE * len(before)
        if shared and goes.sum() >= LEAST_SHARE * len(before) and _span(before[goes], shape) > LEAST_SPAN:
            return _refined(motion, before, after, shape)
        left = left & ~goes
    return None


def _of_all(before: Points, after: Points, exactly: NDArray[np.bool_], shape: tuple[int, ...]) -> Matrix | None:
    """What all agree on, if they are more than what is burned in could be."""
    motion = _agreed(before, after)
    if motion is None:
        return None
    goes = _misfit(motion, before, after) < AGREE_PX
    cell = _cell_px(shape[1])
    cells = (shape[0] // cell) * (shape[1] // cell)
    least = LEAST_EXACTLY_STILL_SHARE if exactly[goes].mean() > 0.95 else LEAST_STILL_SHARE
    if goes.sum() < least * cells or _span(before[goes], shape) < LEAST_SPAN:
        return None
    return _refined(motion, before, after, shape)


def _support(motion: Matrix, before: Points, after: Points) -> float:
    """How many corners go with a motion closely, the nearer the more."""
    return float(np.maximum(1 - (_misfit(motion, before, after) / CLOSE_PX) ** 2, 0.0).sum())


def _agreed(before: Points, after: Points) -> Matrix | None:
    """A motion that many corners share, by RANSAC: a similarity where that suffices, else a homography."""
    if len(before) < FEWEST_CORNERS:
        return None
    cv2.setRNGSeed(0)
    motion, inliers = cv2.estimateAffinePartial2D(
        before, after, method=cv2.RANSAC, ransacReprojThreshold=RANSAC_PX, maxIters=MOST_TRIES, confidence=0.99
    )
    if motion is not None and inliers.mean() >= SIMILARITY_SHARE:
        motion = np.vstack([motion, [0.0, 0.0, 1.0]])
    else:
        motion, inliers = cv2.findHomography(
            before, after, cv2.USAC_FAST, RANSAC_PX, maxIters=MOST_TRIES, confidence=0.99
        )
    if motion is None or not np.isfinite(motion).all() or inliers.sum() < FEWEST_CORNERS:
        return None
    return np.asarray(motion, np.float64)


def _misfit(motion: Matrix, before: Points, after: Points) -> NDArray[np.float64]:
    """How far each corner is from where the motion puts it, in pixels."""
    there = before @ motion[:, :2].T + motion[:, 2]
    off = there[:, :2] / there[:, 2:] - after
    return np.asarray(np.hypot(off[:, 0], off[:, 1]), np.float64)


def _span(points: Points, shape: tuple[int, ...]) -> float:
    """The area over which points are spread, as a share of what evenly spread ones would have."""
    x, y = points.T - points.mean(axis=0, dtype=np.float64)[:, None]
    determinant = float((x @ x) * (y @ y) - (x @ y) ** 2) / max(1, len(points) - 1) ** 2
    return float(12 * np.sqrt(max(0.0, determinant)) / (shape[0] * shape[1]))


def _refined(motion: Matrix, before: Points, after: Points, shape: tuple[int, ...]) -> Matrix | None:
    """A homography by least squares over the corners that agree, weighed by how well they do (Tukey's biweight)."""
    scale = shape[1] / 2
    normal = np.array([[1 / scale, 0, -1], [0, 1 / scale, -shape[0] / shape[1]], [0, 0, 1]])
    here, there = (points @ normal[:2, :2] + normal[:2, 2] for points in (before, after))
    equations, right = _equations(here, there)
    current = normal @ motion @ np.linalg.inv(normal)
    current /= current[2, 2]
    for _ in range(MOST_REFINEMENTS):
        misfit = _misfit(current, here, there) * scale
        near = np.sort(misfit[misfit < NEAR_PX])
        if len(near) < FEWEST_CORNERS:
            return None
        reach = min(max(REACH * near[len(near) // 2], LEAST_REACH_PX), NEAR_PX)
        weights = np.maximum(1 - (misfit / reach) ** 2, 0.0) ** 2
        weighed = equations * np.repeat(weights, 2)[:, None]
        # The little on the diagonal keeps what the corners do not tell at rest.
        numbers = np.linalg.solve(weighed.T @ equations + AT_REST, weighed.T @ right)
        change = float(np.abs(numbers - current.flat[:8]).max())
        current = np.append(numbers, 1.0).reshape(3, 3)
        if change < SETTLED:
            break
    matrix = np.linalg.inv(normal) @ current @ normal
    matrix = matrix / matrix[2, 2]
    grown = float(np.linalg.det(current[:2, :2]))
    believable = np.isfinite(matrix).all() and abs(current[2, :2]).max() < MOST_TILT
    return matrix if believable and 1 / MOST_GROWTH < grown < MOST_GROWTH else None


def _equations(here: Matrix, there: Matrix) -> tuple[Matrix, Matrix]:
    """Two linear equations a point, x and y in turn, for the first eight numbers of the homography (DLT)."""
    ones = np.column_stack([here, np.ones(len(here))])
    equations = np.zeros((len(here), 2, 8))
    equations[:, 0, :3] = equations[:, 1, 3:6] = ones
    equations[:, :, 6:] = -there[:, :, None] * here[:, None, :]
    return equations.reshape(-1, 8), np.asarray(there, np.float64).ravel()
