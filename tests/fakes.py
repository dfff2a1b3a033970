"""Neighbours in fifteen lines: networks that find coloured squares, and the clip they find them in."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from detector.analysis import Networks
from detector.detections import Detections
from detector.device import Device
from detector.model_card import ModelCard, Threshold

VEHICLE_BLUE, SMOKE_GREY, FIRE_RED = (255, 0, 0), (130, 130, 130), (0, 0, 255)


class SquareFinder:
    """Stands for a `Network`: every blob of a colour is a sure detection of that colour's class."""

    score = 0.97

    def __init__(self, name: str, colours: dict[str, tuple[int, int, int]]) -> None:
        self.classes = tuple(colours)
        thresholds = {
            "typical": Threshold(0.5, dict.fromkeys(self.classes, 0.5)),
            "conservative": Threshold(0.95, dict.fromkeys(self.classes, 0.95)),
        }
        self.card = ModelCard(name, self.classes, 640, 32, thresholds, "0" * 64)
        self.device = Device("cpu", "cpu", "the test asked for it", ("CPUExecutionProvider",))
        self._colours = colours

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        return [self._detect_one(image) for image in images]

    def _detect_one(self, image: NDArray[np.uint8]) -> Detections:
        boxes, classes = [], []
        for index, colour in enumerate(self._colours.values()):
            level = np.array(colour)
            near = cv2.inRange(image, np.clip(level - 39, 0, 255), np.clip(level + 39, 0, 255))
            _, _, blobs, _ = cv2.connectedComponentsWithStats(near)
            for left, top, width, height, area in blobs[1:]:
                if area > 20:
                    boxes.append((left, top, left + width, top + height))
                    classes.append(index)
        xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        return Detections(xyxy, np.full(len(boxes), self.score, np.float32), np.array(classes, np.int64))


def square_networks() -> Networks:
    """Blue squares are trucks, red blobs are fire, mid-grey ones smoke."""
    vehicles = SquareFinder("vehicles", {"tank": (0, 255, 0), "truck": VEHICLE_BLUE})
    smoke_fire = SquareFinder("smoke_fire", {"smoke": SMOKE_GREY, "fire": FIRE_RED})
    return Networks(vehicles, smoke_fire)  # type: ignore[arg-type]


def ground(seed: int, width: int = 320, height: int = 192) -> NDArray[np.uint8]:
    """Textured brown ground, different for each seed; no squares in it."""
    noise = np.random.default_rng(seed).normal(0, 1, (height, width)).astype(np.float32)
    texture = sum(cv2.GaussianBlur(noise, (0, 0), sigma) * sigma for sigma in (1, 4, 16))
    level = np.clip(70 + 25 * texture, 20, 120)
    return np.stack([level * 0.5, level * 0.9, level * 0.7], axis=2).astype(np.uint8)


def noisy(image: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """A copy with the noise of a sensor, so that footage is not taken for a title card."""
    noise = np.random.default_rng(seed).normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def with_squares(
    image: NDArray[np.uint8],
    corners: Iterable[tuple[int, int]],
    colour: tuple[int, int, int] = VEHICLE_BLUE,
    side: int = 16,
) -> NDArray[np.uint8]:
    """A copy with a square drawn at each top left corner."""
    image = image.copy()
    for x, y in corners:
        cv2.rectangle(image, (x, y), (x + side - 1, y + side - 1), colour, cv2.FILLED)
    return image


def write_pictures(path: Path, pictures: Iterable[NDArray[np.uint8]], frame_rate: int = 25) -> Path:
    """Write pictures of equal size as an H.264 clip of good quality, and give its path back."""
    with av.open(str(path), "w") as container:
        stream = None
        for image in pictures:
            if stream is None:
                stream = container.add_stream("libx264", rate=frame_rate, options={"crf": "12", "preset": "ultrafast"})
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = "yuv444p"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        if stream is not None:
            container.mux(stream.encode(None))
    return path
