"""Does the process grow? An hour of one clip, and many clips one after the other, in one process.

    python -m benchmarks.long_runs                          # 60 minutes of 1080p, then 200 clips
    python -m benchmarks.long_runs --minutes 2 --clips 10   # a short run

The hour is rendered, nearly still, with twenty vehicles, and looked at by networks that take no time: what may grow
with the length is the reader, the stages and the records, not the networks, which hold nothing from one frame to the
next. The many clips go through the released networks and the whole of `analyse_into`, without the video. Resident
memory, open files and threads are sampled on the way; the slope is that of a straight line through the later half of
the samples. Writes benchmarks/results/long_runs.json; what is asked for with 0 keeps the figures it has there.
"""

import argparse
import itertools
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import results
from benchmarks.frame_cost import Known, traffic
from benchmarks.results import read_results, write_results
from benchmarks.speed_clips import write_repeated
from detector.analysis import Networks
from detector.one_clip import Request, analyse_into

SIZE = (1920, 1080)
FRAME_RATE = 25
RENDERED_MINUTES = 2
SHOT_S = 20  # a cut after so many seconds, as in edited clips
SAMPLES = 40
SMALL, SMALL_FRAMES = (320, 180), 25
OPTIONS = Request(
    video=False, formats=("csv",), classes=None, threshold="typical", confidence=None, size="auto", every="auto",
    from_s=None, to_s=None, overwrite=True,
)  # fmt: skip


@contextmanager
def show_nothing(doing: str) -> Iterator[Callable[[int, int | None], None]]:
    """As little progress as can be shown."""
    yield lambda done, expected: None


@dataclass(frozen=True)
class Sample:
    """What the process holds at one moment; `done` are frames or clips."""

    done: int
    resident_mb: float
    open_files: int
    threads: int


def sample(done: int) -> Sample:
    """Taken from /proc, so on Linux only."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    threads = len(os.listdir("/proc/self/task"))
    return Sample(done, round(pages * resource.getpagesize() / 1e6, 1), len(os.listdir("/proc/self/fd")), threads)


class Repeating(Known):
    """Stands for a network that takes no time: the same traffic in every shot."""

    def __init__(self, name: str) -> None:
        super().__init__(name, traffic(SHOT_S * FRAME_RATE, SIZE), SIZE[0])
        self._found = itertools.cycle(self._found)


class Samples:
    """Taken while a clip is looked at, every so many frames, and when all of it is done."""

    def __init__(self, every: int) -> None:
        self._every = every
        self.taken: list[Sample] = []

    @contextmanager
    def show(self, doing: str) -> Iterator[Callable[[int, int | None], None]]:
        """Stands for the display of progress."""

        def tell(done: int, expected: int | None) -> None:
            if doing == "looking" and done % self._every == 0:
                self.taken.append(sample(done))

        yield tell


def write_hour(path: Path, minutes: float) -> None:
    """What was rendered, over and over until so many minutes are full."""
    rendered = path.with_name("rendered.mp4")
    write_shots(rendered, round(min(minutes, RENDERED_MINUTES) * 60 * FRAME_RATE))
    write_repeated(rendered, path, max(1, round(minutes / RENDERED_MINUTES)))


def write_shots(path: Path, frames: int) -> None:
    """1080p H.264 with a cut now and then; each shot is a still ground under a slow pan."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FRAME_RATE, options={"preset": "ultrafast", "crf": "30"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for frame in range(frames):
            if frame % (SHOT_S * FRAME_RATE) == 0:
                ground = _ground(frame)
            left = frame % (SHOT_S * FRAME_RATE) // 2
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(ground[:, left : left + SIZE[0]]), format="bgr24")
            picture.pts, picture.time_base = frame, Fraction(1, FRAME_RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _ground(seed: int) -> NDArray[np.uint8]:
    rough = np.random.default_rng(seed).integers(30, 160, (SIZE[1] // 24, SIZE[0] // 16, 3), np.uint8)
    return np.asarray(cv2.resize(rough, (SIZE[0] + SHOT_S * FRAME_RATE, SIZE[1])), np.uint8)


def one_long_clip(minutes: float) -> dict[str, Any]:
    """A clip of so many minutes."""
    with tempfile.TemporaryDirectory() as place:
        clip = Path(place) / "hour.mp4"
        write_hour(clip, minutes)
        networks = Networks(Repeating("fast"), Known("smoke_fire", (), SIZE[0]))  # type: ignore[arg-type]
        samples = Samples(max(1, round(minutes * 60 * FRAME_RATE / SAMPLES)))
        before, started = sample(0), time.monotonic()
        report = analyse_into(clip, Path(place) / "out", networks, OPTIONS, samples.show).report
        seconds = time.monotonic() - started
        peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
    found = {"frames": report.input.frames_decoded, "shots": len(report.shots), "tracks": len(report.tracks)}
    ends = {"before": asdict(before), "after": asdict(sample(report.input.frames_decoded)), "peak_mb": peak_mb}
    return {**found, "seconds": round(seconds), **ends, **growth(samples.taken, "1000 frames", 1000)}


def many_clips(count: int) -> dict[str, Any]:
    """So many clips of a second through the released networks."""
    networks = Networks.load("cpu")
    samples = []
    with tempfile.TemporaryDirectory() as place:
        for number in range(count):
            clip = Path(place) / "clip.mp4"
            write_small(clip, number)
            analyse_into(clip, Path(place) / "out", networks, OPTIONS, show_nothing)
            samples.append(sample(number + 1))
    return {"clips": count, **growth(samples, "100 clips", 100)}


def write_small(path: Path, seed: int) -> None:
    """A second of a ground with grain, another for each seed."""
    ground = cv2.resize(_ground(seed), SMALL)
    random = np.random.default_rng(seed)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FRAME_RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SMALL, "yuv420p"
        for _ in range(SMALL_FRAMES):
            grainy = np.clip(ground + random.normal(0, 3, ground.shape), 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grainy, format="bgr24")))
        container.mux(stream.encode(None))


def growth(samples: Sequence[Sample], unit: str, per: int) -> dict[str, Any]:
    """The samples, and how much is added for so many frames or clips in their later half."""
    later = samples[len(samples) // 2 :]
    done = [each.done for each in later]
    slopes = {
        name: round(float(np.polyfit(done, [getattr(each, name) for each in later], 1)[0]) * per, 3)
        for name in ("resident_mb", "open_files", "threads")
    }
    return {f"growth_per_{unit.replace(' ', '_')}": slopes, "samples": [asdict(each) for each in samples]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clips", type=int, default=200)
    chosen = parser.parse_args()
    figures = {}
    if chosen.clips:
        figures["many_clips"] = many_clips(chosen.clips)
    if chosen.minutes:
        figures["one_long_clip"] = one_long_clip(chosen.minutes)
    kept = read_results("long_runs") if (results.FOLDER / "long_runs.json").exists() else {}
    write_results("long_runs", {**kept, **figures})
    for name, found in figures.items():
        print(name, {key: value for key, value in found.items() if key != "samples"})


if __name__ == "__main__":
    main()
