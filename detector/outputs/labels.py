"""Labels that cover neither each other nor what they name, as long as there is room. Knows nothing of vehicles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.outputs.shapes import Box, Colour, Image, text_size, write

Boxes = NDArray[np.float64]
Corner = tuple[int, int]


@dataclass(frozen=True)
class Label:
    """A text that belongs beside a box.

    Attributes:
        key: by which it is known again in the next frame.
        box: what it belongs to.
        wordings: the text, then shorter ones for want of room.
        colour: of the letters, BGR.
    """

    key: str
    box: Box
    wordings: tuple[str, ...]
    colour: Colour


class Labels:
    """Draws the labels of one frame after another; each stays on its side while that is free, so that none jumps."""

    def __init__(self) -> None:
        self._sides: dict[str, int] = {}

    def draw(self, image: Image, labels: Sequence[Label], taken: Sequence[Box], unit: float) -> None:
        """Draw labels into a picture, in place.

        Args:
            image: (height, width, 3) uint8 BGR.
            labels: the most important first.
            taken: boxes that should not be covered.
            unit: see `shapes.unit_of`.
        """
        covered = np.zeros((len(taken) + len(labels), 4))  # a box of zeros takes no room
        covered[: len(taken)] = np.array(taken, np.float64).reshape(-1, 4)
        sides = {}
        for number, label in enumerate(labels, start=len(taken)):
            sizes = [text_size(text, unit) for text in label.wordings]
            picture = (image.shape[1], image.shape[0])
            wording, side, (x, y) = place(
                label.box, sizes, covered, picture, round(3 * unit), self._sides.get(label.key)
            )
            write(image, label.wordings[wording], (x, y), label.colour, unit)
            width, height = sizes[wording]
            covered[number] = x, y, x + width, y + height
            sides[label.key] = side
        self._sides = sides


def place(
    box: Box,
    sizes: Sequence[tuple[int, int]],
    taken: Boxes,
    picture: tuple[int, int],
    gap_px: int,
    last_side: int | None,
) -> tuple[int, int, Corner]:
    """Find room for a label beside a box.

    Args:
        box: left, top, right, bottom.
        sizes: width and height of each wording, the one liked best first.
        taken: (n, 4) boxes that should not be covered.
        picture: width and height.
        gap_px: between box and label.
        last_side: tried before the others.

    Returns:
        Number of the wording, number of the side, top left corner: the first that covers nothing, else where the last
        wording covers least.
    """
    for number, (width, height) in enumerate(sizes):
        room = np.maximum(0, (picture[0] - width, picture[1] - height))
        corners = np.clip(_sides(box, width, height, gap_px), 0, room)
        covered = _covered(corners, width, height, taken)
        side = int(np.argmin(covered)) if last_side is None or covered[last_side] else last_side
        found = number, side, (int(corners[side, 0]), int(corners[side, 1]))
        if covered[side] == 0:
            break
    return found


def _sides(box: Box, width: int, height: int, gap_px: int) -> Boxes:
    """(8, 2) top left corners that a label may have: above, below, right and left of a box, each from either end."""
    left, top, right, bottom = box
    above, below, before, after = top - gap_px - height, bottom + gap_px, left - gap_px - width, right + gap_px
    corners = (
        (left, above),
        (left, below),
        (right - width, above),
        (right - width, below),
        (after, top),
        (before, top),
        (after, bottom - height),
        (before, bottom - height),
    )
    return np.array(corners, np.float64)


def _covered(corners: Boxes, width: int, height: int, taken: Boxes) -> Boxes:
    """(n,) pixels of `taken` that a label of this size would cover from each corner."""
    x, y = corners[:, :1], corners[:, 1:]
    across = np.minimum(x + width, taken[:, 2]) - np.maximum(x, taken[:, 0])
    down = np.minimum(y + height, taken[:, 3]) - np.maximum(y, taken[:, 1])
    return np.asarray((np.maximum(across, 0) * np.maximum(down, 0)).sum(axis=1))
