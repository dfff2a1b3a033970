"""What `datasets.build` wrote, read again: each picture once, with the boxes of each network."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from datasets.labels import SPLITS, Box, LabelError, parse_box
from datasets.pictures import Problem

NETWORKS = ("vehicles", "smoke_fire")


class LayoutError(ValueError):
    """A folder that `datasets.build` did not write."""


@dataclass(frozen=True)
class BuiltPicture:
    """One link of the layout with its boxes; `problems` are label lines that say no box."""

    network: str
    split: str
    path: Path
    boxes: tuple[Box, ...]
    problems: tuple[Problem, ...]

    @property
    def source(self) -> str:
        return self.path.stem.rpartition("_")[0]


def read_class_names(folder: Path) -> tuple[str, ...]:
    """The classes of one network's layout.

    Raises:
        LayoutError: no data.yaml.
    """
    path = folder / "data.yaml"
    if not path.is_file():
        raise LayoutError(f"{path}: not there; build the layout with python -m datasets.build first")
    return tuple(yaml.safe_load(path.read_text())["names"].values())


def read_layout(out: Path, network: str) -> list[BuiltPicture]:
    """Every picture of one network's layout in a fixed order.

    Raises:
        LayoutError: the layout is not there.
    """
    classes = read_class_names(out / network)
    return [
        _read_picture(out / network, network, split, path, len(classes))
        for split in SPLITS
        for path in sorted((out / network / "images" / split).glob("*"))
    ]


def _read_picture(folder: Path, network: str, split: str, path: Path, class_count: int) -> BuiltPicture:
    label = folder / "labels" / split / f"{path.stem}.txt"
    boxes: list[Box] = []
    problems: list[Problem] = []
    if not label.is_file():
        problems.append(Problem(label, None, "missing label", "no label file"))
    else:
        for number, line in enumerate(label.read_text(errors="replace").splitlines(), start=1):
            try:
                boxes += [parse_box(line, class_count)] if line.strip() else []
            except LabelError as error:
                problems.append(Problem(label, number, error.kind, str(error)))
    return BuiltPicture(network, split, path, tuple(boxes), tuple(problems))
