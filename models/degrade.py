"""What happens to footage before it is found: recompression, shrinking and blowing up, grey sensors, haze, overlays."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]
LETTERS = np.array(list("ABCDEFGHKLMNPRSTUVXYZ0123456789:.-/%"))


def degrade(image: Image, rng: Generator, keep_colour: bool = False) -> Image:
    """A picture (height, width, 3) uint8 BGR as it may look in found footage; each harm by chance.

    With `keep_colour` it is never turned grey: fire is told by its colour.
    """
    for harm, share in (
        (vary_colour, 0.8),
        (wash_out, 0.1),
        (lose_colour, 0.0 if keep_colour else 0.08),
        (draw_overlay, 0.15),
        (lose_detail, 0.2),
        (add_noise, 0.1),
        (recompress, 0.3),
    ):
        if rng.random() < share:
            image = harm(image, rng)
    return image


def vary_colour(image: Image, rng: Generator) -> Image:
    """Gain of each channel and a gamma: light, white balance and exposure."""
    levels = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.5, 0.5))
    gains = rng.uniform(0.6, 1.3) * rng.uniform(0.88, 1.12, 3)
    table = np.clip(levels[:, None] * gains * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table.reshape(1, 256, 3)), np.uint8)


def wash_out(image: Image, rng: Generator) -> Image:
    """Haze, fog and low contrast."""
    share = rng.uniform(0.2, 0.55)
    return np.asarray(cv2.convertScaleAbs(image, alpha=1 - share, beta=share * rng.uniform(90, 220)), np.uint8)


def lose_colour(image: Image, rng: Generator) -> Image:
    """A black-and-white camera, or a thermal one: white hot or black hot."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if rng.random() < 0.3:
        grey = 255 - grey
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def lose_detail(image: Image, rng: Generator) -> Image:
    """Shrunk by some platform and blown up again."""
    height, width = image.shape[:2]
    scale = rng.uniform(0.4, 0.85)
    small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def add_noise(image: Image, rng: Generator) -> Image:
    """Sensor noise."""
    noise = rng.integers(-12, 13, image.shape, dtype=np.int16)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def recompress(image: Image, rng: Generator) -> Image:
    """Blocks and ringing of a low bit rate."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def draw_overlay(image: Image, rng: Generator) -> Image:
    """Telemetry, a cross-hair or a corner mark, burned in."""
    image = image.copy()
    height, width = image.shape[:2]
    colour = [(255, 255, 255), (0, 255, 0), (0, 0, 0), (0, 255, 255), (0, 0, 255)][rng.integers(5)]
    for _ in range(rng.integers(1, 6)):
        text = "".join(rng.choice(LETTERS, rng.integers(3, 14)))
        x, y = int(rng.uniform(0, 0.8) * width), int(rng.choice([0.05, 0.1, 0.5, 0.9, 0.96]) * height)
        cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_PLAIN, rng.uniform(0.6, 1.5), colour, 1, cv2.LINE_AA)
    if rng.random() < 0.5:
        x, y, reach = width // 2, height // 2, int(rng.uniform(0.03, 0.2) * width)
        gap = reach // 3
        for from_point, to_point in (
            ((x - reach, y), (x - gap, y)),
            ((x + gap, y), (x + reach, y)),
            ((x, y - reach), (x, y - gap)),
            ((x, y + gap), (x, y + reach)),
        ):
            cv2.line(image, from_point, to_point, colour, 1)
    return image
