"""How right the events of smoke and fire are, beside a threshold on single frames and a plain colour rule.

    python -m benchmarks.events ../shared

Reads the val pictures of datasets/frame_labels.csv and the clips of clips/truth.json, and house_fire.mp4; prints tables
and writes benchmarks/results/events.json. Every frame is looked at once; rates and methods are compared on these looks.
The thresholds of the colour rule are chosen on val as those of the network are. Constants of the vote and the cue were
chosen on these clips: what is said of the clips is no held-out figure.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.event_footage import Footage, Ranges, colour_ranges, event_ranges, events, single_frame_ranges, watch
from benchmarks.event_pictures import clear_thresholds, colour_scores, colourless, network_scores, score_pictures
from benchmarks.real_clips import frames_of, of_truth
from benchmarks.results import write_results
from detector import analyze, load_network
from detector.analysis import SMOKE_FIRE_EVERY_S, Networks
from detector.model_card import ModelCard
from models.calibration import CLEAR_FLAGGED
from models.truth import FRAMES, read_picture, smoke_fire_truth

CLEAR_CLIPS = (
    "ground_apc1.mp4", "ground_lav1.mp4", "ground_tank2.mp4", "convoy_oblique.mp4", "montage_mtlb.mp4"
)  # fmt: skip
HOUSE_FIRE = "house_fire.mp4"  # flames stand in two windows from the first frame on
RATES = ((0.1, True), (0.2, True), (0.2, False), (0.3, True), (0.4, True), (0.6, True))  # seconds, with the cue
COST_S = 2.0  # of each clip
KINDS = ("smoke", "fire")
PICTURE_KEYS = ("average_precision", "recall", "clear_flagged")


@dataclass(frozen=True)
class ClipScore:
    """What one method makes of all clips.

    Attributes:
        hit, ranges: true ranges of a second or more, and how many of them some flagged range touches.
        common, either: frames that are flagged and truly so, and frames that are one or the other; kinds apart.
        false_events: flagged ranges in clips that show neither.
        house_fire_s: seconds from the first frame of house_fire, which shows flames, to the first flagged one.
    """

    hit: int
    ranges: int
    common: int
    true: int
    either: int
    false_events: int
    house_fire_s: float | None

    def figures(self) -> dict[str, Any]:
        return {
            "ranges_hit": self.hit,
            "ranges": self.ranges,
            "overlap": round(self.common / self.either, 3) if self.either else None,
            "recall": round(self.common / self.true, 3) if self.true else None,
            "false_events": self.false_events,
            "house_fire_s": self.house_fire_s,
        }


def score_clips(
    footage: Sequence[Footage], truths: Mapping[str, Any], flagged: Callable[[Footage], Mapping[str, Ranges]]
) -> ClipScore:
    """Score one method; `truths` is what `of_truth` makes of truth.json, by file."""
    total = ClipScore(0, 0, 0, 0, 0, 0, None)
    for clip in footage:
        found = flagged(clip)
        if clip.name == HOUSE_FIRE:
            first = min((start for ranges in found.values() for start, _ in ranges), default=None)
            total = replace(total, house_fire_s=None if first is None else round(first / clip.frame_rate, 2))
            continue
        if clip.name in CLEAR_CLIPS:
            total = replace(total, false_events=total.false_events + sum(len(ranges) for ranges in found.values()))
        for kind, ranges in found.items():
            mine, theirs = frames_of(ranges), frames_of(truths[clip.name][kind])
            long = [r for r in truths[clip.name][kind] if r[1] - r[0] + 1 >= clip.frame_rate]
            total = replace(
                total,
                hit=total.hit + sum(any(a <= end and b >= start for a, b in ranges) for start, end in long),
                ranges=total.ranges + len(long),
                common=total.common + len(mine & theirs),
                true=total.true + len(theirs),
                either=total.either + len(mine | theirs),
            )
    return total


class Timed:
    """A network that knows how long it was looked through."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self.seconds = 0.0
        self.looks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def detect(self, images: Sequence[NDArray[np.uint8]], **settings: Any) -> Any:
        started = time.perf_counter()
        found = self._network.detect(images, **settings)
        self.seconds += time.perf_counter() - started
        self.looks += len(images)
        return found


def cost(clips: Sequence[Path], networks: Networks) -> dict[str, Any]:
    """Time of the smoke and fire network beside that of the vehicle network, which looks at every frame."""
    rows = {}
    for clip in clips:
        vehicles, smoke_fire = Timed(networks.vehicles), Timed(networks.smoke_fire)
        analyze(clip, networks=Networks(vehicles, smoke_fire), every=1, to_s=COST_S)  # type: ignore[arg-type]
        rows[clip.name] = {
            "vehicle_looks": vehicles.looks,
            "smoke_fire_looks": smoke_fire.looks,
            "share_of_vehicle_time": round(smoke_fire.seconds / vehicles.seconds, 3),
        }
    return rows


def methods(
    card: ModelCard, name: str, colour_thresholds: Mapping[str, float]
) -> dict[str, Callable[[Footage], Mapping[str, Ranges]]]:
    """The ways to flag that are compared, at one of the two operating points."""
    threshold = card.thresholds[name]
    return {
        "events": lambda clip: event_ranges(events(clip, card, threshold, SMOKE_FIRE_EVERY_S)),
        "single frames": lambda clip: single_frame_ranges(clip, card, threshold, SMOKE_FIRE_EVERY_S),
        "colour rule": lambda clip: colour_ranges(clip, colour_thresholds),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def printed(results: Mapping[str, Any]) -> str:
    """The tables of all that was measured."""
    pictures = [
        [name, method, *(found[kind][key] for kind in KINDS for key in PICTURE_KEYS), *found["look_alikes"].values()]
        for name, by_method in results["pictures"].items()
        for method, found in by_method.items()
    ]
    clips = [
        [name, method, *found.values()]
        for name, by_method in results["clips"].items()
        for method, found in by_method.items()
    ]
    clip_head = ("ranges hit", "of", "overlap", "recall", "false events", "house_fire from, s")
    return "\n\n".join(
        [
            table(
                [
                    "point",
                    "method",
                    *(f"{kind} {key}" for kind in KINDS for key in PICTURE_KEYS),
                    "look-alikes",
                    "flagged",
                ],
                pictures,
            ),
            table(["point", "method", *clip_head], clips),
            table(["a look every", *clip_head], [[name, *found.values()] for name, found in results["rates"].items()]),
            table(
                ["clip", "vehicle looks", "smoke and fire looks", "share of the time"],
                [[name, *found.values()] for name, found in results["cost"].items()],
            ),
            f"monochrome: {results['monochrome']}",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder with datasets/ and clips/")
    shared = parser.parse_args().shared
    network = load_network("smoke_fire", "cpu")
    card = network.card
    results: dict[str, Any] = {"network": {"name": card.name, "sha256": card.sha256}, "pictures": {}, "clips": {}}

    truths = smoke_fire_truth(shared / "datasets", FRAMES)
    pictures = [read_picture(truth.picture) for truth in truths]
    by_network, by_colour = network_scores(network, pictures), colour_scores(pictures)
    results["monochrome"] = colourless(pictures)
    clip_truths = {clip["file"]: of_truth(clip) for clip in json.loads((shared / "clips" / "truth.json").read_text())}
    footage = []
    for clip_name in [*clip_truths, HOUSE_FIRE]:
        print(f"looking at {clip_name}", flush=True)
        footage.append(watch(shared / "clips" / clip_name, network))

    for name, share in CLEAR_FLAGGED.items():
        colour = clear_thresholds(truths, by_colour, share)
        results["pictures"][name] = {
            "network": score_pictures(truths, by_network, card.thresholds[name].frame),
            "colour rule": score_pictures(truths, by_colour, colour),
        }
        results["clips"][name] = {
            method: score_clips(footage, clip_truths, flagged).figures()
            for method, flagged in methods(card, name, colour).items()
        }
    typical = card.threshold("typical")
    results["rates"] = {
        f"{every_s:g} s, {'with' if cue else 'without'} cue": score_clips(
            footage, clip_truths, lambda clip, e=every_s, c=cue: event_ranges(events(clip, card, typical, e, c))
        ).figures()
        for every_s, cue in RATES
    }
    results["cost"] = cost([shared / "clips" / clip.name for clip in footage], Networks.load("cpu"))
    results["events"] = {
        clip.name: [
            [event.kind, event.start, event.end, event.score, event.confidence]
            for event in events(clip, card, typical, SMOKE_FIRE_EVERY_S)
        ]
        for clip in footage
    }
    print(printed(results))
    write_results("events", results)


if __name__ == "__main__":
    main()
