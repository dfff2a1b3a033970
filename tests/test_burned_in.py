import numpy as np
from numpy.typing import NDArray

from detector.burned_in import BurnedIn
from tests.fakes import ground, with_squares

MARKS = [(20, 10), (200, 10), (120, 100)]


def shifted(x: float) -> NDArray[np.float64]:
    return np.array([[1, 0, x], [0, 1, 0], [0, 0, 1.0]])


def watched(x: int, frames: int = 6, motion: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
    """What is free of marks after a pan of x pixels a frame, the estimate of it being `motion`."""
    wide = ground(1, 400, 140)[..., 1]
    burned_in = BurnedIn()
    for n in range(frames):
        view = np.repeat(wide[:, 100 - n * x : 340 - n * x, None], 3, 2)
        burned_in.update(with_squares(view, MARKS, (255, 255, 255), side=12)[..., 0].copy(), motion)
    return burned_in.free((140, 240))


def test_before_anything_is_seen_all_is_free() -> None:
    assert BurnedIn().free((4, 6)).all()


def test_what_stays_while_the_world_moves_is_burned_in() -> None:
    free = watched(4, motion=shifted(4))
    for x, y in MARKS:
        assert not free[y + 1 : y + 11, x].any()  # its edge: inside a white square there is nothing to follow
    assert free.mean() > 0.8


def test_while_the_camera_stands_still_nothing_is_learned() -> None:
    assert watched(0, motion=shifted(0)).all()


def test_a_motion_that_is_not_known_teaches_nothing() -> None:
    assert watched(4, motion=None).all()


def test_a_slow_motion_is_waited_for() -> None:
    slow = shifted(0.2)
    burned_in = BurnedIn()
    view = with_squares(ground(1, 240, 140), MARKS, (255, 255, 255))[..., 0].copy()
    for _ in range(3):
        burned_in.update(view, slow)
    assert burned_in.free((140, 240)).all()
    for _ in range(3):
        burned_in.update(view, slow)
    assert not burned_in.free((140, 240)).all()


def test_a_mask_over_most_of_the_picture_is_thrown_away() -> None:
    """The world stood still and a wrong motion said otherwise: then everything looks burned in."""
    assert watched(0, motion=shifted(4)).all()


def test_pictures_of_another_size_begin_anew() -> None:
    burned_in = BurnedIn()
    for size in ((140, 240), (70, 120)):
        for _ in range(4):
            burned_in.update(ground(1, size[1], size[0])[..., 0].copy(), shifted(3))
    assert burned_in.free((140, 240)).all()
