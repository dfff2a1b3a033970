"""What is kept of a picture to tell shots apart, and how alike two pictures are however the camera moved between them.

Likeness is the highest normalised cross-correlation over all shifts up to a quarter of the picture (phase correlation's
sibling; Kuglin and Hines 1975), of pictures whose local contrast has been made equal. So it does not mind light that
changes, flashes that saturate a part, or a camera that pans; and a logo counts for no more than its area.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 64, 36
PIXELS = WIDTH * HEIGHT
FURTHEST_X, FURTHEST_Y = WIDTH // 4, HEIGHT // 4
CONTRAST_SIGMA = 3.0
CONTRAST_FLOOR = 4.0  # grey levels; less contrast than this is taken for noise
FLAT_STRENGTH = 0.14  # of the equalised picture; footage lies from 0.3 to 0.8
BAR_LEVEL, PICTURE_LEVEL = 16, 40
BAR_MARGIN = 2  # rows or columns that a coder blurs at the edge of a bar


@dataclass(frozen=True)
class Look:
    """One frame at 64x36.

    Attributes:
        band: (2304,) float32, without the finest and the coarsest detail. Mixing pictures mixes their bands.
        contrast: root mean square of the band, in grey levels.
        spectrum: (36, 33) complex64, of the picture with equal local contrast.
        strength: root mean square of that picture; next to 0 where nothing is to be seen.
    """

    index: int
    band: NDArray[np.float32]
    contrast: float
    spectrum: NDArray[np.complex64]
    strength: float

    @property
    def flat(self) -> bool:
        return self.strength < FLAT_STRENGTH


def look_at(index: int, grey: NDArray[np.uint8]) -> Look:
    """Of a grey thumbnail of any size."""
    return look_at_small(index, small_grey(grey))


def small_grey(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(36, 64) float32 of a grey thumbnail, black bars overwritten with what is beside them."""
    size = (WIDTH, HEIGHT)
    return np.asarray(cv2.resize(without_bars(grey), size, interpolation=cv2.INTER_AREA), np.float32)


def look_at_small(index: int, grey: NDArray[np.float32]) -> Look:
    """Of a (36, 64) grey picture from 0 to 255."""
    detail = grey - cv2.GaussianBlur(grey, (0, 0), CONTRAST_SIGMA)
    contrast = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), CONTRAST_SIGMA))
    even = np.asarray(detail / (contrast + CONTRAST_FLOOR), np.float32)
    band = cv2.GaussianBlur(grey, (0, 0), 0.8) - cv2.GaussianBlur(grey, (0, 0), 4.0)
    strength = float(np.sqrt(np.vdot(even, even) / PIXELS))
    contrast_level = float(np.sqrt(np.vdot(band, band) / PIXELS))
    spectrum = np.fft.rfft2(even).astype(np.complex64)
    return Look(index, np.asarray(band, np.float32).ravel(), contrast_level, spectrum, strength)


def without_bars(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Black bars filled from the rows and columns beside them: their edges would outlive every cut."""
    for axis in (0, 1):
        brightest = grey.max(axis=1 - axis)
        lit = np.flatnonzero(brightest > BAR_LEVEL)
        length = len(brightest)
        if not len(lit) or (lit[0] == 0 and lit[-1] == length - 1) or brightest.max() < PICTURE_LEVEL:
            continue
        first = lit[0] + BAR_MARGIN if lit[0] > 0 else 0
        last = lit[-1] - BAR_MARGIN if lit[-1] < length - 1 else length - 1
        if last - first >= length // 3:
            grey = grey.take(np.clip(np.arange(length), first, last), axis)
    return grey


def likeness(one: Look, other: Look) -> float:
    """From about 0.1, chance, to 1; pictures that show nothing are like one another, and like no other."""
    if one.flat and other.flat:
        return 1.0
    shifts = np.fft.irfft2(one.spectrum * other.spectrum.conj(), s=(HEIGHT, WIDTH))
    highest = max(
        float(shifts[rows, columns].max())
        for rows in (slice(0, FURTHEST_Y + 1), slice(-FURTHEST_Y, None))
        for columns in (slice(0, FURTHEST_X + 1), slice(-FURTHEST_X, None))
    )
    return highest / (PIXELS * max(one.strength, FLAT_STRENGTH) * max(other.strength, FLAT_STRENGTH))
