import numpy as np
import pytest

from tests.fakes import ground

pytest.importorskip("selenium")

from benchmarks.report_page import material


def test_every_track_has_a_picture_of_its_own() -> None:
    pictures = material([ground(1, 960, 540), ground(2, 960, 540)], 5).pictures
    assert list(pictures) == [f"track {number}" for number in range(1, 6)]
    assert len(np.unique(list(pictures.values()))) == 5
