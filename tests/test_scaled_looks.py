import numpy as np
import pytest
from numpy.typing import NDArray

from detector.detections import Detections, FrameScores
from detector.frame import ImagePicture
from detector.scaled_looks import found_in
from tests.fakes import ground, square_networks, with_squares


class Whole:
    """Stands for a `Network` that judges frames: finds the whole picture that it is given."""

    def __init__(self) -> None:
        self.given: list[tuple[int, int]] = []

    def detect(self, images: list[NDArray[np.uint8]], *, confidence: float, size_px: int) -> list[Detections]:
        [(height, width, _)] = [image.shape for image in images]
        self.given.append((width, height))
        box = np.array([[0, 0, width, height]], np.float32)
        scores = FrameScores(np.ones(1, np.float32), box, 0.0)
        return [Detections(box, np.ones(1, np.float32), np.zeros(1, np.int64), scores)]


def picture(width: int, height: int) -> ImagePicture:
    return ImagePicture(np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize(
    ("size", "given"),
    [
        ((1920, 1080), (640, 360)),
        ((1080, 1920), (360, 640)),
        ((1000, 333), (640, 213)),
        ((641, 480), (640, 479)),
        ((640, 480), (640, 480)),
        ((320, 200), (320, 200)),
        ((3000, 1), (640, 1)),
    ],
)
def test_a_network_is_given_no_more_than_it_looks_at_and_answers_in_pixels_of_the_picture(
    size: tuple[int, int], given: tuple[int, int]
) -> None:
    network = Whole()

    found = found_in(picture(*size), network, confidence=0.5, size_px=640)  # type: ignore[arg-type]

    assert network.given == [given]
    assert found.xyxy[0] == pytest.approx((0, 0, *size))
    assert found.frame is not None
    assert found.frame.regions[0] == pytest.approx((0, 0, *size))


def test_a_square_is_found_where_it_is() -> None:
    image = with_squares(ground(1, 1600, 800), [(800, 320)], side=80)

    found = found_in(ImagePicture(image), square_networks().vehicles)  # type: ignore[arg-type]

    assert found.xyxy[0] == pytest.approx((800, 320, 880, 400), abs=4)


def test_nothing_found_is_nothing() -> None:
    assert len(found_in(picture(1600, 800), square_networks().vehicles)) == 0  # type: ignore[arg-type]
