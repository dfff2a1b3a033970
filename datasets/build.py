"""Merge the sources into the layout the training scripts read, each picture in the split that index.csv gives it.

    python -m datasets.build ../shared/datasets datasets/built
    python -m datasets.build ORIGINALS datasets/built --bad skip

writes `vehicles/` and `smoke_fire/`, each with `images/{train,val}`, `labels/{train,val}` and `data.yaml`,
`smoke_fire/known.csv`, what is known of each picture as a whole, and `problems.csv`, what was left out and why.
Pictures are linked, not copied. A picture with a problem is left out whole: without one of its boxes it would teach
that nothing is there.
"""

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import yaml

from datasets.classes import (
    BOXED_KINDS,
    NOT_EMPTY,
    SMOKE_FIRE_CLASSES,
    SMOKE_FIRE_MAP,
    VEHICLE_BACKGROUND,
    VEHICLE_LABELS,
    VEHICLE_MAP,
)
from datasets.collect import Collection, ListedPicture, collect, write_problems
from datasets.frame_labels import FrameLabel
from datasets.labels import SPLITS, Box, project_boxes
from datasets.tables import TableError

Placed = set[tuple[str, str]]  # split and picture's name


def place(picture: ListedPicture, boxes: list[Box], out: Path, placed: Placed) -> None:
    """Link one picture into the layout and write its labels beside it."""
    link = out / "images" / picture.split / picture.name
    link.parent.mkdir(parents=True, exist_ok=True)
    target = str(picture.path.resolve())
    if not link.is_symlink() or os.readlink(link) != target:
        if link.is_symlink():  # a file that was not linked here is not this script's to delete
            link.unlink()
        link.symlink_to(target)
    label = out / "labels" / picture.split / f"{picture.stem}.txt"
    label.parent.mkdir(parents=True, exist_ok=True)
    label.write_text("".join(box.line() + "\n" for box in boxes))
    placed.add((picture.split, picture.name))


def place_boxed(
    pictures: Mapping[str, ListedPicture],
    class_map: Mapping[str, Mapping[str, str | None]],
    classes: tuple[str, ...],
    out: Path,
    placed: Placed,
) -> None:
    """Place every picture of the sources that have boxes, with their classes mapped to the project's."""
    for picture in pictures.values():
        if picture.source in class_map:
            place(picture, project_boxes(picture.boxes, class_map[picture.source], classes), out, placed)


def remove_stale(out: Path, placed: Placed) -> None:
    """Take away the links and labels of an earlier build that are not in this one."""
    for split in SPLITS:
        for link in (out / "images" / split).glob("*"):
            if link.is_symlink() and (split, link.name) not in placed:
                link.unlink()
                if not any(name.startswith(f"{link.stem}.") for of, name in placed if of == split):
                    (out / "labels" / split / f"{link.stem}.txt").unlink(missing_ok=True)


def write_data_yaml(out: Path, classes: tuple[str, ...]) -> None:
    document = {
        "path": str(out.resolve()),
        "train": "images/train",
        "val": "images/val",
        "names": dict(enumerate(classes)),
    }
    (out / "data.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def build_vehicles(pictures: Mapping[str, ListedPicture], out: Path) -> Placed:
    """The training layout of the vehicle network; pictures without a vehicle go into train only."""
    out.mkdir(parents=True, exist_ok=True)
    placed: Placed = set()
    place_boxed(pictures, VEHICLE_MAP, VEHICLE_LABELS, out, placed)
    for picture in pictures.values():
        empty = picture.source in VEHICLE_BACKGROUND and picture.stem not in NOT_EMPTY
        if empty and picture.split == "train":
            place(picture, [], out, placed)
    remove_stale(out, placed)
    write_data_yaml(out, VEHICLE_LABELS)
    return placed


def build_smoke_fire(pictures: Mapping[str, ListedPicture], frames: Mapping[str, FrameLabel], out: Path) -> Placed:
    """The training layout of the smoke and fire network, and `known.csv`.

    A row of known.csv is picture, smoke, fire; a value is `boxed` (the boxes are the whole truth), `1` (present
    somewhere, not boxed), `0` (absent) or empty (not known: no loss is drawn from it).
    """
    out.mkdir(parents=True, exist_ok=True)
    placed: Placed = set()
    known: list[tuple[str, ...]] = []
    place_boxed(pictures, SMOKE_FIRE_MAP, SMOKE_FIRE_CLASSES, out, placed)
    for picture in pictures.values():
        if picture.source in SMOKE_FIRE_MAP:
            boxed = BOXED_KINDS[picture.source]
            known.append((picture.name, *("boxed" if kind in boxed else "" for kind in SMOKE_FIRE_CLASSES)))
    for label in frames.values():
        listed = pictures.get(label.file)
        if listed is not None and label.present:
            place(listed, [], out, placed)
            values = [label.present.get(kind) for kind in SMOKE_FIRE_CLASSES]
            known.append((listed.name, *("" if value is None else str(int(value)) for value in values)))
    remove_stale(out, placed)
    with (out / "known.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("picture", *SMOKE_FIRE_CLASSES), *known])
    write_data_yaml(out, SMOKE_FIRE_CLASSES)
    return placed


def summary(collection: Collection) -> list[str]:
    """How many pictures are good, how many problems there are of each kind, and how many pictures have no split."""
    lines = [f"{len(collection.pictures)} pictures of {len({p.source for p in collection.pictures.values()})} sources"]
    kinds = Counter(problem.kind for problem in collection.problems)
    lines += [f"{count} x {kind}" for kind, count in kinds.most_common()]
    if collection.unlisted:
        lines.append(f"{len(collection.unlisted)} pictures left out that index.csv does not list: they have no split")
    return lines


def build(sources: Path, out: Path, skip_bad: bool) -> int:
    """Build both layouts; the exit status. With a problem and without `skip_bad`, only problems.csv is written."""
    try:
        collection = collect(sources, lambda name: print(f"reading {name}", file=sys.stderr))
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    write_problems(collection, out / "problems.csv")
    for problem in collection.problems:
        print(problem, file=sys.stderr)
    if collection.problems and not skip_bad:
        print(*summary(collection), sep="\n")
        print("nothing was built: mend the sources, or leave these pictures out with --bad skip", file=sys.stderr)
        return 1
    build_vehicles(collection.pictures, out / "vehicles")
    build_smoke_fire(collection.pictures, collection.frames, out / "smoke_fire")
    print(*summary(collection), sep="\n")
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, help="folder that holds the sources, index.csv and frame_labels.csv")
    parser.add_argument("out", type=Path, help="folder to build in")
    parser.add_argument("--bad", choices=["refuse", "skip"], default="refuse", help="what to do with bad input")
    arguments = parser.parse_args()
    sys.exit(build(arguments.sources, arguments.out, arguments.bad == "skip"))


if __name__ == "__main__":
    main()
