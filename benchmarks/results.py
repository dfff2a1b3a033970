"""Where the figures of the benchmarks are kept: benchmarks/results/<name>.json, whole or not at all; and how a table of
them comes into a document."""

import json
import os
import re
from pathlib import Path
from typing import Any

FOLDER = Path("benchmarks") / "results"


def write_results(name: str, figures: dict[str, Any]) -> None:
    """Keep the figures of one benchmark, keys in the order given."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_whole(FOLDER / f"{name}.json", json.dumps(figures, indent=1) + "\n")


def read_results(name: str) -> dict[str, Any]:
    """The figures kept of one benchmark."""
    figures: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return figures


def write_whole(path: Path, text: str) -> None:
    """Write beside, then rename: a reader sees the old file or the new one."""
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    os.replace(part, path)


def write_table(document: Path, name: str, table: str) -> None:
    """Put a table between the marks `<!-- table of benchmarks.NAME -->` and `<!-- end of table -->` of a document."""
    mark, end = f"<!-- table of benchmarks.{name} -->", "<!-- end of table -->"
    between = re.compile(f"(?<={re.escape(mark)}\n).*?(?={re.escape(end)})", re.DOTALL)
    text, found = between.subn(lambda _: f"{table}\n", document.read_text(encoding="utf-8"))
    if found != 1:
        raise ValueError(f"{document}: {mark} and {end} stand there {found} times, not once; mend the document")
    write_whole(document, text)
