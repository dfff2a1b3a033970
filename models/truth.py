"""What is true of the val pictures of each source: their boxes, and what they hold as a whole.

Every figure of a network starts here. Only val is read, so that nothing trained on is measured on.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from datasets.classes import (
    ANY_VEHICLE,
    BOXED_KINDS,
    FRAME_LABELLED,
    NOT_EMPTY,
    SMOKE_FIRE_CLASSES,
    SMOKE_FIRE_MAP,
    VEHICLE_BACKGROUND,
    VEHICLE_LABELS,
    VEHICLE_MAP,
)
from datasets.labels import map_boxes, pictures, read_boxes

VEHICLE_SOURCES = ("mian", "zem", "visdrone", "obulka", "cats", "jekhor")
EMPTY_SOURCES = VEHICLE_BACKGROUND
BOXED_SOURCES = ("liuzifan", "xiapinquan")
FRAMES = "frames"  # all pictures of frame_labels.csv together, as one source


class SourceError(FileNotFoundError):
    """A source that is not where it should be."""


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
        SourceError: the source is not below `shared`.
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
        SourceError: the source is not below `shared`.
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
    return (picture for split, picture in pictures(shared / source) if split == "val")


def _size(picture: Path) -> tuple[int, int]:
    height, width = read_picture(picture).shape[:2]
    return width, height


def read_picture(picture: Path) -> NDArray[np.uint8]:
    """One picture, (height, width, 3) BGR.

    Raises:
        SourceError: it cannot be read.
    """
    image = cv2.imread(str(picture))
    if image is None:
        raise SourceError(f"{picture}: missing or no picture; fetch its source again")
    return np.asarray(image, np.uint8)


def _boxed_truth(shared: Path, source: str, mapping: dict[str, str | None], labels: tuple[str, ...]) -> list[Truth]:
    val = list(_val_pictures(shared, source))
    names = yaml.safe_load((shared / source / "data.yaml").read_text())["names"]
    truths = []
    for picture in val:
        width, height = _size(picture)
        label = shared / source / "labels" / "val" / f"{picture.stem}.txt"
        boxes = map_boxes(read_boxes(label, len(names)), names, mapping, labels)
        corners = np.array([box.corners() for box in boxes]).reshape(-1, 4) * (width, height, width, height)
        classes = np.array([box.class_index for box in boxes], np.int64)
        truths.append(Truth(picture, width, height, corners, classes, np.zeros(len(boxes), bool)))
    return truths


def _checked_truth(shared: Path) -> list[Truth]:
    """The val part of zem as gone over by eye: its own labels miss vehicles."""
    val = list(_val_pictures(shared, "zem"))
    rows: dict[str, list[dict[str, Any]]] = {}
    with (shared / "zem" / "val_checked.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["file"], []).append(row)
    truths = []
    for picture in val:
        found = rows.get(picture.name, [])
        corners = np.array([[float(row[side]) for side in ("x0", "y0", "x1", "y1")] for row in found]).reshape(-1, 4)
        names = [ANY_VEHICLE if row["class"] == "unknown" else row["class"] for row in found]
        classes = np.array([VEHICLE_LABELS.index(name) for name in names], np.int64)
        ignore = np.array([row["ignore"] == "1" for row in found], bool)
        truths.append(Truth(picture, *_size(picture), corners, classes, ignore))
    return truths


def _frame_truth(shared: Path) -> list[Truth]:
    labels = shared / "frame_labels.csv"
    if not labels.is_file():
        raise SourceError(f"{labels}: missing; it comes with the sources, see datasets/README.md")
    truths = []
    with labels.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] != "val" or source_of(Path(row["file"])) not in FRAME_LABELLED:
                continue
            present = {kind: row[kind] == "1" for kind in SMOKE_FIRE_CLASSES if row[kind] in ("0", "1")}
            picture = shared / row["file"]
            truths.append(Truth(picture, *_size(picture), present=present, lookalike=row["lookalike"]))
    return truths


def source_of(picture: Path) -> str:
    """Name of the source a picture belongs to: <source>/images/<split>/<picture>."""
    return picture.parts[-4]
