"""Whether a shot has colours at all: thermal and black-and-white footage has none, however colourful its overlays."""

import numpy as np
from numpy.typing import NDArray

EVERY_PX = 4  # of the thumbnail; finer adds nothing
MOST_OF_PICTURE = 0.75  # a coder spreads the colours of an overlay beyond it
GREY_CHROMA = 3.0  # levels of 255: coding noise stays below it, the dullest colours of val above


def chroma(small: NDArray[np.uint8]) -> float:
    """How far the colours of a BGR thumbnail are from one another, in levels of 255, but for a quarter of the picture.

    A tint over the whole picture has no part in it.
    """
    picture = small[::EVERY_PX, ::EVERY_PX].reshape(-1, 3).astype(np.float32)
    opponents = picture[:, :2] - picture[:, 2:]  # blue and green, beside red
    distances = np.abs(opponents - np.median(opponents, axis=0)).max(axis=1)
    return float(np.quantile(distances, MOST_OF_PICTURE))


def is_monochrome(chromas: NDArray[np.float64]) -> bool:
    """Whether most pictures of a shot have no colours; `chromas` holds the `chroma` of each."""
    return len(chromas) > 0 and float(np.median(chromas)) < GREY_CHROMA
