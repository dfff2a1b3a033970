"""Does a frame cost more in a long clip, or with many vehicles in it? A part of `benchmarks.speed`.

A rendered clip at 1080p is analysed as it is and repeated ten times over, and with 5 to 100 vehicles. The vehicles are
not drawn: the network looks at every picture it is asked to look at, and its answer is replaced by boxes that drive,
jitter, are missed now and then, with weak ones beside them. For the length no network looks at all, so that what may
grow is not hidden under what cannot.

    python -m benchmarks.speed_growth CLIP --vehicles 20 --threads 2 [--blind]

is one side, which waits for its turns.
"""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.frame_cost import Known, traffic
from benchmarks.speed_clips import clip_of, write_repeated
from benchmarks.speed_stages import time_stages
from benchmarks.speed_turns import Rounds, Stopwatch, Work, pin_threads, serve, take_turns
from detector import analyze
from detector.analysis import Networks
from detector.clip import ClipReader
from detector.detections import Detections
from detector.model import Network

CLIP = "rendered_1080p_h264"
FRAMES = 96  # of the clip: forth and back twice, so that nothing leaps where it begins again
TIMES_LONGER = 10
VEHICLES = (5, 20, 50, 100)
SIZE_PX = 640


class Replaced(Known):
    """A network that takes its time, and whose answers are others."""

    def __init__(self, network: Network, found: Sequence[Detections], width_px: int) -> None:
        super().__init__("fast", found, width_px)
        self.device = network.device
        self._network = network

    def detect(self, images: Sequence[NDArray[np.uint8]], **settings: Any) -> list[Detections]:
        self._network.detect(images, **settings)
        return super().detect(images, **settings)


def side(clip: Path, vehicles: int, blind: bool) -> Work:
    """The whole analysis of a clip in which so many vehicles are found."""
    with ClipReader(clip) as reader:
        size, frames = (reader.info.width, reader.info.height), sum(1 for _ in reader)
    found = traffic(frames, size, vehicles)
    opened = None if blind else Networks.load("auto")

    def work(watch: Stopwatch) -> int:
        if opened is None:
            networks = Networks(Known("fast", found, size[0]), Known("smoke_fire", (), size[0]))  # type: ignore[arg-type]
        else:
            networks = Networks(Replaced(opened.vehicles, found, size[0]), opened.smoke_fire)  # type: ignore[arg-type]
        watch.restart()
        return analyze(clip, networks=networks, size=SIZE_PX).input.frames_decoded

    return work


def growth(cache: Path, threads: int, rounds: int) -> dict[str, Any]:
    """Milliseconds a frame by length and by vehicles, and how many times that of the first each is."""
    clip = clip_of(CLIP, FRAMES, cache, cache)
    assert clip is not None  # it is rendered
    longer = cache / f"{CLIP}_{FRAMES}x{TIMES_LONGER}.mp4"
    if not longer.exists():
        write_repeated(clip, longer, TIMES_LONGER)
    started = {
        "once": command(clip, VEHICLES[1], threads, "--blind"),
        "ten times": command(longer, VEHICLES[1], threads, "--blind"),
        **{str(vehicles): command(clip, vehicles, threads) for vehicles in VEHICLES},
    }
    found, _ = take_turns(started, threads, rounds)
    return {
        "length": compared(found, ["once", "ten times"]),
        "vehicles": compared(found, [str(vehicles) for vehicles in VEHICLES]),
    }


def command(clip: Path, vehicles: int, threads: int, *options: str) -> list[str]:
    module = [sys.executable, "-m", "benchmarks.speed_growth", str(clip)]
    return [*module, "--vehicles", str(vehicles), "--threads", str(threads), *options]


def compared(rounds: Rounds, sides: Sequence[str]) -> dict[str, Any]:
    """Of each side its frames, wall milliseconds a frame with and without the networks, and peak memory; then the
    medians over the rounds of the last against the first.
    """

    def wall_ms(side: str, of_networks: bool = True) -> list[float]:
        turns = [each[side] for each in rounds]
        left_out = [0.0 if of_networks else _of_networks_s(turn.stages_s) for turn in turns]
        return [1000 * (turn.wall_s - less) / turn.frames for turn, less in zip(turns, left_out, strict=True)]

    def times(of_networks: bool) -> float:
        pairs = zip(wall_ms(sides[-1], of_networks), wall_ms(sides[0], of_networks), strict=True)
        return round(statistics.median(last / first for last, first in pairs), 2)

    rows = {
        side: {
            "frames": rounds[0][side].frames,
            "wall_ms": round(statistics.median(wall_ms(side)), 2),
            "without_networks_ms": round(statistics.median(wall_ms(side, of_networks=False)), 2),
            "peak_mib": round(rounds[-1][side].peak_mib),
        }
        for side in sides
    }
    return {"rows": rows, "times": times(True), "times_without_networks": times(False)}


def _of_networks_s(stages_s: Mapping[str, float]) -> float:
    return sum(seconds for stage, seconds in stages_s.items() if stage.endswith("network"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--vehicles", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--blind", action="store_true", help="no network looks")
    given = parser.parse_args()
    pin_threads(given.threads)
    clock = time_stages()
    serve(side(given.clip, given.vehicles, given.blind), {}, clock.spent_s)


if __name__ == "__main__":
    main()
