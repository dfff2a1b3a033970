"""summary.csv: a row a clip. docs/formats.md says what is in it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detector.outputs.clip_figures import ClipRow
from detector.outputs.tables import write_rows

# fmt: off
COLUMNS = (
    "clip", "state", "exit_code", "reason", "distinct_low", "distinct_best", "distinct_high", "most_at_once", "convoys",
    "smoke_s", "fire_s", "length_s", "share_read", "seconds", "folder", "same_as", "sha256",
)
# fmt: on


def write_summary_csv(rows: Iterable[ClipRow], path: Path) -> None:
    """Write the table."""
    write_rows(path, COLUMNS, map(_cells, rows))


def _cells(row: ClipRow) -> Mapping[str, Any]:
    figures = {} if row.figures is None else asdict(row.figures)
    cells = {**asdict(row), **figures}
    return {name: cells.get(name) for name in COLUMNS}
