"""`index.csv`: which picture belongs to which split. Nothing else decides a split, and none is ever invented."""

from dataclasses import dataclass
from pathlib import Path

from datasets.labels import SPLITS
from datasets.sources import SOURCES
from datasets.tables import TableError, read_table

COLUMNS = frozenset({"file", "split", "original"})
PICTURE_FOLDERS = frozenset({"images", "JPEGImages"})  # which of them a copy has depends on its format alone


@dataclass(frozen=True)
class IndexRow:
    """One picture: its prepared file below the sources' folder, its split, and its path in the original source."""

    file: str
    split: str
    original: str

    @property
    def source(self) -> str:
        return self.file.split("/")[0]


@dataclass(frozen=True)
class SourceIndex:
    """The rows of one source, found by how a path ends; the folders `images` do not count."""

    rows: tuple[IndexRow, ...]
    by_ending: dict[tuple[str, ...], IndexRow]

    def find(self, picture: Path) -> IndexRow | None:
        """The row of a picture, prepared or original; None if the index does not list it."""
        parts = _ending(picture.as_posix())
        return next((self.by_ending[parts[n:]] for n in range(len(parts)) if parts[n:] in self.by_ending), None)


def read_index(path: Path) -> dict[str, SourceIndex]:
    """The rows of index.csv by source.

    Raises:
        TableError: no such table, a split other than train and val, a source that sources.py does not know, or two
            rows of one picture.
    """
    rows: dict[str, list[IndexRow]] = {}
    for number, line in read_table(path, COLUMNS):
        row = IndexRow(line["file"], line["split"], line["original"])
        if row.split not in SPLITS:
            raise TableError(f"{path}:{number}: split {row.split!r} is neither train nor val")
        if row.source not in SOURCES:
            raise TableError(f"{path}:{number}: source {row.source!r} is not in datasets/sources.py; enter it there")
        rows.setdefault(row.source, []).append(row)
    return {source: _by_ending(path, some) for source, some in rows.items()}


def _by_ending(path: Path, rows: list[IndexRow]) -> SourceIndex:
    found: dict[tuple[str, ...], IndexRow] = {}
    for row in rows:
        _, _, original = row.original.partition("/")  # the first folder names the repository
        for ending in {_ending(row.file), _ending(original)}:
            if found.setdefault(ending, row) is not row:
                raise TableError(f"{path}: {row.file} and {found[ending].file} are one picture by {'/'.join(ending)}")
    return SourceIndex(tuple(rows), found)


def _ending(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in PICTURE_FOLDERS)
