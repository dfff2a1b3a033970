import threading
from pathlib import Path

import numpy as np
import pytest

from detector.clip import ClipReader, Frame
from detector.frame import CodedPicture, ImagePicture
from tests.clips import level, write_clip
from tests.fakes import ground, with_squares


def frames_of(path: Path) -> list[Frame]:
    with ClipReader(path) as reader:
        return list(reader)


def striped(width: int, height: int) -> ImagePicture:
    return ImagePicture(np.tile(np.arange(width, dtype=np.uint8)[None, :, None], (height, 1, 3)))


def test_an_image_is_made_once_and_can_be_drawn_in(tmp_path: Path) -> None:
    frame = frames_of(write_clip(tmp_path / "clip.mp4", 1))[0]

    frame.image[:] = 7

    assert (frame.image == 7).all()


@pytest.mark.parametrize(("rotation", "size"), [(0, (320, 192)), (90, (192, 320)), (180, (320, 192))])
def test_a_coded_picture_is_scaled_as_its_image_would_be(tmp_path: Path, rotation: int, size: tuple[int, int]) -> None:
    options = {"crf": "12"}
    path = write_clip(tmp_path / "clip.mp4", 1, (320, 192), rotation=rotation, codec_options=options)
    [frame] = frames_of(path)
    picture = frame.picture

    quarter = (size[0] // 4, size[1] // 4)

    small, plain = picture.scaled(*quarter), ImagePicture(frame.image).scaled(*quarter)

    assert isinstance(picture, CodedPicture)
    assert (picture.width, picture.height) == size
    assert (small.width, small.height) == (plain.width, plain.height) == quarter
    assert np.abs(small.image.astype(int) - plain.image).mean() < 1.5
    assert picture.scaled(*size) is picture


@pytest.mark.parametrize(
    ("pixel_format", "size"), [("yuv444p", (64, 48)), ("yuv420p10le", (64, 48)), ("yuv420p", (64, 48))]
)
def test_pictures_stay_as_they_are_when_the_reader_goes_on_and_closes(
    tmp_path: Path, pixel_format: str, size: tuple[int, int]
) -> None:
    frames = frames_of(write_clip(tmp_path / "clip.mp4", 25, size, pixel_format=pixel_format))

    small = [frame.picture.scaled(16, 12).image[-2:, -2:].mean() for frame in frames]

    assert isinstance(frames[0].picture, CodedPicture) == (pixel_format == "yuv420p")
    assert small == pytest.approx([level(index) for index in range(25)], abs=4)


def test_pictures_can_be_had_in_any_thread(tmp_path: Path) -> None:
    frames = frames_of(write_clip(tmp_path / "clip.mp4", 8))
    here = [frame.picture.scaled(32, 24).image for frame in frames]
    there: list[np.ndarray] = []

    thread = threading.Thread(target=lambda: there.extend(frame.picture.scaled(32, 24).image for frame in frames))
    thread.start()
    thread.join()

    assert all(np.array_equal(one, other) for one, other in zip(here, there, strict=True))


@pytest.mark.parametrize(("width", "height"), [(64, 48), (32, 24), (31, 23), (21, 16), (8, 6), (1, 1)])
def test_a_scaled_image_keeps_its_brightness(width: int, height: int) -> None:
    picture = ImagePicture(with_squares(ground(1, 64, 48), [(10, 10)]))

    small = picture.scaled(width, height)

    assert small.image.shape == (height, width, 3)
    assert small.image.mean(axis=(0, 1)) == pytest.approx(picture.image.mean(axis=(0, 1)), abs=2)


def test_each_pixel_is_the_mean_of_those_it_covers() -> None:
    assert striped(12, 4).scaled(3, 1).image[0, :, 0].tolist() == pytest.approx([1.5, 5.5, 9.5], abs=0.6)
