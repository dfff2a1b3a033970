"""What plain colour says of a picture, without any network: how much of it is coloured like fire, how much like smoke.

Fire: the rules in YCbCr of Çelik and Demirel, "Fire detection in video sequences using a generic color model" (2009).
Smoke: the greyish pixels of Çelik, Özkaramanli and Demirel, "Fire and smoke detection without sensors: image processing
based approach" (2007): red, green and blue hardly differ, and the level is neither dark nor white.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

EVERY_PX = 2
CHROMA_APART = 40.0
GREYISH = 20.0
LEAST_LEVEL, MOST_LEVEL = 80.0, 220.0


def colour_shares(small: NDArray[np.uint8]) -> dict[str, float]:
    """Share of a BGR picture that is coloured like smoke and like fire, from 0 to 1."""
    coarse = small[::EVERY_PX, ::EVERY_PX]
    return {"smoke": _smoke(coarse), "fire": _fire(coarse)}


def _fire(small: NDArray[np.uint8]) -> float:
    level, red, blue = np.moveaxis(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb).astype(np.float32), 2, 0)
    coloured = (level > blue) & (red > blue) & (np.abs(red - blue) >= CHROMA_APART)
    stands_out = (level > level.mean()) & (blue < blue.mean()) & (red > red.mean())
    return float((coloured & stands_out).mean())


def _smoke(small: NDArray[np.uint8]) -> float:
    channels = small.astype(np.float32)
    greyish = channels.max(axis=2) - channels.min(axis=2) < GREYISH
    level = channels.mean(axis=2)
    return float((greyish & (level >= LEAST_LEVEL) & (level <= MOST_LEVEL)).mean())
