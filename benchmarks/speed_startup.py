"""How long `detect` takes to start: to its help, and to the first frame looked at. A part of `benchmarks.speed`.

    python -m benchmarks.speed_startup [CLIP]     # prints both, and which imports take longest

Each in a process of its own, from before the interpreter starts; medians. The clip is by default the demo clip.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DEMO = Path("detector") / "demo" / "demo.mp4"
TIMES = 10
COMMAND = "from detector.cli import main; main()"
FIRST_FRAME = """
import contextlib, os, sys
from detector import clip_command
from detector.cli import main

@contextlib.contextmanager
def progress(console, task):
    yield lambda done, expected: os._exit(0)

clip_command.progress = progress
main()
"""
"""The command, ended by the first word of progress: one frame has been read, looked at and followed."""


def startup(clip: Path = DEMO, times: int = TIMES) -> dict[str, float]:
    """Seconds, medians of so many starts."""
    with tempfile.TemporaryDirectory() as folder:
        look = [str(clip), "--device", "cpu", "--out", f"{folder}/out", "--overwrite"]
        return {"help_s": seconds(COMMAND, ["--help"], times), "first_frame_s": seconds(FIRST_FRAME, look, times)}


def seconds(program: str, arguments: Sequence[str], times: int) -> float:
    """Wall time of a program from start to end."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True)
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken), 3)


def longest_imports(program: str, arguments: Sequence[str], most: int = 20) -> list[tuple[float, str]]:
    """Milliseconds that modules take to import, with what they import themselves, the longest first."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    lines = [line.removeprefix("import time:").split("|") for line in ran.stderr.splitlines() if "|" in line]
    taken = [(int(line[1]) / 1000, line[2].strip()) for line in lines if line[1].strip().isdigit()]
    return sorted(taken, reverse=True)[:most]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path, nargs="?", default=DEMO)
    clip = parser.parse_args().clip
    figures: dict[str, Any] = startup(clip)
    print(figures)
    with tempfile.TemporaryDirectory() as folder:
        for milliseconds, name in longest_imports(
            FIRST_FRAME, [str(clip), "--device", "cpu", "--out", f"{folder}/out", "--overwrite"]
        ):
            print(f"{milliseconds:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
