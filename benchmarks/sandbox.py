"""What does reading in the sandbox cost?

    OMP_NUM_THREADS=1 python -m benchmarks.sandbox ../shared/clips/ground_tank2.mp4

The first frames of a clip are read in turn in this process and in one that is confined, each with the pictures that an
analysis asks for. Processor time of both processes, medians of the runs; the start by runs that end after one frame.
A rendered 1080p clip comes first. Writes benchmarks/results/sandbox.json.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import cv2

from benchmarks.reading import render
from benchmarks.results import write_results
from detector.clip_reading import open_clip
from detector.small_pictures import small_pictures

FRAMES, ROUNDS = 50, 7
NETWORK_PX = 640


def measure(clip: Path, frames: int = FRAMES, rounds: int = ROUNDS) -> dict[str, Any]:
    """Milliseconds of processor time: of a frame, and to begin, plain and in the sandbox."""
    spent: dict[tuple[bool, int], list[float]] = {(way, count): [] for way in (False, True) for count in (1, frames)}
    for _ in range(rounds):
        for (sandbox, count), runs in spent.items():
            before = _processor_ms()
            _read(clip, count, sandbox)
            runs.append(_processor_ms() - before)
    plain, confined = ({count: median(spent[way, count]) for count in (1, frames)} for way in (False, True))
    steps = frames - 1
    return {
        "clip": clip.name,
        "frames": frames,
        "rounds": rounds,
        "frame_ms": round((plain[frames] - plain[1]) / steps, 2),
        "frame_in_sandbox_ms": round((confined[frames] - confined[1]) / steps, 2),
        "start_ms": round(plain[1]),
        "start_in_sandbox_ms": round(confined[1]),
    }


def _read(clip: Path, frames: int, sandbox: bool) -> None:
    with open_clip(clip, sandbox=sandbox) as reader:
        for number, frame in enumerate(reader, start=1):
            small_pictures(frame)
            picture = frame.picture
            _ = picture.scaled(NETWORK_PX, max(1, round(picture.height * NETWORK_PX / picture.width))).image
            if number == frames:
                return


def _processor_ms() -> float:
    """Of this process and those that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1000 * sum(each.ru_utime + each.ru_stime for each in used)


def _clips(named: list[Path], place: Path) -> Iterator[Path]:
    render(place / "rendered 1080p.mp4", (1920, 1080))
    yield place / "rendered 1080p.mp4"
    yield from named


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        figures = [measure(clip) for clip in _clips(parser.parse_args().clips, Path(folder))]
    write_results("sandbox", {"clips": figures})
    print(json.dumps(figures, indent=1))
