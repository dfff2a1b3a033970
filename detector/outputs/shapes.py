"""Lines, plates and letters on a picture, in sizes that grow with it. Knows nothing of vehicles."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]

FONT = cv2.FONT_HERSHEY_SIMPLEX
SMALLEST_LETTERS = 0.38  # of the font's own size; below it they run together in a 360p picture
DARK: Colour = (0, 0, 0)


def unit_of(image: Image) -> float:
    """The length that everything is measured in: a thousandth of the longest side, in pixels."""
    return float(max(image.shape[:2])) / 1000


def line_px(unit: float) -> int:
    """Width of a line."""
    return max(2, round(1.6 * unit))  # a single line of pixels fades in the encoder's halved colours


def draw_box(image: Image, box: Box, colour: Colour, width_px: int) -> None:
    """A rectangle around a box, outside it altogether."""
    left, top, right, bottom = _around(box, width_px)
    cv2.rectangle(image, (left, top), (right, bottom), colour, width_px)


def draw_corners(image: Image, box: Box, colour: Colour, width_px: int) -> None:
    """Only the corners of the rectangle around a box."""
    left, top, right, bottom = _around(box, width_px)
    reach_x, reach_y = max(2, (right - left) // 4), max(2, (bottom - top) // 4)
    for x, step_x in ((left, reach_x), (right, -reach_x)):
        for y, step_y in ((top, reach_y), (bottom, -reach_y)):
            cv2.line(image, (x, y), (x + step_x, y), colour, width_px)
            cv2.line(image, (x, y), (x, y + step_y), colour, width_px)


def draw_dashes(image: Image, box: Box, colour: Colour, width_px: int) -> None:
    """A dashed rectangle, for a region that has no sharp edge."""
    left, top, right, bottom = box
    dash = 6 * width_px
    for x in range(left, right, 2 * dash):
        for y in (top, bottom):
            cv2.line(image, (x, y), (min(x + dash, right), y), colour, width_px)
    for y in range(top, bottom, 2 * dash):
        for x in (left, right):
            cv2.line(image, (x, y), (x, min(y + dash, bottom)), colour, width_px)


def draw_path(image: Image, points: NDArray[np.float64], colour: Colour, width_px: int, closed: bool = False) -> None:
    """A line through (n, 2) points, with a dark edge that keeps it visible on any ground."""
    path = [points.round().clip(-32000, 32000).astype(np.int32)]  # what lies further out is cut off in any picture
    cv2.polylines(image, path, closed, DARK, width_px + 2)
    cv2.polylines(image, path, closed, colour, width_px, cv2.LINE_AA)


@contextmanager
def kept_as_it_is(image: Image, boxes: Sequence[Box]) -> Iterator[None]:
    """Undoes what is drawn into these boxes while the block lasts."""
    insides = [image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] for left, top, right, bottom in boxes]
    before = [inside.copy() for inside in insides]
    yield
    for inside, kept in zip(insides, before, strict=True):
        inside[:] = kept


def text_size(text: str, unit: float) -> tuple[int, int]:
    """Width and height in pixels of a text with its plate."""
    width, above, below = _measured(text, unit)
    edge = _edge_px(unit)
    return width + 2 * edge, above + below + 2 * edge


def write(image: Image, text: str, corner: Sequence[int], colour: Colour, unit: float, plate: Colour = DARK) -> None:
    """Letters on a plate; `corner` is its top left. A dark plate lets the picture through."""
    (x, y), (width, height), (_, above, _) = corner, text_size(text, unit), _measured(text, unit)
    ground = image[max(0, y) : y + height, max(0, x) : x + width]
    if plate == DARK:
        ground[:] = ground >> 2
    else:
        ground[:] = plate
    edge = _edge_px(unit)
    origin = (x + edge, y + edge + above)
    cv2.putText(image, text, origin, FONT, _letters(unit), colour, _stroke_px(unit), cv2.LINE_AA)


@lru_cache(maxsize=4096)
def _measured(text: str, unit: float) -> tuple[int, int, int]:
    """Width of the letters, and their height above and below the line they stand on."""
    (width, above), below = cv2.getTextSize(text, FONT, _letters(unit), _stroke_px(unit))
    return width, above, below


def _around(box: Box, width_px: int) -> Box:
    """Where to draw a line of this width so that it lies just outside a box."""
    reach = (width_px + 1) // 2  # how far OpenCV's line goes to either side of its middle
    return box[0] - reach - 1, box[1] - reach - 1, box[2] + reach, box[3] + reach


def _letters(unit: float) -> float:
    return max(SMALLEST_LETTERS, 0.42 * unit)


def _stroke_px(unit: float) -> int:
    return max(1, round(1.2 * unit))


def _edge_px(unit: float) -> int:
    return max(2, round(2 * unit))
