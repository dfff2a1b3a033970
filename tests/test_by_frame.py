"""A mapping from frames, held as arrays."""

import numpy as np
import pytest

from detector.by_frame import ByFrame


def test_numbers_and_arrays_are_found_by_their_frame() -> None:
    times_s = ByFrame[float](np.array([4, 5, 9]), np.array([0.4, 0.5, 0.9]))
    assert dict(times_s) == {4: 0.4, 5: 0.5, 9: 0.9}
    assert ByFrame(np.array([4, 5]), np.arange(8).reshape(2, 2, 2))[5].tolist() == [[4, 5], [6, 7]]


@pytest.mark.parametrize("frame", [3, 6, 10])
def test_other_frames_are_not_there(frame: int) -> None:
    assert frame not in ByFrame(np.array([4, 5, 9]), np.zeros(3))
