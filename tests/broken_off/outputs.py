"""The command on networks of squares, looking at every frame, and what it left in a folder."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from detector.cli import main
from detector.outputs.checksums import CHECKSUMS_NAME, read_checksums, write_checksums

FRAMES = 60  # of the clip, in two shots
JOURNALS = {".part-vehicles.journal", ".part-smoke_fire.journal"}
KILLED = -9
Apart = Callable[..., list[int]]
"""Commands as lists of arguments, to their exit codes."""


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments), "--every", "1"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def contents(folder: Path) -> dict[str, bytes]:
    """The outputs by name, times of day and durations left out."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name == "report.json":
            found[path.name] = json.dumps({**json.loads(path.read_text()), "run": None}, indent=1).encode()
        elif path.name == "report.html":
            found[path.name] = re.sub(rb"\d{4}-\d\d-\d\d(T[\d:+]*)?|\"run\":\{[^}]*\}", b"", path.read_bytes())
        elif not path.name.startswith(".") and path.name != CHECKSUMS_NAME:
            found[path.name] = path.read_bytes()
    return found


def assert_the_list_is_true(folder: Path) -> None:
    listed = read_checksums(folder / CHECKSUMS_NAME)
    assert set(listed) == set(contents(folder))
    write_checksums({name: folder / name for name in listed}, folder / "again")
    assert read_checksums(folder / "again") == listed
    (folder / "again").unlink()
