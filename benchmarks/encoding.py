"""How is the annotated video best encoded on a CPU: time, size and quality of x264's presets on drawn frames?

    python -m benchmarks.encoding ../shared/clips

Frames of three real clips with eight vehicles, a convoy and smoke drawn into them, as `annotated.mp4` has them. Each
preset encodes all of them; quality is that of the decoded against the drawn frames, in brightness (PSNR; SSIM of Wang
et al. 2004), size in kilobytes a second of video. Processor time is of all threads together, so of one core; wall-clock
time means something on an idle machine only. Then the preset that `detect` uses with different numbers of
threads, and whether the bytes are the same. Writes benchmarks/results/encoding.json.
"""

import argparse
import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.drawing import FRAMES, scene
from benchmarks.results import write_results
from detector.clip import ClipReader
from detector.clip_pictures import Image
from detector.outputs.frame_painter import FramePainter
from detector.video_encoder import X264

CLIPS = ("ground_tank2.mp4", "convoy_oblique.mp4", "montage_recon_smoke.mp4")
FIRST = 60  # frame; the first second of a clip is often a title
VEHICLES = 8
FRAME_RATE = 25
PRESETS = (
    ("ultrafast", 23),
    ("superfast", 23),
    ("superfast", 24),
    ("superfast", 25),
    ("veryfast", 21),
    ("veryfast", 23),
    ("veryfast", 25),
    ("faster", 23),
)
THREADS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Encoded:
    """What encoding a clip's frames came to; times in milliseconds a frame."""

    processor_ms: float
    wall_ms: float
    kilobytes_s: float
    psnr_db: float
    ssim: float
    sha256: str


def drawn_frames(clip: Path, first: int, count: int) -> list[Image]:
    """Frames of a clip with findings drawn into them."""
    with ClipReader(clip) as reader:
        report, records = scene(reader.info.width, reader.info.height, VEHICLES)
        painter, frames = FramePainter(report), []
        for frame in reader:
            if first <= frame.index < first + count:
                painter.draw(frame.image, records[frame.index - first])
                frames.append(frame.image)
            elif frame.index >= first:
                break
    return frames


def encode(frames: Sequence[Image], options: dict[str, str], threads: int = 0) -> Encoded:
    """Encode frames of even sides with x264; 0 threads leaves their number to it."""
    height, width = frames[0].shape[:2]
    planes = [np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420), np.uint8) for frame in frames]
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=FRAME_RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = threads
        wall, processor = time.perf_counter(), time.process_time()
        for picture in planes:
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        output.mux(stream.encode(None))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    file.seek(0)
    with av.open(file) as container:
        decoded = [frame.to_ndarray()[:height] for frame in container.decode(video=0)]
    pairs = [(picture[:height], one) for picture, one in zip(planes, decoded, strict=True)]
    error = float(np.mean([np.mean((one.astype(np.float32) - other) ** 2) for one, other in pairs]))
    return Encoded(
        processor_ms=round(1000 * processor / len(frames), 2),
        wall_ms=round(1000 * wall / len(frames), 2),
        kilobytes_s=round(len(file.getvalue()) / 1000 / (len(frames) / FRAME_RATE)),
        psnr_db=round(10 * np.log10(255**2 / max(error, 1e-9)), 2),
        ssim=round(float(np.mean([ssim(*pair) for pair in pairs[::5]])), 4),
        sha256=hashlib.sha256(file.getvalue()).hexdigest(),
    )


def ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Structural similarity of two grey pictures, from -1 to 1, with the paper's window and constants."""

    def mean(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5), np.float32)

    a, b = one.astype(np.float32), other.astype(np.float32)
    mean_a, mean_b = mean(a), mean(b)
    varies_a, varies_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    together = mean(a * b) - mean_a * mean_b
    bright, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_a * mean_b + bright) * (2 * together + contrast)
    return float((likeness / ((mean_a**2 + mean_b**2 + bright) * (varies_a + varies_b + contrast))).mean())


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, help="the folder with the real clips")
    folder = parser.parse_args().clips
    cv2.setNumThreads(1)
    table = Table("clip", "preset", "crf", "threads", "processor ms", "wall ms", "kB/s", "PSNR dB", "SSIM", "bytes")
    results: dict[str, dict[str, dict[str, object]]] = {}
    for name in CLIPS:
        frames = drawn_frames(folder / name, FIRST, FRAMES)
        ways = [(preset, crf, 0) for preset, crf in PRESETS]
        ways += [(X264.options["preset"], int(X264.options["crf"]), threads) for threads in THREADS]
        results[name] = {}
        for preset, crf, threads in ways:
            found = encode(frames, X264.options | {"preset": preset, "crf": str(crf)}, threads)
            row = asdict(found) | {"sha256": found.sha256[:8]}
            results[name][f"{preset} {crf} threads {threads or 'auto'}"] = row
            table.add_row(name, preset, str(crf), str(threads or "auto"), *map(str, row.values()))
    Console(width=120).print(table)
    write_results("encoding", {"frames": FRAMES, "first": FIRST, "clips": results})


if __name__ == "__main__":
    main()
