"""`frame_labels.csv`: what whole pictures hold of smoke and fire, told without boxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datasets.classes import FRAME_LABELLED, SMOKE_FIRE_CLASSES
from datasets.pictures import Problem
from datasets.tables import read_table

COLUMNS = frozenset({"file", "split", "lookalike", *SMOKE_FIRE_CLASSES})
PRESENT = {"1": True, "0": False, "-1": None, "": None}  # -1: looked at and cannot be told


@dataclass(frozen=True)
class FrameLabel:
    """One row: a picture's prepared file, the row's number, and what is known of the picture.

    A kind that is missing from `present` cannot be told or is not known. `lookalike` is what in the picture can pass
    for smoke or fire; empty for nothing.
    """

    file: str
    line: int
    split: str
    present: Mapping[str, bool]
    lookalike: str

    @property
    def source(self) -> str:
        return self.file.split("/")[0]


def read_frame_labels(path: Path) -> tuple[dict[str, FrameLabel], list[Problem]]:
    """The rows by their file, in the table's order, and a problem for each row that says nothing that can be used.

    Of a picture with two rows neither is kept: there is no telling which is right.

    Raises:
        datasets.tables.TableError: the table is not there or is not of this form.
    """
    labels: dict[str, FrameLabel] = {}
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, row in read_table(path, COLUMNS):
        label = _label(number, row)
        faults = _faults(label, row)
        if first.setdefault(label.file, number) != number:
            faults.append(f"a second row of {label.file}, after line {first[label.file]}; remove one of them")
        if faults:
            labels.pop(label.file, None)
        else:
            labels[label.file] = label
        problems += [Problem(path, number, "label", fault) for fault in faults]
    return labels, problems


def _label(number: int, row: Mapping[str, str]) -> FrameLabel:
    values = {kind: PRESENT.get(row[kind]) for kind in SMOKE_FIRE_CLASSES}
    present = {kind: value for kind, value in values.items() if value is not None}
    return FrameLabel(row["file"], number, row["split"], present, row["lookalike"])


def _faults(label: FrameLabel, row: Mapping[str, str]) -> list[str]:
    faults = [
        f"{kind} is {row[kind][:20]!r}, which is none of 1, 0, -1 (cannot be told) and empty (not known)"
        for kind in SMOKE_FIRE_CLASSES
        if row[kind] not in PRESENT
    ]
    if label.source not in FRAME_LABELLED:
        faults.append(f"source {label.source[:40]!r} is not one with labelled frames (FRAME_LABELLED in classes.py)")
    return faults
