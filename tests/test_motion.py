from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from detector.motion import CameraMotion, CameraMotionEstimator, motion_picture
from tests.fakes import ground, noisy, with_squares


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


def pan(frames: int, x: int, y: int = 0, size: tuple[int, int] = (480, 270)) -> Iterator[NDArray[np.uint8]]:
    """A clip in which the ground goes by (x, y) a frame, with the noise of a sensor."""
    width, height = size
    wide = ground(1, width + abs(x) * frames, height + abs(y) * frames)
    for n in range(frames):
        left = (frames - n) * x if x > 0 else -n * x
        top = (frames - n) * y if y > 0 else -n * y
        yield noisy(wide[top : top + height, left : left + width], n)


def with_text(image: NDArray[np.uint8], lines: dict[tuple[int, int], str]) -> NDArray[np.uint8]:
    image = image.copy()
    for place, text in lines.items():
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return image


def last_motion(pictures: Iterator[NDArray[np.uint8]]) -> CameraMotion:
    estimator = CameraMotionEstimator()
    motions = [estimator.update(image, image.shape[1]) for image in pictures]
    return motions[-1]


def test_what_was_seen_to_be_burned_in_does_not_slow_a_slow_pan() -> None:
    """Over one frame a pan of a pixel and an overlay are hardly told apart; over the clip they are."""
    places = [(x, y) for x in (10, 170, 330) for y in range(40, 260, 40)]
    burned = dict.fromkeys(places, "HDG 127.0 ZOOM")
    motion = last_motion(with_text(image, burned) for image in pan(12, 1))
    assert motion.known
    assert motion.affine[:, 2] == pytest.approx([1, 0], abs=0.2)


def test_telemetry_that_changes_in_every_frame_does_not_hold_the_estimate() -> None:
    places = [(x, y) for x in (10, 200, 380) for y in range(20, 270, 50)]
    pictures = (
        with_text(image, dict.fromkeys(places, f"{n * 7919 % 9973:05d}.{n * 31 % 89:02d}"))
        for n, image in enumerate(pan(6, 4, -3))
    )
    assert last_motion(pictures).affine[:, 2] == pytest.approx([4, -3], abs=0.3)


@pytest.mark.parametrize("x", [0, 6])
def test_one_thing_that_drives_over_a_third_of_the_picture_is_not_the_ground(x: int) -> None:
    thing = ground(9, 278, 156)

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for n, image in enumerate(pan(5, x)):
            image[60 : 60 + 156, 40 + 5 * n : 40 + 5 * n + 278] = thing
            yield image

    assert last_motion(pictures()).affine[:, 2] == pytest.approx([x, 0], abs=0.3)


def driving_apart(frames: int, growth: float) -> Iterator[NDArray[np.uint8]]:
    """Six vehicles drive away from the middle over ground that stands still, as in a zoom of this growth a frame."""
    still, paint = ground(1, 480, 270), ground(9, 480, 270)
    for n in range(frames):
        image = noisy(still, n).astype(np.float32)
        for number, (x, y) in enumerate([(x, y) for x in (60, 420) for y in (40, 135, 230)]):
            at = np.array([[1, 0, x - 24 + growth * n * (x - 240)], [0, 1, y - 20 + growth * n * (y - 135)]])
            vehicle = cv2.warpAffine(paint[30 * number : 30 * number + 40, 50:98], at, (480, 270))
            there = cv2.warpAffine(np.ones((40, 48), np.float32), at, (480, 270))[..., None]
            image = image * (1 - there) + vehicle * there
        yield image.astype(np.uint8)


def test_vehicles_that_drive_apart_are_no_zoom() -> None:
    motion = last_motion(driving_apart(4, 0.006))
    assert motion.known
    for corner in [(0, 0), (480, 0), (0, 270), (480, 270)]:
        told = motion.matrix @ [*corner, 1.0]
        assert told[:2] / told[2] == pytest.approx(corner, abs=0.3)


def test_seen_obliquely_near_ground_moves_faster_than_far_ground() -> None:
    before = ground(1, 480, 270)
    oblique = np.array([[1.0, 0.02, -3.0], [0.0, 1.01, -1.0], [0.0, 5e-5, 1.0]])
    after = np.asarray(cv2.warpPerspective(before, oblique, (480, 270), borderMode=cv2.BORDER_REFLECT_101), np.uint8)
    motion = between(before, after, full_width_px=480)
    for corner in [(20, 20), (460, 20), (20, 250), (460, 250)]:
        told, true = (matrix @ [*corner, 1.0] for matrix in (motion.matrix, oblique))
        assert told[:2] / told[2] == pytest.approx(true[:2] / true[2], abs=0.5)


def test_waves_tell_nothing_though_telemetry_lies_over_them() -> None:
    sea = (cv2.GaussianBlur(np.random.default_rng(n).normal(90, 90, (270, 480, 3)), (0, 0), 2) for n in range(4))
    pictures = (
        with_text(np.clip(waves, 0, 255).astype(np.uint8), {(10, 20): "ALT 0412 M", (330, 250): "REC"}) for waves in sea
    )
    assert not last_motion(pictures).known


@pytest.mark.parametrize("level", [0, 200])
def test_telemetry_over_black_or_sky_is_not_a_camera_that_stands_still(level: int) -> None:
    sky = noisy(np.full((270, 480, 3), level, np.uint8), 1)
    burned = {
        (10, 20): "ALT 0412 M",
        (330, 20): "N48 12.3041",
        (10, 250): "00:14:00",
        (330, 250): "REC",
        (200, 140): "-+-",
    }
    assert not last_motion(with_text(sky, burned) for _ in range(4)).known


def test_a_camera_that_stands_still_is_known_to() -> None:
    motion = last_motion(with_text(image, {(10, 20): "ALT 0412 M", (330, 250): "REC"}) for image in pan(4, 0))
    assert motion.known
    assert motion.affine == pytest.approx(np.eye(2, 3), abs=0.1)


def test_one_flat_picture_in_between_leaves_the_next_unknown_and_those_after_known() -> None:
    estimator = CameraMotionEstimator()
    pictures = list(pan(5, 3))
    pictures[2][:] = 255
    assert [estimator.update(image, 480).known for image in pictures] == [False, True, False, False, True]


def test_a_leap_to_another_place_is_unknown() -> None:
    assert not between(ground(1), ground(2)).known


def test_pictures_of_another_size_begin_anew() -> None:
    estimator = CameraMotionEstimator()
    sizes = [(480, 270)] * 3 + [(320, 180)] * 3
    known = [estimator.update(image, 480).known for size in sizes for image in list(pan(2, 3, size=size))[:1]]
    assert known == [False, True, True, False, True, True]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 70), st.integers(1, 70)).flatmap(lambda size: arrays(np.uint8, (*size, 3))), max_size=4
    )
)
def test_whatever_comes_the_motion_is_finite_and_can_be_undone(pictures: list[NDArray[np.uint8]]) -> None:
    estimator = CameraMotionEstimator()
    for image in pictures + pictures[::-1]:
        motion = estimator.update(image, 1920)
        assert np.isfinite(motion.matrix).all()
        assert np.isfinite(motion.affine).all()
        assert abs(np.linalg.det(motion.matrix)) > 1e-6
        assert motion.known or (motion.matrix == np.eye(3)).all()


@pytest.mark.parametrize(
    ("given_px", "small_px"), [((1920, 1080), (480, 270)), ((596, 336), (596, 336)), ((3, 1), (3, 1))]
)
def test_a_picture_is_halved_until_it_is_small(given_px: tuple[int, int], small_px: tuple[int, int]) -> None:
    small = motion_picture(np.zeros((given_px[1], given_px[0], 3), np.uint8))
    assert (small.shape[1], small.shape[0]) == small_px
