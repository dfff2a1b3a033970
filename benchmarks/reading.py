"""What does it cost to get from the file to what the analysis looks at, straight and by way of the whole BGR picture?

    OMP_NUM_THREADS=1 python -m benchmarks.reading ../shared/clips

Each frame of a clip goes both ways in turn: "straight" as `detect` does, the decoder's 4:2:0 planes scaled and then
coloured; "whole" as it did before, the whole picture coloured, halved by OpenCV for the small pictures, averaged by
OpenCV for a network. Medians over the frames, milliseconds of processor time on one thread. The difference of the two
ways is given as PSNR over the pictures for a network of 640 px. Clips that are not there are left out; two are
rendered. Writes benchmarks/results/reading.json.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.frame_cost import CRF, RENDERED
from benchmarks.results import write_results
from datasets.convoy.footage import write_video
from datasets.convoy.scene import build_scene, draw_frame
from detector.clip import ClipReader
from detector.clip_pictures import Image
from detector.frame import Picture
from detector.motion import motion_picture
from detector.shots import thumbnail
from detector.small_pictures import small_pictures

CLIPS = ("convoy_oblique.mp4", "montage_recon_smoke.mp4", "ground_tank2.mp4")
RENDERED_PX = {"rendered 1080p": (1920, 1080), "rendered 4K": (3840, 2160)}
NETWORK_PX = (640, 1280)
FRAMES = 60


def straight(picture: Picture, size: tuple[int, int]) -> Image:
    return picture.scaled(*size).image


def by_whole(picture: Picture, size: tuple[int, int]) -> Image:
    """From the whole picture, whose image is there already."""
    return np.asarray(cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA), np.uint8)


def measure(clip: Path, most_frames: int = FRAMES) -> dict[str, Any]:
    """Milliseconds by step, of the first frames of a clip."""
    spent: dict[str, list[float]] = defaultdict(list)

    def timed(step: str, work: Callable[..., Any], *given: Any) -> Any:
        started = time.process_time()
        result = work(*given)
        spent[step].append(1000 * (time.process_time() - started))
        return result

    errors = []
    with ClipReader(clip) as reader:
        frames = iter(reader)
        while len(spent["decode"]) < most_frames and (frame := timed("decode", next, frames, None)):
            picture, longest_px = frame.picture, max(frame.picture.width, frame.picture.height)
            sizes = {px: (px, round(picture.height * px / picture.width)) for px in NETWORK_PX if px < longest_px}
            timed("small pictures, straight", small_pictures, frame)
            ready = {px: timed(f"network {px}, straight", straight, picture, size) for px, size in sizes.items()}
            image = timed("whole picture", lambda: picture.image)  # noqa: B023
            timed("small pictures, of the whole", lambda: thumbnail(motion_picture(image)))  # noqa: B023
            for px, size in sizes.items():
                other = timed(f"network {px}, of the whole", by_whole, picture, size)
                errors.append(float(np.mean((ready[px].astype(np.float32) - other) ** 2)))
    return {
        "size_px": [reader.info.width, reader.info.height],
        "frames": len(spent["whole picture"]),
        "ms": {step: round(float(np.median(values)), 2) for step, values in spent.items()},
        "psnr_db": round(10 * float(np.log10(255**2 / max(np.mean(errors), 1e-9))), 1) if errors else None,
    }


def render(path: Path, size: tuple[int, int]) -> None:
    """A drawn convoy filmed by a drone that turns."""
    settings = replace(RENDERED, width_px=size[0], height_px=size[1], frames=FRAMES, cut_frame=FRAMES)
    scene = build_scene(settings)
    write_video(path, (draw_frame(scene, frame)[0] for frame in range(FRAMES)), size, settings.frame_rate, CRF)


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, help="the folder with the real clips")
    folder = parser.parse_args().clips
    cv2.setNumThreads(1)
    results = {name: measure(folder / name) for name in CLIPS if (folder / name).exists()}
    with tempfile.TemporaryDirectory() as rendered:
        for name, size in RENDERED_PX.items():
            render(Path(rendered) / "clip.mp4", size)
            results[name] = measure(Path(rendered) / "clip.mp4")
    table = Table("ms a frame", *results)
    for step in results["rendered 4K"]["ms"]:
        table.add_row(step, *(str(one["ms"].get(step, "")) for one in results.values()))
    table.add_row("PSNR dB", *(str(one["psnr_db"] or "") for one in results.values()))
    Console(width=120).print(table)
    write_results("reading", results)


if __name__ == "__main__":
    main()
