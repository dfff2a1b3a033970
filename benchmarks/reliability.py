"""What the command makes of broken and hostile files: the table of docs/reliability.md.

    python -m benchmarks.reliability               # 500 clips with flipped bytes, and the rest; some minutes
    python -m benchmarks.reliability --flips 50    # a short run, which is only shown

The first writes benchmarks/results/reliability.json and the table in docs/reliability.md.

Every case is one run of the whole command, without the video, in a process of its own with limits on time and memory.
A network that looks for coloured squares stands for the released ones: what is tried here is reading.
"""

import argparse
import contextlib
import io
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.broken_clips import Broken, broken_clips, hostile_clips
from benchmarks.picture_judge import judged_by_pictures
from benchmarks.results import write_results, write_table
from detector import clip_reading
from detector.analysis import Networks
from detector.cli import main
from detector.clip import ClipReader
from detector.exit_codes import DONE, PARTLY_READ, UNREADABLE
from detector.frame import Frame
from detector.outputs import annotated_video, folder, lines, terminal
from tests.fakes import square_networks

LOADED_BEFORE = (annotated_video, folder, lines, terminal)  # here once, not in every child
SECONDS, MEMORY_BYTES = 30, 4 << 30
FLIPS = 500
DOCUMENT = Path("docs") / "reliability.md"
OUTCOMES = ("right result", "clear error", "told in a note", "altered unseen", "hang", "crash", "lost data")
ODD_FILES = Path("../shared/clips/odd")


def outcome(case: Broken) -> str:
    """Run the command on one file, and judge what came of it: one of OUTCOMES.

    A right result names the place of every picture that is missing or looks otherwise than in the sound clip. A clear
    error ends with the exit code for files that cannot be read, names the file and leaves nothing behind.
    """
    with tempfile.TemporaryDirectory() as place:
        out, said, seen = Path(place) / "out", Path(place) / "said", Path(place) / "seen.npz"
        child = os.fork()
        if child == 0:
            _command(case, out, said, seen)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code in (-signal.SIGALRM, -signal.SIGXCPU):
            return "hang"
        if code in (DONE, PARTLY_READ) and (out / "report.json").is_file():
            return _judged(json.loads((out / "report.json").read_text())["coverage"], code, case, seen)
        clear = code == UNREADABLE and str(case.path) in said.read_text() and not out.exists()
        return "clear error" if clear else "crash"


class _Watched(ClipReader):
    """A reader that remembers what it gave."""

    seen: ClassVar[list[tuple[float, NDArray[np.uint8]]]] = []

    def __iter__(self) -> Iterator[Frame]:
        for frame in super().__iter__():
            self.seen.append((frame.time.seconds, frame.image.copy()))
            yield frame


def _command(case: Broken, out: Path, said: Path, seen: Path) -> None:
    """The command itself, in the child; never returns."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    signal.alarm(4 * SECONDS)
    code = 70
    Networks.load = staticmethod(lambda *_, **__: square_networks())  # type: ignore[method-assign,assignment]
    if case.sound:
        clip_reading.ClipReader = _Watched  # type: ignore[misc]
    try:
        with said.open("w") as heard, contextlib.redirect_stderr(heard), contextlib.redirect_stdout(io.StringIO()):
            main([str(case.path), "--out", str(out), "--no-video"])
    except SystemExit as ending:
        code = int(ending.code or 0)
    except BaseException:
        traceback.print_exc()
    np.savez(seen, *(image for _, image in _Watched.seen), times_s=[time_s for time_s, _ in _Watched.seen])
    sys.stderr.flush()
    os._exit(code)


def _judged(coverage: dict[str, Any], code: int, case: Broken, seen: Path) -> str:
    told = coverage["damage"] or coverage["frames_failed"] or coverage["notes"]
    if bool(coverage["damage"] or coverage["frames_failed"]) != (code == PARTLY_READ):
        return "crash"
    if case.sound is None:
        few = case.frames is not None and coverage["frames_decoded"] < case.frames
        return "lost data" if few and not told else "right result"
    with np.load(seen) as kept:
        pictures = [(float(time_s), kept[f"arr_{n}"]) for n, time_s in enumerate(kept["times_s"])]
    return judged_by_pictures(coverage, pictures, case.sound)


def odd_files() -> Iterable[Broken]:
    """Those that are at hand where the project is developed."""
    if (ODD_FILES / "index.tsv").is_file():
        for row in (ODD_FILES / "index.tsv").read_text().splitlines()[1:]:
            cells = row.split("\t")
            yield Broken("odd files of other projects' tests", ODD_FILES / cells[0], max(0, int(cells[6])))


def table(figures: dict[str, dict[str, int]]) -> str:
    """As in docs/reliability.md."""
    lines = [f"| class of fault | cases | {' | '.join(OUTCOMES)} |", "|---|---|" + "---|" * len(OUTCOMES)]
    for fault, counts in figures.items():
        cells = " | ".join(str(counts.get(name, 0)) for name in OUTCOMES)
        lines.append(f"| {fault} | {sum(counts.values())} | {cells} |")
    return "\n".join(lines)


def run(flips: int) -> dict[str, dict[str, int]]:
    """Try everything; how many of each outcome, by class of fault."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as place:
        for cases in (broken_clips(Path(place), flips), hostile_clips(Path(place)), odd_files()):
            for case in cases:
                result = outcome(case)
                found[case.fault][result] += 1
                if case.sound:
                    case.path.unlink()
                if result not in ("right result", "clear error"):
                    print(f"{case.fault}: {case.path.name}: {result}", file=sys.stderr)
    return {fault: dict(counts) for fault, counts in found.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=FLIPS)
    flips = parser.parse_args().flips
    figures = run(flips)
    if flips == FLIPS:
        write_results("reliability", figures)
        write_table(DOCUMENT, "reliability", table(figures))
    print(table(figures))
