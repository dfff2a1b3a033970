"""`detect` on clips of your own, beside what you saw in them.

    python -m benchmarks.run --clips DIR --truth seen.csv

The sheet has one row for each stretch that you watched, and names its columns in the first line, in any order:

    clip,start_s,end_s,at_once,distinct,smoke,fire,boxes
    column.mp4,0,12.5,7,9,no,no,
    village.mp4,,,0,0,yes,,
    road.mp4,,,,,,,road.txt

- clip: its name within DIR. start_s, end_s: the stretch in seconds from the first picture; empty for all of it.
- at_once: vehicles in the picture in which most are seen. distinct: how many different ones.
- smoke, fire: yes if it is seen anywhere in the stretch, no if nowhere.
- boxes: true boxes of the whole clip with their identities, a MOTChallenge file beside the sheet (frame from 1, id,
  left, top, width, height, 1), for which `pip install trackers` is needed.

Whatever is left empty, or whose column is not there, is not judged. Each stretch is analysed by itself, as
`detect clip.mp4 --from START --to END` does with its default settings.
"""

import csv
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tracking_measures import measure, summed
from benchmarks.tracking_truth import Answer, read_sequence
from detector import analyze
from detector.analysis import Networks
from detector.frame_records import FrameRecord

COLUMNS = ("clip", "start_s", "end_s", "at_once", "distinct", "smoke", "fire", "boxes")
EVENT_KINDS = ("smoke", "fire")


@dataclass(frozen=True)
class Stretch:
    """One row of the sheet; None is not known."""

    clip: str
    start_s: float | None = None
    end_s: float | None = None
    at_once: int | None = None
    distinct: int | None = None
    smoke: bool | None = None
    fire: bool | None = None
    boxes: Path | None = None


@dataclass(frozen=True)
class Found:
    """What detect says of a stretch; `smoke` and `fire` where it flags one, `measures` only where boxes are known."""

    at_once: int
    low: int
    best: int
    high: int
    smoke: bool
    fire: bool
    measures: dict[str, dict[str, Any]] | None = None


def read_truth(path: Path) -> list[Stretch]:
    """The rows of a sheet.

    Raises:
        SystemExit: with file, line, cause and remedy.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        sheet = csv.DictReader(lines)
        unknown = set(sheet.fieldnames or ()) - set(COLUMNS)
        if "clip" not in (sheet.fieldnames or ()) or unknown:
            raise SystemExit(f"{path}, line 1: name the columns, clip and any of {', '.join(COLUMNS[1:])}")
        stretches = []
        for row in sheet:
            try:
                stretches.append(_stretch(row, path.parent))
            except (ValueError, TypeError) as error:
                raise SystemExit(f"{path}, line {sheet.line_num}: {error}; correct the row") from None
    return stretches


def _stretch(row: dict[str, str], folder: Path) -> Stretch:
    given = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not given["clip"]:
        raise ValueError("no clip is named")
    if given["boxes"] and (given["start_s"] or given["end_s"]):
        raise ValueError("boxes are of a whole clip: leave start_s and end_s empty")

    def said(column: str) -> bool | None:
        if given[column] not in ("", "yes", "no"):
            raise ValueError(f"{column} is {given[column]!r}, neither yes nor no")
        return given[column] == "yes" if given[column] else None

    seconds = [float(given[column]) if given[column] else None for column in ("start_s", "end_s")]
    counts = [int(given[column]) if given[column] else None for column in ("at_once", "distinct")]
    boxes = folder / given["boxes"] if given["boxes"] else None
    return Stretch(given["clip"], seconds[0], seconds[1], counts[0], counts[1], said("smoke"), said("fire"), boxes)


def find(folder: Path, stretch: Stretch, networks: Networks) -> Found:
    """Analyse one stretch."""
    records: list[FrameRecord] = []
    report = analyze(
        folder / stretch.clip,
        from_s=stretch.start_s,
        to_s=stretch.end_s,
        networks=networks,
        on_frames=records.extend if stretch.boxes else None,
    )
    distinct, flagged = report.counts.distinct, {event.kind for event in report.events}
    return Found(
        at_once=report.counts.most_at_once.vehicles,
        low=distinct.low,
        best=distinct.best,
        high=distinct.high,
        smoke="smoke" in flagged,
        fire=not flagged.isdisjoint({"fire", "flash"}),
        measures=measured(stretch.boxes, records) if stretch.boxes else None,
    )


def measured(boxes: Path, records: Iterable[FrameRecord]) -> dict[str, dict[str, Any]]:
    """Tracks beside true boxes, ready to be summed."""
    answer: Answer = {r.frame + 1: [(box.track, np.array(box.xyxy)) for box in r.boxes] for r in records}
    return measure(read_sequence(boxes, boxes.stem, sys.maxsize), answer)


def judged(pairs: list[tuple[Stretch, Found]]) -> dict[str, Any]:
    """How often detect is right, of what is known."""
    off = [abs(found.at_once - said.at_once) for said, found in pairs if said.at_once is not None]
    ranged = [(found, said.distinct) for said, found in pairs if said.distinct is not None]
    summary: dict[str, Any] = {
        "at_once": {"stretches": len(off), "exact": off.count(0), "within_one": off.count(0) + off.count(1)},
        "distinct": {
            "stretches": len(ranged),
            "inside": sum(found.low <= said <= found.high for found, said in ranged),
            "mean_width": round(sum(found.high - found.low for found, _ in ranged) / max(1, len(ranged)), 2),
        },
    }
    for kind in EVENT_KINDS:
        flags = [(getattr(said, kind), getattr(found, kind)) for said, found in pairs]
        summary[kind] = {
            "seen": sum(said is True for said, _ in flags),
            "found": flags.count((True, True)),
            "clear": sum(said is False for said, _ in flags),
            "false": flags.count((False, True)),
        }
    measures = [found.measures for _, found in pairs if found.measures]
    return summary | ({"tracking": summed(measures)} if measures else {})


def words(pairs: list[tuple[Stretch, Found]], summary: dict[str, Any]) -> str:
    """A row a stretch, found / said, then a line for each thing that was judged."""

    def said(value: bool | float | None) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "" if value is None else f"{value:g}"

    lines = ["| clip | from | to | at once | distinct low-best-high | smoke | fire |", "|---" * 7 + "|"]
    for row, found in pairs:
        cells = [row.clip, said(row.start_s), said(row.end_s), f"{found.at_once} / {said(row.at_once)}"]
        cells += [f"{found.low}-{found.best}-{found.high} / {said(row.distinct)}"]
        cells += [f"{said(getattr(found, kind))} / {said(getattr(row, kind))}" for kind in EVENT_KINDS]
        lines.append(f"| {' | '.join(cells)} |")
    lines.append("")
    lines += [f"{name}: {', '.join(f'{key} {value:g}' for key, value in of.items())}" for name, of in summary.items()]
    return "\n".join(lines) + "\n"


def judge_own_clips(folder: Path, truth: Path) -> tuple[str, dict[str, Any]]:
    """Analyse every stretch of the sheet: tables in words, and the figures.

    Raises:
        SystemExit: the sheet is not what it should be.
        ClipError: a clip cannot be read.
    """
    stretches = read_truth(truth)
    networks = Networks.load("auto")
    pairs = [(stretch, find(folder, stretch, networks)) for stretch in stretches]
    summary = judged(pairs)
    rows = [asdict(said) | {"boxes": str(said.boxes or "")} for said, _ in pairs]
    figures = [
        {"said": row, "found": asdict(found) | {"measures": None}} for row, (_, found) in zip(rows, pairs, strict=True)
    ]
    return words(pairs, summary), {"summary": summary, "stretches": figures}
