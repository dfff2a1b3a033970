from pathlib import Path

import numpy as np
import pytest

from detector.detections import Detections
from detector.input_size import choose_size_px, sample_pictures
from tests.fakes import SquareFinder, ground, write_pictures


class FarSighted(SquareFinder):
    """Finds as many vehicles at a size as it is told, side by side, each of so many pixels."""

    def __init__(self, found_at: dict[int, int], side_px: float) -> None:
        super().__init__("vehicles", {"truck": (255, 0, 0)})
        self._found_at, self._side_px = found_at, side_px

    def detect(self, images, *, confidence=None, size_px=None):  # type: ignore[no-untyped-def]
        left = np.arange(self._found_at[size_px], dtype=np.float32) * 2 * self._side_px
        xyxy = np.stack([left, 0 * left, left + self._side_px, 0 * left + self._side_px], axis=1)
        return [Detections(xyxy, np.ones(len(left), np.float32), np.zeros(len(left), np.int64)) for _ in images]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "c.mp4", [ground(seed) for seed in range(30)])


@pytest.mark.parametrize(
    ("found_at", "chosen"),
    [
        ({640: 3, 960: 3, 1280: 3}, 640),
        ({640: 1, 960: 3, 1280: 3}, 960),
        ({640: 1, 960: 3, 1280: 6}, 1280),
        ({640: 20, 960: 21, 1280: 30}, 640),
        ({640: 0, 960: 0, 1280: 0}, 640),
        ({640: 3, 960: 2, 1280: 1}, 640),
    ],
)
def test_the_size_grows_while_it_shows_more_small_vehicles(clip: Path, found_at: dict[int, int], chosen: int) -> None:
    assert choose_size_px(clip, FarSighted(found_at, side_px=6), 0.5) == chosen  # type: ignore[arg-type]


def test_large_ones_that_appear_only_at_a_larger_size_are_no_reason(clip: Path) -> None:
    network = FarSighted({640: 1, 960: 3, 1280: 6}, side_px=30)
    assert choose_size_px(clip, network, 0.5) == 640  # type: ignore[arg-type]


def test_samples_are_different_pictures(clip: Path) -> None:
    pictures = list(sample_pictures(clip, 4))
    assert pictures
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
