import itertools
import threading
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.clip import Frame
from detector.detections import Detections
from detector.frame import ImagePicture
from detector.motion import CameraMotion, CameraMotionEstimator
from detector.reading_ahead import AHEAD as READ_AHEAD
from detector.seen_frames import AHEAD, seen_frames
from detector.small_pictures import small_pictures
from detector.timecode import Timecode
from tests.fakes import ground

SHIFT_PX = 3  # of the camera from frame to frame


def frames() -> Iterator[Frame]:
    """Without an end: the camera pans over a painted ground."""
    wide = ground(3, 640, 192)
    for index in itertools.count():
        left = SHIFT_PX * index % 320
        time = Timecode(index, Fraction(1, 25))
        yield Frame(index, time, ImagePicture(np.ascontiguousarray(wide[:, left : left + 320])))


class Looker:
    """Finds nothing, at a size that tells the frame; keeps what it was asked, and by which threads."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, CameraMotion, float]] = []
        self.threads: set[int] = set()

    def __call__(
        self, frame: Frame, small: NDArray[np.uint8], motion: CameraMotion, floor: float
    ) -> tuple[Detections | None, int | None]:
        self.asked.append((frame.index, motion, floor))
        self.threads.add(threading.get_ident())
        return (None, None) if frame.index % 2 else (Detections.none(), frame.index)


def running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("reading ahead")]


@pytest.mark.parametrize("count", [0, 1, 2 * AHEAD + READ_AHEAD + 5])
def test_it_is_the_same_as_one_after_the_other(count: int) -> None:
    look, camera = Looker(), CameraMotionEstimator()
    with seen_frames(itertools.islice(frames(), count), look, 0.1) as seen:
        given = list(seen)
    assert [each.frame.index for each in given] == [index for index, _, _ in look.asked] == list(range(count))
    for each, frame, (_, asked_motion, floor) in zip(given, frames(), look.asked, strict=False):
        pictures = small_pictures(frame)
        motion = camera.update(pictures.halved, frame.picture.width)
        assert (each.motion.affine == motion.affine).all()
        assert (asked_motion.affine == motion.affine).all()
        assert (each.thumbnail == pictures.thumbnail).all()
        assert (each.found is None, each.size_px) == ((True, None) if frame.index % 2 else (False, frame.index))
        assert floor == 0.1
    assert not running()


def test_looks_are_made_in_one_other_thread_while_the_caller_works_and_not_far_ahead() -> None:
    look = Looker()
    with seen_frames(frames(), look, 0.1) as seen:
        for each in itertools.islice(seen, 10):
            ahead_of_me = next_look_within(look, each.frame.index, 10.0)
            assert 1 <= ahead_of_me <= AHEAD + 1
    [looker] = look.threads
    assert looker != threading.get_ident()
    assert not running()


def next_look_within(look: Looker, index: int, timeout_s: float) -> int:
    """How many frames beyond this one were looked at, once there is one."""
    waiting = threading.Event()
    for _ in range(int(timeout_s / 0.01)):
        if len(look.asked) > index + 1:
            break
        waiting.wait(0.01)
    return len(look.asked) - (index + 1)


def test_what_a_look_raises_comes_in_the_place_of_its_frame() -> None:
    def look(
        frame: Frame, small: NDArray[np.uint8], motion: CameraMotion, floor: float
    ) -> tuple[Detections | None, int | None]:
        if frame.index == 4:
            raise OSError("the network is gone")
        return None, None

    given = []
    with seen_frames(frames(), look, 0.1) as seen, pytest.raises(OSError, match="the network is gone"):
        given.extend(seen)
    assert [each.frame.index for each in given] == [0, 1, 2, 3]
    assert not running()


def test_breaking_off_ends_all_threads() -> None:
    def break_off() -> None:
        with seen_frames(frames(), Looker(), 0.1) as seen:
            next(seen)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert not running()
