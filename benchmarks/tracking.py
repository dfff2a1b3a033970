"""Which tracker keeps identities best, and how well ours does on real pictures?

    python -m benchmarks.tracking            # prints tables, writes benchmarks/results/tracking.json

Published boxes, disturbed as a detector would, go to every candidate that is installed (see
benchmarks.tracking_candidates); then convoy_oblique with the released network and kit_ais with human boxes, both with
the camera's motion told from the pictures (benchmarks.tracking_footage); then what many boxes cost. Needs the tracking
truth beside the repository and `pip install trackers` for the measures, in an environment of its own. Times are
processor time.
"""

import importlib.util
import logging
import platform
import sys
import time
import warnings
from collections.abc import Sequence as Several
from typing import Any

import numpy as np

from benchmarks.results import write_results
from benchmarks.tracking_candidates import HIGH_SCORE, LOW_SCORE, finished, libraries, of_pieces, own
from benchmarks.tracking_footage import aerial_figures, convoy_figures
from benchmarks.tracking_load import load_figures
from benchmarks.tracking_measures import MEASURES, measure, summed
from benchmarks.tracking_truth import (
    AERIAL,
    CONVOY,
    CONVOY_CLIP,
    DRONE,
    MOST_FRAMES,
    Sequence,
    as_detections,
    disturb,
    drone_sequences,
    read_sequence,
)
from detector.detections import Detections
from detector.tracklets import Tracklet

SEEDS = (0, 1, 2)
RIVALS = ("trackers ByteTrack", "trackers OC-SORT", "trackers BoT-SORT")

Figures = dict[str, Any]


def compare(sequences: list[Sequence], given: dict[str, list[Detections]]) -> dict[str, Figures]:
    """Every candidate over all sequences, with and without our last step: measures over all, and HOTA of each."""
    rows: dict[str, Figures] = {}
    frames = sum(len(sequence.frames) for sequence in sequences)

    def add(name: str, seconds: float, pieces: dict[str, list[Tracklet]]) -> None:
        parts = [measure(s, of_pieces(pieces[s.name], s.frames[0])) for s in sequences]
        each = {s.name: summed([part])["HOTA"] for s, part in zip(sequences, parts, strict=True)}
        rows[name] = {"ms_a_frame": round(1000 * seconds / frames, 2), **summed(parts), "each": each}

    candidates = {"own": lambda boxes: own(boxes, True), "own, filled boxes left out": lambda boxes: own(boxes, False)}
    for name, track in (candidates | libraries()).items():
        started = time.process_time()
        pieces = {s.name: track(given[s.name]) for s in sequences}
        seconds = time.process_time() - started
        add(name, seconds, pieces)
        if name not in candidates:
            whole = {s.name: finished(pieces[s.name], len(s.frames)) for s in sequences}
            add(name + " + our last step", seconds, whole)
    return rows


def over_seeds(rows_of_seeds: Several[dict[str, Figures]]) -> dict[str, Figures]:
    """Mean and standard deviation of every measure of every candidate; HOTA of each sequence as its mean."""
    whole: dict[str, Figures] = {}
    for name, first in rows_of_seeds[0].items():
        rows = [rows[name] for rows in rows_of_seeds]
        figures: Figures = {}
        for key in (*MEASURES, "ms_a_frame"):
            values = [row[key] for row in rows]
            figures[key] = round(float(np.mean(values)), 2)
            figures[key + "_deviation"] = round(float(np.std(values)), 2)
        figures["each"] = {key: round(float(np.mean([row["each"][key] for row in rows])), 2) for key in first["each"]}
        whole[name] = figures
    return whole


def lead(rows: dict[str, Figures]) -> Figures:
    """HOTA points by which ours is ahead of the best of the rivals, over all and at its worst sequence."""
    there = [rows[name] for name in RIVALS if name in rows]
    best = max(there, key=lambda row: row["HOTA"])
    each = {
        name: round(hota - max(row["each"][name] for row in there), 2) for name, hota in rows["own"]["each"].items()
    }
    return {"HOTA": round(rows["own"]["HOTA"] - best["HOTA"], 2), "each": each}


def compare_disturbed(title: str, sequences: list[Sequence]) -> Figures:
    """The comparison with misses scattered and in runs, over all seeds, printed."""
    figures: Figures = {}
    for kind, in_runs in (("misses scattered", False), ("misses in runs", True)):
        print(f"\n{title}, {kind}: mean of {len(SEEDS)} seeds, in brackets the deviation of HOTA\n")
        rows = over_seeds(
            [
                compare(sequences, {s.name: disturb(s, 100 * seed + n, in_runs) for n, s in enumerate(sequences)})
                for seed in SEEDS
            ]
        )
        print_table(rows)
        figures[kind] = {"candidates": rows, "lead": lead(rows)}
        print(f"\nahead of the best of {', '.join(RIVALS)}: {figures[kind]['lead']}")
    return figures


def print_table(rows: dict[str, Figures]) -> None:
    print(f"| candidate | {' | '.join(MEASURES)} | ms a frame |\n|---{'|---' * len(MEASURES)}|---|")
    for name, row in rows.items():
        cells = [f"{row['HOTA']:.1f} ({row['HOTA_deviation']:.1f})"] + [f"{row[key]:.1f}" for key in MEASURES[1:]]
        print(f"| {name} | {' | '.join(cells)} | {row['ms_a_frame']:.2f} |", flush=True)


def clean(sequences: list[Sequence]) -> Figures:
    """Ours on the true boxes themselves."""
    answers = [of_pieces(own(as_detections(s), True), s.frames[0]) for s in sequences]
    return summed([measure(s, answer) for s, answer in zip(sequences, answers, strict=True)])


def main() -> int:
    """Exit code 2 if something is missing."""
    if not all(place.exists() for place in (DRONE, AERIAL, CONVOY, CONVOY_CLIP)):
        print("the truth is missing: put shared/tracking and shared/clips beside the repository", file=sys.stderr)
        return 2
    if not importlib.util.find_spec("trackers"):
        print("the measures are missing: pip install trackers, in an environment of its own", file=sys.stderr)
        return 2
    logging.getLogger("norfair").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="trackers|supervision")
    sets = {"uavdt": drone_sequences(), "convoy_oblique": [read_sequence(CONVOY, "convoy_oblique")]}
    report: Figures = {"python": platform.python_version(), "most_frames": MOST_FRAMES, "seeds": len(SEEDS)}
    report |= {"high_score": HIGH_SCORE, "low_score": LOW_SCORE}
    report["clean"] = {name: clean(sequences) for name, sequences in sets.items()}
    print("clean boxes:", report["clean"])
    for name, sequences in sets.items():
        report[name] = compare_disturbed(name, sequences)
    report["kit_ais, human boxes"] = aerial_figures()
    report["convoy_oblique, released network"] = convoy_figures()
    report["many boxes"] = load_figures()
    write_results("tracking", report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
