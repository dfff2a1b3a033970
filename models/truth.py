"""What is true of the val pictures of each source: their boxes, and what they hold as a whole.

Every figure of a network starts here. Only val is read, so that nothing trained on is measured on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.classes import (
    ANY_VEHICLE,
    BOXED_KINDS,
    NOT_EMPTY,
    SMOKE_FIRE_CLASSES,
    SMOKE_FIRE_MAP,
    VEHICLE_BACKGROUND,
    VEHICLE_LABELS,
    VEHICLE_MAP,
)
from datasets.frame_labels import read_frame_labels
from datasets.importers.roboflow_yolo import label_path, read_label, read_names
from datasets.labels import LabelError, project_boxes
from datasets.pictures import PictureError, find_pictures, read_size_px
from datasets.tables import TableError, read_table

VEHICLE_SOURCES = ("mian", "zem", "visdrone", "obulka", "cats", "jekhor")
EMPTY_SOURCES = VEHICLE_BACKGROUND
BOXED_SOURCES = tuple(BOXED_KINDS)
FRAMES = "frames"  # all pictures of frame_labels.csv together, as one source
CHECKED_COLUMNS = frozenset({"file", "x0", "y0", "x1", "y1", "class", "ignore"})


class SourceError(FileNotFoundError):
    """A source that is not where it should be, or whose truth cannot be trusted."""


@dataclass(frozen=True)
class CheckedBox:
    """One row of val_checked.csv: left, top, right, bottom in pixels, index into VEHICLE_LABELS, whether to ignore."""

    xyxy: tuple[float, float, float, float]
    class_index: int
    ignore: bool


@dataclass(frozen=True)
class Truth:
    """What is true of one picture.

    Attributes:
        picture: the file; its source is the first folder below the data.
        width_px: of the picture as it is stored, as is height_px.
        xyxy: (n, 4) float64, boxes in pixels of the picture.
        classes: (n,) int64, index into VEHICLE_LABELS or SMOKE_FIRE_CLASSES.
        ignore: (n,) bool, a possible thing: neither hit nor false alarm.
        present: kinds known to be somewhere in the picture or known not to be; a kind not told of is missing.
        lookalike: what in the picture can pass for smoke or fire; empty for nothing.
    """

    picture: Path
    width_px: int
    height_px: int
    xyxy: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    classes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    ignore: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    present: Mapping[str, bool] = field(default_factory=dict)
    lookalike: str = ""


def vehicle_truth(shared: Path, source: str) -> list[Truth]:
    """Val pictures of one source of vehicles, or of one without any; of zem the boxes checked by eye.

    Raises:
        SourceError: the source is not below `shared`, or a picture or label of its val is missing or bad.
    """
    if source == "zem":
        return _checked_truth(shared)
    if source in EMPTY_SOURCES:
        empty = (picture for picture in _val_pictures(shared, source) if picture.stem not in NOT_EMPTY)
        return [Truth(picture, *_size(picture)) for picture in empty]
    return _boxed_truth(shared, source, VEHICLE_MAP[source], VEHICLE_LABELS)


def smoke_fire_truth(shared: Path, source: str) -> list[Truth]:
    """Val pictures with boxes of smoke and fire, or, of the source `FRAMES`, those labelled as a whole.

    Raises:
        SourceError: as `vehicle_truth`.
    """
    if source == FRAMES:
        return _frame_truth(shared)
    return _boxed_truth(shared, source, SMOKE_FIRE_MAP[source], SMOKE_FIRE_CLASSES)


def boxed_kinds(source: str) -> tuple[str, ...]:
    """Kinds that a source has boxed exhaustively: only for these is a box without truth a false one."""
    return tuple(kind for kind in SMOKE_FIRE_CLASSES if kind in BOXED_KINDS[source])


def _val_pictures(shared: Path, source: str) -> Iterator[Path]:
    if not (shared / source / "images" / "val").is_dir():
        raise SourceError(
            f"{shared / source}: no images/val in it; put the source there as datasets/README.md says, "
            "or leave it out with --sources"
        )
    return find_pictures(shared / source / "images" / "val")


def _size(picture: Path) -> tuple[int, int]:
    try:
        return read_size_px(picture)
    except PictureError as error:
        raise SourceError(f"{picture}: {error}; fetch its source again") from error


def read_picture(picture: Path) -> NDArray[np.uint8]:
    """One picture, (height, width, 3) BGR.

    Raises:
        SourceError: it cannot be read.
    """
    image = cv2.imread(str(picture))
    if image is None:
        raise SourceError(f"{picture}: missing or no picture; fetch its source again")
    return np.asarray(image, np.uint8)


def _boxed_truth(shared: Path, source: str, mapping: Mapping[str, str | None], labels: tuple[str, ...]) -> list[Truth]:
    folder = shared / source
    val = _val_pictures(shared, source)
    names = _class_names(folder / "data.yaml", mapping)
    truths = []
    for picture in val:
        named, problems = read_label(label_path(picture, folder), names)
        if problems:
            raise SourceError(f"{problems[0]}; fetch the source again")
        boxes = project_boxes(named, mapping, labels)
        width, height = _size(picture)
        corners = np.array([box.corners() for box in boxes]).reshape(-1, 4) * (width, height, width, height)
        classes = np.array([box.class_index for box in boxes], np.int64)
        truths.append(Truth(picture, width, height, corners, classes, np.zeros(len(boxes), bool)))
    return truths


def _class_names(path: Path, mapping: Mapping[str, str | None]) -> tuple[str, ...]:
    try:
        names = read_names(path)
    except LabelError as error:
        raise SourceError(f"{path}: {error}") from error
    if unknown := sorted(set(names) - set(mapping)):
        raise SourceError(f"{path}: no map for {', '.join(unknown)}; say in datasets/classes.py what becomes of it")
    return names


def _checked_truth(shared: Path) -> list[Truth]:
    """The val part of zem as gone over by eye: its own labels miss vehicles."""
    path = shared / "zem" / "val_checked.csv"
    val = list(_val_pictures(shared, "zem"))
    checked: dict[str, list[CheckedBox]] = {picture.name: [] for picture in val}
    try:
        for number, row in read_table(path, CHECKED_COLUMNS):
            if row["file"] not in checked:
                raise TableError(f"{path}:{number}: {row['file']!r} is no picture of zem's val")
            checked[row["file"]].append(_checked_box(row, f"{path}:{number}"))
    except TableError as error:
        raise SourceError(str(error)) from error
    if unchecked := [name for name, boxes in checked.items() if not boxes]:
        # The table has no row that says "empty", and each of the 80 pictures of this val shows a vehicle.
        raise SourceError(f"{path}: no row of {', '.join(unchecked)}; fetch the source again")
    return [_truth_of(picture, checked[picture.name]) for picture in val]


def _checked_box(row: Mapping[str, str], place: str) -> CheckedBox:
    name = ANY_VEHICLE if row["class"] == "unknown" else row["class"]
    if name not in VEHICLE_LABELS:
        raise TableError(f"{place}: class {name!r} is neither unknown nor one of {', '.join(VEHICLE_LABELS)}")
    if row["ignore"] not in ("0", "1"):
        raise TableError(f"{place}: ignore is {row['ignore']!r}, neither 0 nor 1")
    sides = [row[side] for side in ("x0", "y0", "x1", "y1")]
    try:
        left, top, right, bottom = map(float, sides)
    except ValueError as error:
        raise TableError(f"{place}: not a box of four numbers: {sides}") from error
    if not (left < right and top < bottom):
        raise TableError(f"{place}: not a box with an area: {sides}")
    return CheckedBox((left, top, right, bottom), VEHICLE_LABELS.index(name), row["ignore"] == "1")


def _truth_of(picture: Path, boxes: list[CheckedBox]) -> Truth:
    corners = np.array([box.xyxy for box in boxes])
    classes = np.array([box.class_index for box in boxes], np.int64)
    return Truth(picture, *_size(picture), corners, classes, np.array([box.ignore for box in boxes], bool))


def _frame_truth(shared: Path) -> list[Truth]:
    try:
        labels, problems = read_frame_labels(shared / "frame_labels.csv")
    except TableError as error:
        raise SourceError(str(error)) from error
    if problems:
        raise SourceError(str(problems[0]))
    return [
        Truth(shared / label.file, *_size(shared / label.file), present=label.present, lookalike=label.lookalike)
        for label in labels.values()
        if label.split == "val"
    ]


def source_of(picture: Path) -> str:
    """Name of the source a picture belongs to: <source>/images/<split>/<picture>."""
    return picture.parts[-4]
