"""Merge the sources into the layout the training scripts read, keeping each picture in the split it came with.

    python -m datasets.build ../shared/datasets datasets/built

writes `vehicles/` and `smoke_fire/`, each with `images/{train,val}`, `labels/{train,val}` and `data.yaml`, and
`smoke_fire/known.csv`: what is known of each picture as a whole. Pictures are linked, not copied.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from datasets.classes import (
    BOXED_KINDS,
    FRAME_LABELLED,
    SMOKE_FIRE_CLASSES,
    SMOKE_FIRE_MAP,
    VEHICLE_BACKGROUND,
    VEHICLE_CLASSES,
    VEHICLE_MAP,
)

SPLITS = ("train", "val")


class LabelError(ValueError):
    """A label file that does not say what a label file must say."""


@dataclass(frozen=True)
class Box:
    """One labelled box: class index, centre and size, relative to the picture's width and height."""

    class_index: int
    cx: float
    cy: float
    width: float
    height: float

    def line(self) -> str:
        return f"{self.class_index} {self.cx:.6f} {self.cy:.6f} {self.width:.6f} {self.height:.6f}"


def read_boxes(path: Path, class_count: int) -> list[Box]:
    """Read one YOLO label file; a missing file means no boxes.

    Raises:
        LabelError: a line that is no box, a class out of range, or a box outside the picture; names file and line.
    """
    if not path.exists():
        return []
    boxes = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            index, *place = line.split()
            box = Box(int(index), *(float(value) for value in place))
        except (ValueError, TypeError) as error:
            raise LabelError(f"{path}:{number}: not a box (class cx cy w h): {line!r}") from error
        if not 0 <= box.class_index < class_count:
            raise LabelError(f"{path}:{number}: class {box.class_index}, but the source has {class_count} classes")
        if not (0 <= box.cx <= 1 and 0 <= box.cy <= 1 and 0 < box.width <= 1.001 and 0 < box.height <= 1.001):
            raise LabelError(f"{path}:{number}: box outside the picture: {line!r}")
        boxes.append(box)
    return boxes


def map_boxes(
    boxes: list[Box], source_names: list[str], mapping: dict[str, str | None], classes: tuple[str, ...]
) -> list[Box]:
    """Rename the classes of one source to the project's, dropping those mapped to None."""
    mapped = []
    for box in boxes:
        name = mapping[source_names[box.class_index]]
        if name is not None:
            mapped.append(Box(classes.index(name), box.cx, box.cy, box.width, box.height))
    return mapped


def pictures(source: Path) -> Iterator[tuple[str, Path]]:
    """Every picture of a source with the split it belongs to, in a fixed order."""
    for split in SPLITS:
        for picture in sorted((source / "images" / split).glob("*.webp")):
            yield split, picture


def place(picture: Path, split: str, boxes: list[Box], out: Path) -> None:
    """Link one picture into the layout and write its labels beside it."""
    link = out / "images" / split / picture.name
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(picture.resolve())
    label = out / "labels" / split / f"{picture.stem}.txt"
    label.parent.mkdir(parents=True, exist_ok=True)
    label.write_text("".join(box.line() + "\n" for box in boxes))


def place_boxed_source(source: Path, mapping: dict[str, str | None], classes: tuple[str, ...], out: Path) -> None:
    """Place every picture of a source that has boxes, with its classes mapped to the project's."""
    names = yaml.safe_load((source / "data.yaml").read_text())["names"]
    for split, picture in pictures(source):
        boxes = read_boxes(source / "labels" / split / f"{picture.stem}.txt", len(names))
        place(picture, split, map_boxes(boxes, names, mapping, classes), out)


def write_data_yaml(out: Path, classes: tuple[str, ...]) -> None:
    document = {
        "path": str(out.resolve()),
        "train": "images/train",
        "val": "images/val",
        "names": dict(enumerate(classes)),
    }
    (out / "data.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def build_vehicles(shared: Path, out: Path) -> None:
    """The training layout of the vehicle network."""
    for name, mapping in VEHICLE_MAP.items():
        place_boxed_source(shared / name, mapping, VEHICLE_CLASSES, out)
    for name in VEHICLE_BACKGROUND:
        for split, picture in pictures(shared / name):
            if split == "train":
                place(picture, split, [], out)
    write_data_yaml(out, VEHICLE_CLASSES)


def build_smoke_fire(shared: Path, out: Path) -> None:
    """The training layout of the smoke and fire network, and `known.csv`.

    A row of known.csv is picture, smoke, fire; a value is `boxed` (the boxes are the whole truth), `1` (present
    somewhere, not boxed), `0` (absent) or empty (not known: no loss is drawn from it).
    """
    known: list[tuple[str, str, str]] = []
    for name, mapping in SMOKE_FIRE_MAP.items():
        place_boxed_source(shared / name, mapping, SMOKE_FIRE_CLASSES, out)
        kinds = ["boxed" if kind in BOXED_KINDS[name] else "" for kind in SMOKE_FIRE_CLASSES]
        known += [(picture.name, kinds[0], kinds[1]) for _, picture in pictures(shared / name)]
    with (shared / "frame_labels.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            source = row["file"].split("/")[0]
            values = [row[kind] if row[kind] in ("0", "1") else "" for kind in SMOKE_FIRE_CLASSES]
            if source not in FRAME_LABELLED or values == ["", ""]:
                continue
            picture = shared / row["file"]
            place(picture, row["split"], [], out)
            known.append((picture.name, values[0], values[1]))
    with (out / "known.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("picture", *SMOKE_FIRE_CLASSES), *known])
    write_data_yaml(out, SMOKE_FIRE_CLASSES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    parser.add_argument("out", type=Path, help="folder to build in")
    arguments = parser.parse_args()
    build_vehicles(arguments.shared, arguments.out / "vehicles")
    build_smoke_fire(arguments.shared, arguments.out / "smoke_fire")


if __name__ == "__main__":
    main()
