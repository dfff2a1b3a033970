"""A table that comes with the sources: CSV with a header, in UTF-8."""

import csv
from collections.abc import Iterator, Set
from pathlib import Path


class TableError(ValueError):
    """A table that cannot be trusted; names the file, its line where it is one, and what is wrong."""


def read_table(path: Path, columns: Set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row with its number, the header's being 1; columns beyond those asked for come too.

    Raises:
        TableError: no such file, no text in UTF-8, a column missing, or a row of more or fewer fields than the header.
    """
    if not path.is_file():
        raise TableError(f"{path}: not there; it comes with the sources, see datasets/README.md")
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if missing := columns - set(header):
                raise TableError(f"{path}: no column {', '.join(sorted(missing))}")
            for number, fields in enumerate(reader, start=2):
                if len(fields) != len(header):
                    what = f"{len(fields)} fields, but the table has {len(header)} columns"
                    raise TableError(f"{path}:{number}: {what}")
                yield number, dict(zip(header, fields, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path}: not a table (CSV in UTF-8): {error}") from error
