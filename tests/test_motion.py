import numpy as np
import pytest
from numpy.typing import NDArray

from detector.motion import CameraMotion, CameraMotionEstimator
from tests.fakes import ground, with_squares


def between(before: NDArray[np.uint8], after: NDArray[np.uint8], full_width_px: int = 320) -> CameraMotion:
    estimator = CameraMotionEstimator()
    estimator.update(before, full_width_px)
    return estimator.update(after, full_width_px)


def panned(x: int, y: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Two looks at one ground, the camera having moved so that the picture goes by (x, y)."""
    wide = ground(1, 400, 260)
    return wide[30:222, 40:360], wide[30 - y : 222 - y, 40 - x : 360 - x]


@pytest.mark.parametrize(("x", "y"), [(0, 0), (5, 0), (-7, 3), (12, -9)])
def test_a_pan_is_measured(x: int, y: int) -> None:
    motion = between(*panned(x, y))
    assert motion.known
    assert motion.affine[:, 2] == pytest.approx([x, y], abs=0.5)


def test_it_is_in_pixels_of_the_full_picture() -> None:
    motion = between(*panned(5, 0), full_width_px=1280)
    assert motion.affine[0, 2] == pytest.approx(20, abs=2)


def test_a_burned_in_overlay_does_not_hold_the_estimate() -> None:
    before, after = panned(8, 4)
    marks = [(x, y) for x in range(10, 300, 40) for y in (8, 90, 170)]
    motion = between(*(with_squares(image, marks, (255, 255, 255), side=9) for image in (before, after)))
    assert motion.affine[:, 2] == pytest.approx([8, 4], abs=0.5)


def test_vehicles_driving_do_not_pull_it() -> None:
    still = ground(1)
    motion = between(
        with_squares(still, [(40, 40), (80, 40), (120, 40)]), with_squares(still, [(46, 40), (86, 40), (126, 40)])
    )
    assert motion.affine[:, 2] == pytest.approx([0, 0], abs=0.3)


def test_a_picture_that_gives_nothing_is_said_to_be_unknown() -> None:
    sky = np.full((192, 320, 3), 200, np.uint8)
    motion = between(sky, sky)
    assert not motion.known
    assert (motion.affine == np.eye(2, 3)).all()


def test_the_first_picture_has_no_motion_yet() -> None:
    assert not CameraMotionEstimator().update(ground(1), 320).known
