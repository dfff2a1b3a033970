"""Where the figures of the benchmarks are kept: benchmarks/results/<name>.json, whole or not at all."""

import json
import os
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
