from pathlib import Path

import numpy as np
import pytest

from detector.clip import ClipReader
from detector.motion import motion_picture
from detector.shots import thumbnail, thumbnail_size
from detector.small_pictures import with_small_pictures
from tests.clips import write_clip


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p"])
@pytest.mark.parametrize("size", [(64, 48), (640, 360), (1284, 724), (1280, 722), (854, 480), (48, 1400)])
def test_they_are_what_the_whole_image_gives(tmp_path: Path, size: tuple[int, int], pixel_format: str) -> None:
    path = write_clip(tmp_path / "clip.mkv", 2, size, pixel_format=pixel_format)

    with ClipReader(path) as reader:
        for frame, small in with_small_pictures(reader):
            halved = motion_picture(frame.image)
            tiny = thumbnail(halved)
            assert small.halved.shape == halved.shape
            assert small.thumbnail.shape == tiny.shape
            assert np.abs(small.halved.astype(int) - halved).mean() < 2.5
            assert np.abs(small.thumbnail.astype(int) - tiny).mean() < 2.5


def test_a_picture_one_pixel_wide_has_no_thumbnail_that_fills_the_memory() -> None:
    width, height = thumbnail_size(1, 1 << 26)
    assert width * height <= 1 << 20
    assert thumbnail_size(1080, 1920) == (256, 455), "a telephone held upright is not squeezed"
