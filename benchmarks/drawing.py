"""What drawing a frame of annotated.mp4 costs: processor time on one core, by size of the picture and vehicles in it.

    python -m benchmarks.drawing

Vehicles at random places that move, seven of them a convoy, smoke over a part of the picture: labels that need room,
tails, a hull, a banner and a region in every frame.
"""

import statistics
import time
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.results import write_results
from detector.frame_records import FrameRecord
from detector.outputs.frame_painter import FramePainter
from detector.report import Report
from tests.reports import box, convoy, event, record, report, track

SCENES = ((640, 360, 5), (1920, 1080, 5), (1920, 1080, 10), (1920, 1080, 50), (3840, 2160, 50))
FRAMES = 60
WIDTH_SHARE = 0.03  # of a vehicle, of the picture


def scene(width_px: int, height_px: int, vehicles: int) -> tuple[Report, list[FrameRecord]]:
    """A report of so many vehicles, and its frames."""
    random = np.random.default_rng(1)
    side = WIDTH_SHARE * width_px
    corners = random.uniform((0, 0), (width_px - side, height_px - side), (vehicles, 2))
    steps = random.uniform(-0.05, 0.05, (vehicles, 2)) * side
    names = [("tank", "ifv_apc", "truck")[number % 3] for number in range(vehicles)]
    found = report(
        tracks=tuple(track(number, name) for number, name in enumerate(names)),
        convoys=(convoy(*range(min(vehicles, 7))),),
        events=(event("smoke", 0, FRAMES, region=(0.3 * width_px, 0.0, 0.6 * width_px, 0.5 * height_px)),),
    )
    frames = []
    for frame in range(FRAMES):
        places = np.hstack([corners + frame * steps, corners + frame * steps + (side, 0.6 * side)]).tolist()
        boxes = [box(number, tuple(xyxy), names[number]) for number, xyxy in enumerate(places)]
        frames.append(record(frame, *boxes, flags=("smoke",)))
    return found, frames


def drawing(width_px: int, height_px: int, vehicles: int) -> dict[str, Any]:
    """Milliseconds a frame, median and 95th percentile."""
    found, frames = scene(width_px, height_px, vehicles)
    painter, ground = FramePainter(found), np.full((height_px, width_px, 3), 120, np.uint8)
    times_ms = []
    for frame in frames:
        image = ground.copy()
        started = time.process_time()
        painter.draw(image, frame)
        times_ms.append(1000 * (time.process_time() - started))
    return {
        "picture": f"{width_px}x{height_px}",
        "vehicles": vehicles,
        "median_ms": round(statistics.median(times_ms), 2),
        "p95_ms": round(float(np.percentile(times_ms, 95)), 2),
    }


def main() -> None:
    """Measure, print, keep."""
    cv2.setNumThreads(1)
    figures = [drawing(*each) for each in SCENES]
    table = Table("picture", "vehicles", "median ms", "95 % ms")
    for row in figures:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    write_results("drawing", {"frames": FRAMES, "scenes": figures})


if __name__ == "__main__":
    main()
