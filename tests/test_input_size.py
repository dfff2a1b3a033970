from pathlib import Path

import numpy as np
import pytest

from detector.detections import Detections
from detector.input_size import choose_size_px, sample_pictures
from tests.fakes import SquareFinder, ground, write_pictures


class FarSighted(SquareFinder):
    """Finds as many vehicles at a size as it is told."""

    def __init__(self, found_at: dict[int, int]) -> None:
        super().__init__("vehicles", {"truck": (255, 0, 0)})
        self._found_at = found_at

    def detect(self, images, *, confidence=None, size_px=None):  # type: ignore[no-untyped-def]
        count = self._found_at[size_px]
        one = Detections(np.zeros((count, 4), np.float32), np.ones(count, np.float32), np.zeros(count, np.int64))
        return [one for _ in images]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "c.mp4", [ground(seed) for seed in range(30)])


@pytest.mark.parametrize(
    ("found_at", "chosen"),
    [
        ({640: 3, 960: 3, 1280: 3}, 640),
        ({640: 1, 960: 3, 1280: 3}, 960),
        ({640: 1, 960: 3, 1280: 6}, 1280),
        ({640: 20, 960: 21, 1280: 21}, 640),
        ({640: 0, 960: 0, 1280: 0}, 640),
        ({640: 3, 960: 2, 1280: 1}, 640),
    ],
)
def test_the_smallest_size_that_finds_nothing_less(clip: Path, found_at: dict[int, int], chosen: int) -> None:
    assert choose_size_px(clip, FarSighted(found_at), 0.5) == chosen  # type: ignore[arg-type]


def test_samples_are_different_pictures(clip: Path) -> None:
    pictures = list(sample_pictures(clip, 4))
    assert pictures
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
