"""How often the vehicle network has to look: accuracy against its time, over input sizes and frames between looks.

    python -m benchmarks.look_schedule ../shared/clips

Looks at every frame in every size once, then plays each way of looking over what was found: what is not looked at is
withheld. Shots, camera motion and networks are the released ones; smoke and fire are left out. Prints a table and
writes benchmarks/results/look_schedule.json. HOTA of convoy_oblique needs `pip install trackers`, as for tracking.
Times are processor time of the network alone.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.counting import agreement, compare
from benchmarks.real_clips import of_truth
from benchmarks.results import write_results
from detector.clip import ClipReader
from detector.counting import count_clip
from detector.detections import Detections
from detector.frame import Frame
from detector.frame_records import FrameRecord
from detector.input_size import CLOSE_UP_PX, sizes_to_try
from detector.look_schedule import EveryChoice
from detector.looks import vehicles_seen
from detector.model import Network, load_network
from detector.model_card import ModelCard
from detector.motion import CameraMotion, CameraMotionEstimator
from detector.observations import Observation, Observations
from detector.report_assembly import shot_summaries
from detector.scaled_looks import found_in
from detector.settled_shot import settled
from detector.shot_findings import (
    LOW_SCORE_SHARE,
    Looking,
    ShotFindings,
    frame_records,
    understand_shot,
)
from detector.shots import ShotFinder, ShotSpan
from detector.small_pictures import with_small_pictures
from detector.timecode import Timecode
from detector.track_store import TrackStore

EVERY: tuple[EveryChoice, ...] = (1, 2, 3, 5, 8, "auto")
SIZES_PX = (CLOSE_UP_PX, 640, 1280)
SIZES: tuple[Any, ...] = (*SIZES_PX, "auto")
CONVOY = "convoy_oblique.mp4"
ASSUMED_FRAME_RATE = 25.0


@dataclass(frozen=True)
class Picture:
    """One frame with all that could be found in it; `found` by input size."""

    time: Timecode
    small: NDArray[np.uint8]
    motion: CameraMotion
    found: Mapping[int, Detections]


@dataclass(frozen=True)
class Recorded:
    """A clip looked at in full; `size_px` is width and height."""

    size_px: tuple[int, int]
    pictures: Sequence[Picture]
    spans: Sequence[ShotSpan]


@dataclass(frozen=True)
class Played:
    """What one way of looking finds: shots, frame records, frames looked at, and looks by input size."""

    findings: list[ShotFindings]
    records: list[FrameRecord]
    frames_looked_at: int
    looks: dict[int, int]


@dataclass(frozen=True)
class Unseen:
    """Stands for a picture that nobody needs any more."""

    width: int
    height: int

    @property
    def image(self) -> NDArray[np.uint8]:
        return np.zeros((1, 1, 3), np.uint8)

    def scaled(self, width: int, height: int) -> "Unseen":
        return self


class Replay:
    """Stands for the `Network` of a recorded clip; `frame` is set from outside."""

    def __init__(self, card: ModelCard, pictures: Sequence[Picture]) -> None:
        self.card, self.classes, self.frame = card, card.classes, 0
        self.looked: list[tuple[int, int]] = []  # frame, size
        self._pictures = pictures

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float = 0.0, size_px: int = 0
    ) -> list[Detections]:
        self.looked.append((self.frame, size_px))
        return [self._pictures[self.frame].found[size_px].above(confidence) for _ in images]


def record(clip: Path, network: Network) -> Recorded:
    """Look at every frame of a clip in every size."""
    floor = LOW_SCORE_SHARE * network.card.threshold().confidence
    motion, pictures = CameraMotionEstimator(), []
    with ClipReader(clip) as reader:
        for frame, small in with_small_pictures(reader):
            moved = motion.update(small.halved, frame.picture.width)
            found = {px: found_in(frame.picture, network, confidence=floor, size_px=px) for px in SIZES_PX}
            pictures.append(Picture(frame.time, small.thumbnail, moved, found))
        rate = float(reader.info.frame_rate or ASSUMED_FRAME_RATE)
        return Recorded((reader.info.width, reader.info.height), pictures, spans_of(pictures, rate))


def spans_of(pictures: Sequence[Picture], frame_rate: float) -> list[ShotSpan]:
    finder = ShotFinder(frame_rate)
    return [span for index, one in enumerate(pictures) for span in finder.update(index, one.small)] + finder.finish()


def play(recorded: Recorded, looking: Looking, card: ModelCard, size: Any, every: EveryChoice) -> Played:
    """Track and count a recorded clip as if it had been looked at so."""
    network = Replay(card, recorded.pictures)
    look = vehicles_seen(network, looking.confidence, sizes_to_try(size, card.size_px), every)  # type: ignore[arg-type]
    unseen = Unseen(*recorded.size_px)
    observations = []
    for network.frame, one in enumerate(recorded.pictures):
        frame = Frame(network.frame, one.time, unseen)
        found, used_px = look(frame, one.small, one.motion, LOW_SCORE_SHARE * looking.confidence)
        observations.append(Observation(network.frame, one.time.seconds, found, used_px, one.motion, False))
    findings: list[ShotFindings] = []
    for index, span in enumerate(recorded.spans):
        own = observations[span.start : span.end + 1]
        first_id = 1 + sum(len(shot.tracks) for shot in findings)
        findings.append(understand_shot(span, index, Observations(own), (), first_id, looking, recorded.size_px))
    records = [line for shot in findings for line in frame_records(shot, looking)]
    looks = {size_px: sum(px == size_px for _, px in network.looked) for size_px in SIZES_PX}
    return Played(findings, records, len({frame for frame, _ in network.looked}), looks)


def figures_of(name: str, recorded: Recorded, played: Played, looking: Looking, ms: Mapping[int, float]) -> Any:
    """Of one clip; `ms` is what one look costs by input size."""
    store = TrackStore()
    over = [settled(shot, index, looking, store) for index, shot in enumerate(played.findings)]
    shots, _ = shot_summaries(over, store, looking, max(recorded.size_px))
    counts, frames = count_clip(shots), len(recorded.pictures)
    figures: dict[str, Any] = {
        "share_looked_at": round(played.frames_looked_at / frames, 3),
        "network_ms_a_frame": round(sum(ms[px] * looks for px, looks in played.looks.items()) / frames, 1),
        "most_at_once": counts.most_at_once.vehicles,
        "distinct": [counts.distinct.low, counts.distinct.best, counts.distinct.high],
        "convoys": [[c.start, c.end, len(c.tracks)] for shot in played.findings for c in shot.convoys],
        "per_shot": [
            [s.start, s.end, s.most_at_once.vehicles, s.distinct.low, s.distinct.best, s.distinct.high, s.kind]
            for s in shots
        ],
    }
    if name == CONVOY and importlib.util.find_spec("trackers"):
        figures |= hota(played.records)
    return figures


def hota(records: Sequence[FrameRecord]) -> dict[str, float]:
    """HOTA of convoy_oblique, over all frames, of all vehicles and of those wider than 18 px."""
    from benchmarks.tracking_footage import WIDE_PX
    from benchmarks.tracking_measures import measure, summed
    from benchmarks.tracking_truth import CONVOY as TRUTH
    from benchmarks.tracking_truth import read_sequence, wider_than

    truth = read_sequence(TRUTH, "convoy_oblique", most_frames=10_000)
    answer = {r.frame + 1: [(box.track, np.array(box.xyxy)) for box in r.boxes] for r in records}
    of = {"hota": truth, "hota_wide": wider_than(truth, WIDE_PX)}
    return {name: round(summed([measure(boxes, answer)])["HOTA"], 1) for name, boxes in of.items()}


def look_costs_ms(network: Network, repeats: int = 5) -> dict[int, float]:
    """Processor time of one look at a 16:9 picture by input size, the median."""
    image = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    costs: dict[int, float] = {}
    for size_px in SIZES_PX:
        took = []
        for _ in range(repeats + 1):
            started = time.process_time()
            network.detect([image], size_px=size_px)
            took.append(1000 * (time.process_time() - started))
        costs[size_px] = round(float(np.median(took[1:])), 1)
    return costs


def looking_of(card: ModelCard) -> Looking:
    confidence = card.threshold().confidence
    return Looking(card.classes, None, confidence, confidence, (), 1.0, {})


def compare_ways(
    clips: Mapping[str, Recorded], truths: Mapping[str, Any], card: ModelCard, ms: Mapping[int, float], sizes: Any,
    steps: Any, tell: Callable[[str], None],
) -> list[dict[str, Any]]:  # fmt: skip
    """One row for every size and number of frames between looks."""
    looking, rows = looking_of(card), []
    tell("| size | every | looked at | network ms a frame | exact | within one | in range | width | HOTA, wide |")
    tell("|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        for every in steps:
            of_clip = {}
            for name, recorded in clips.items():
                played = play(recorded, looking, card, size, every)
                of_clip[name] = figures_of(name, recorded, played, looking, ms)
            kept = {name: {"truth": truths.get(name), "found": found} for name, found in of_clip.items()}
            counted = agreement([shot for shot in compare(kept) if shot.boundaries_found])
            frames = [len(recorded.pictures) for recorded in clips.values()]
            share, cost = (
                float(np.average([one[key] for one in of_clip.values()], weights=frames))
                for key in ("share_looked_at", "network_ms_a_frame")
            )
            row = {
                "size": size,
                "every": every,
                "share_looked_at": round(share, 3),
                "network_ms_a_frame": round(cost, 1),
            }
            told = {name: {key: one[key] for key in one if key != "per_shot"} for name, one in of_clip.items()}
            rows.append({**row, "counts": asdict(counted), "clips": told})
            convoy = of_clip.get(CONVOY, {})
            cells = [size, every, f"{share:.2f}", f"{cost:.1f}", f"{counted.at_once_exact} of {counted.shots}"]
            cells += [counted.at_once_within_one, counted.distinct_inside, counted.mean_width]
            cells += [f"{convoy.get('hota', '-')}, {convoy.get('hota_wide', '-')}"]
            tell("| " + " | ".join(map(str, cells)) + " |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with truth.json and its clips")
    folder = parser.parse_args().folder
    truths = {clip["file"]: of_truth(clip) for clip in json.loads((folder / "truth.json").read_text())}
    network = load_network("fast", "cpu")
    costs = look_costs_ms(network)
    clips = {name: record(folder / name, network) for name in truths}
    rows = compare_ways(clips, truths, network.card, costs, SIZES, EVERY, lambda line: print(line, flush=True))
    write_results("look_schedule", {"processor_ms_a_look": costs, "rows": rows})


if __name__ == "__main__":
    main()
