"""Boxes and the YOLO label file: one line a box, `class cx cy w h`, relative to the picture's width and height."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SPLITS = ("train", "val")
EDGE_TOLERANCE = 0.002  # a box over the edge by less, about a pixel, was rounded; by more, it is a mistake
WRITTEN_PRECISION = 1e-6  # over the edge by less: as near as a label file of six decimals can say


class LabelError(ValueError):
    """A label that does not say what a label must say; `kind` is one of `datasets.pictures.Kind`."""

    def __init__(self, what: str, kind: str = "label") -> None:
        super().__init__(what)
        self.kind = kind


@dataclass(frozen=True)
class Box:
    """One labelled box: class index, centre and size, relative to the picture's width and height."""

    class_index: int
    cx: float
    cy: float
    width: float
    height: float

    def corners(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom, relative to the picture."""
        half_width, half_height = self.width / 2, self.height / 2
        return self.cx - half_width, self.cy - half_height, self.cx + half_width, self.cy + half_height

    def line(self) -> str:
        return f"{self.class_index} {self.cx:.6f} {self.cy:.6f} {self.width:.6f} {self.height:.6f}"


@dataclass(frozen=True)
class NamedBox:
    """One box as its source has it: the source's own class name, centre and size relative to the picture."""

    name: str
    cx: float
    cy: float
    width: float
    height: float


def place_inside(cx: float, cy: float, width: float, height: float) -> tuple[float, float, float, float]:
    """The box as it lies in the picture; what rounding put over the edge is cut off.

    Raises:
        LabelError: the box has no area, or does not lie in the picture. `nan` lies nowhere.
    """
    left, top, right, bottom = cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2
    low, high = -EDGE_TOLERANCE, 1 + EDGE_TOLERANCE
    if not all(low <= edge <= high for edge in (left, top, right, bottom)):
        raise LabelError(f"box outside the picture: {cx:g} {cy:g} {width:g} {height:g}", "box outside")
    over = max(-left, -top, right - 1, bottom - 1)
    if over <= WRITTEN_PRECISION and width > 0 and height > 0:
        return cx, cy, width, height
    left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0)
    if right <= left or bottom <= top:
        raise LabelError(f"box without area in the picture: {cx:g} {cy:g} {width:g} {height:g}", "box outside")
    return (left + right) / 2, (top + bottom) / 2, right - left, bottom - top


def box_from_pixels(name: str, edges_px: Sequence[object], size_px: tuple[int, int]) -> NamedBox:
    """A box from its left, top, right and bottom edges in pixels of a picture of `size_px` (width, height).

    Raises:
        LabelError: an edge is no number, or the box does not lie in the picture.
    """
    try:
        left, top, right, bottom = (float(edge) for edge in edges_px)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise LabelError(f"not a box of four numbers: {str(edges_px)[:80]}") from error
    width, height = size_px
    centre = (left + right) / 2 / width, (top + bottom) / 2 / height
    return NamedBox(name, *place_inside(*centre, (right - left) / width, (bottom - top) / height))


def parse_box(line: str, class_count: int) -> Box:
    """One line of a label file.

    Raises:
        LabelError: the line is no box, its class is out of range, or the box does not lie in the picture.
    """
    try:
        index, *place = line.split()
        class_index = int(index)
        cx, cy, width, height = (float(value) for value in place)
    except ValueError as error:
        raise LabelError(f"not a box (class cx cy w h): {line[:80]!r}") from error
    if not 0 <= class_index < class_count:
        raise LabelError(f"class {index[:20]}, but the source has {class_count} classes", "class")
    return Box(class_index, *place_inside(cx, cy, width, height))


def project_boxes(boxes: Sequence[NamedBox], mapping: Mapping[str, str | None], classes: Sequence[str]) -> list[Box]:
    """Rename the classes of one source to the project's, dropping those mapped to None."""
    named = [(mapping[box.name], box) for box in boxes]
    return [Box(classes.index(name), b.cx, b.cy, b.width, b.height) for name, b in named if name is not None]
