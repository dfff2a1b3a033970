"""How much memory does an analysis take, and how does that grow with the length of a shot?

    python -m benchmarks.memory
    python -m benchmarks.memory --minutes 2 120    # two hours, which take hours

A small rendered clip without a cut, of 2 minutes and longer at 25 frames a second, analysed in a process of its own
with a network that answers from numbers: nothing, or twenty vehicles that drive about, looked at where it pays or in
every frame. The peak is the kernel's (VmHWM); what a frame takes is the difference of the peaks of the shortest and the
longest clip over that of their frames. It holds the pages of temporary files too that were in memory at that moment,
though the system may take them back at any time. Linux only. Writes benchmarks/results/memory.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.results import write_results
from detector import analyze
from detector.analysis import Networks
from detector.clip_writer import ClipWriter
from detector.detections import Detections
from detector.device import Device
from detector.look_schedule import EveryChoice
from detector.model import load_card
from detector.timecode import Timecode
from tests.fakes import ground, noisy

WIDTH_PX, HEIGHT_PX, FRAME_RATE = 160, 96, 25
MINUTES = (2, 20)
# Vehicles, and which frames are looked at.
KINDS: tuple[tuple[int, EveryChoice], ...] = (
    (0, "auto"),
    (20, "auto"),
    (20, 1),
)
SWAY_PX, SWAY_FRAMES = 12, 200  # of the camera and the vehicles, to and fro


class Swaying:
    """Stands for a `Network`: so many vehicles in every picture, swaying about their places."""

    def __init__(self, name: str, vehicles: int) -> None:
        self.card = load_card(name)
        self.classes = self.card.classes
        self.device = Device("cpu", "cpu", "no network is run", ())
        places = np.random.default_rng(1).uniform((10, 10), (WIDTH_PX - 40, HEIGHT_PX - 30), (vehicles, 2))
        self._boxes = np.hstack([places, places + np.array([14, 9])])
        self._frame = 0

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        self._frame += 1
        count = len(self._boxes)
        xyxy = (self._boxes + sway_px(self._frame) / 2).astype(np.float32)
        return [Detections(xyxy, np.full(count, 0.9, np.float32), np.zeros(count, np.int64)) for _ in images]


def sway_px(frame: int) -> float:
    return SWAY_PX * float(np.sin(2 * np.pi * frame / SWAY_FRAMES))


def render(path: Path, frames: int) -> None:
    """Textured ground under a camera that pans to and fro."""
    wide = noisy(ground(1, WIDTH_PX + 2 * SWAY_PX, HEIGHT_PX), 1)
    with ClipWriter(path, WIDTH_PX, HEIGHT_PX) as writer:
        for frame in range(frames):
            left = round(SWAY_PX + sway_px(frame))
            writer.write(
                np.ascontiguousarray(wide[:, left : left + WIDTH_PX]), Timecode(frame, Fraction(1, FRAME_RATE))
            )


def analyse(clip: Path, vehicles: int, every: EveryChoice) -> dict[str, int]:
    """In this process: what was found, and the peak in kilobytes."""
    networks = Networks(Swaying("fast", vehicles), Swaying("smoke_fire", 0))  # type: ignore[arg-type]
    report = analyze(clip, networks=networks, size=640, every=every, on_frames=lambda records: [None for _ in records])
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return {"shots": len(report.shots), "tracks": len(report.tracks), "peak_kb": int(peak.split()[1])}


def measured(clip: Path, vehicles: int, every: EveryChoice) -> dict[str, int]:
    """`analyse` in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.memory", "--one", str(clip), str(vehicles), str(every)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, int] = json.loads(output)
    return found


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, nargs="+", default=MINUTES, help="how long the clips are")
    parser.add_argument("--one", nargs=3, metavar=("CLIP", "VEHICLES", "EVERY"), help="what each process does")
    given = parser.parse_args()
    if given.one:
        clip, vehicles, every = given.one
        print(json.dumps(analyse(Path(clip), int(vehicles), "auto" if every == "auto" else int(every))))
        return
    figures = {}
    table = Table("vehicles", "looked at", *(f"{one} min, MB" for one in given.minutes), "bytes a frame", "tracks")
    with tempfile.TemporaryDirectory() as folder:
        clips = [Path(folder) / f"{minutes}.mp4" for minutes in given.minutes]
        frames = [minutes * 60 * FRAME_RATE for minutes in given.minutes]
        for clip, count in zip(clips, frames, strict=True):
            render(clip, count)
        for count, every in KINDS:
            runs = [measured(clip, count, every) for clip in clips]
            grown = round(1024 * (runs[-1]["peak_kb"] - runs[0]["peak_kb"]) / (frames[-1] - frames[0]))
            figures[f"{count} vehicles, every {every}"] = {"runs": runs, "bytes_a_frame": grown}
            peaks = (f"{1.024 * run['peak_kb'] / 1000:.0f}" for run in runs)
            table.add_row(str(count), str(every), *peaks, str(grown), str(runs[-1]["tracks"]))
    Console().print(table)
    write_results("memory", {"minutes": list(given.minutes), "kinds": figures})


if __name__ == "__main__":
    main()
