"""What does dividing one clip among processes (`detect CLIP --split`) save, and what stays to be done by one?

    python -m benchmarks.split [CLIP ...]    # the demo clip by default

Everything runs in this process, one after another and with one thread, so that processor seconds add up on a machine
that is busy otherwise: finding the cuts, looking at the parts, the pass over the whole clip that takes their answers,
and the same pass without them. The speed-up on N processes is worked out by Amdahl's law, each part with its share of
the looking; what a part takes to decode what lies before it is in `skipping_s`, the most that any process has to add.
Prints a table and writes benchmarks/results/split.json.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2

from benchmarks.results import write_results
from benchmarks.speed_machine import circumstances
from detector.analysis import Networks, analyze
from detector.batch.clip_task import NetworksNamed
from detector.clip import ClipReader
from detector.known_answers import KnownAnswers
from detector.limits import DEFAULT_LIMITS
from detector.split import Part, knowing, look_at_part
from detector.stretches import stretches
from tests.batch.requests import request

DEMO = Path("detector") / "demo" / "demo.mp4"
PARTS = 2
PROCESSES = (2, 8, 64)


def processor_s(do: Callable[[], Any]) -> tuple[float, Any]:
    """The processor time of this process that it took, and what came of it."""
    begun = time.process_time()
    value = do()
    return round(time.process_time() - begun, 2), value


def figures(clip: Path, networks: Networks) -> dict[str, Any]:
    """Of one clip, in processor seconds."""
    cuts_s, found = processor_s(lambda: stretches(clip, PARTS, None, None, DEFAULT_LIMITS, False, lambda: None))
    skipping_s, frames = processor_s(lambda: _decoded(clip))
    alone_s, _ = processor_s(lambda: analyze(clip, networks=networks))
    with TemporaryDirectory() as place:
        parts = [
            Part(clip, stretch, NetworksNamed("cpu", "fast", 1), request(), Path(place) / str(n))
            for n, stretch in enumerate(found)
        ]
        parts_s = [processor_s(lambda part=part: look_at_part(part, lambda _: None, networks))[0] for part in parts]
        answers = [KnownAnswers(part.answers) for part in parts]
        knows = knowing(networks, answers, None)
        last_s, _ = processor_s(lambda: analyze(clip, networks=knows))
        for each in answers:
            each.__exit__(None, None, None)
    one_process_s = cuts_s + last_s
    ahead_s = alone_s  # the looking and all beside it, which each process does for its part
    speed_up = {str(n): round(alone_s / (one_process_s + ahead_s / n + skipping_s * (n - 1) / n), 2) for n in PROCESSES}
    new = sum(network.looked for network in (knows.vehicles, knows.smoke_fire))  # type: ignore[union-attr]
    return {
        "frames": frames,
        "parts": len(parts),
        "alone_s": alone_s,
        "cuts_s": cuts_s,
        "skipping_s": skipping_s,
        "parts_s": parts_s,
        "last_pass_s": last_s,
        "looked_again": new,
        "serial_share": round(one_process_s / alone_s, 3),
        "speed_up": speed_up,
    }


def _decoded(clip: Path) -> int:
    with ClipReader(clip) as reader:
        return sum(1 for _ in reader)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="*", default=[DEMO])
    clips = parser.parse_args().clips
    cv2.setNumThreads(1)
    networks = Networks.load("cpu", threads=1)
    found = circumstances(threads=1) | {"clips": {clip.name: figures(clip, networks) for clip in clips}}
    print("| clip | one process | cuts | last pass | speed-up on " + ", ".join(map(str, PROCESSES)) + " |")
    print("|---|---|---|---|---|")
    for name, row in found["clips"].items():
        cells = [name, *(f"{row[key]:.1f} s" for key in ("alone_s", "cuts_s", "last_pass_s"))]
        print("| " + " | ".join([*cells, ", ".join(map(str, row["speed_up"].values()))]) + " |")
    write_results("split", found)


if __name__ == "__main__":
    main()
