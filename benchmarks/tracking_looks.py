"""What tracking loses where the network does not look at every frame, on boxes that are known.

    python -m benchmarks.tracking_looks      # prints a table, writes benchmarks/results/tracking_looks.json

The UAVDT sequences, their boxes as they are and disturbed as a detector would; what is not looked at is withheld. No
pictures come with the boxes, so nobody knows how the camera moved: `--every auto` then looks at every frame that shows
vehicles. How it would do if it took the camera to stand still, which it does not, is the last row. Needs the tracking
truth beside the repository and `pip install trackers`.
"""

import sys
from collections.abc import Sequence as Several
from typing import Any

import numpy as np

from benchmarks.results import write_results
from benchmarks.tracking_candidates import HIGH_SCORE, LOW_SCORE
from benchmarks.tracking_footage import answer_of
from benchmarks.tracking_measures import measure, summed
from benchmarks.tracking_truth import DRONE, Sequence, as_detections, disturb, drone_sequences
from detector.detections import Detections
from detector.look_schedule import EveryChoice, schedule
from detector.motion import UNKNOWN_MOTION, CameraMotion
from detector.tracking import Track, Tracker

FRAME_RATE = 30.0  # of UAVDT
SIZE_PX = 640
STILL = CameraMotion(np.eye(3), np.eye(2, 3, dtype=np.float32), known=True)
WAYS: tuple[tuple[str, EveryChoice, CameraMotion], ...] = (
    *((f"every {every}", every, UNKNOWN_MOTION) for every in (1, 2, 3)),
    ("auto", "auto", UNKNOWN_MOTION),
    ("auto, taking the camera to stand still", "auto", STILL),
)


def tracked(
    sequence: Sequence, given: Several[Detections], every: EveryChoice, motion: CameraMotion
) -> tuple[list[Track], int]:
    """The tracks of a sequence of which only some frames are looked at, and how many those are."""
    tracker, plan = Tracker(high_score=HIGH_SCORE, low_score=LOW_SCORE), schedule(every, HIGH_SCORE)
    picture_px, looks = (round(sequence.width), round(sequence.height)), 0
    for index, found in enumerate(given):
        time_s = index / FRAME_RATE
        due = plan.due(time_s, motion, picture_px, False)
        if due:
            plan.looked(found, SIZE_PX)
            looks += 1
        tracker.update(found if due else None, index, time_s)
    return tracker.finish(), looks


def compare(sequences: Several[Sequence], given: Several[Several[Detections]]) -> dict[str, dict[str, float]]:
    """The measures over all sequences of every way of looking, and the share of frames looked at."""
    rows = {}
    for name, every, motion in WAYS:
        parts, looks = [], 0
        for sequence, boxes in zip(sequences, given, strict=True):
            tracks, looked = tracked(sequence, boxes, every, motion)
            parts.append(measure(sequence, answer_of(tracks, sequence.frames[0])))
            looks += looked
        share = looks / sum(map(len, given))
        rows[name] = {"share_looked_at": round(share, 3)} | {key: round(of, 1) for key, of in summed(parts).items()}
    return rows


def main() -> int:
    """Exit code 2 if the truth is missing."""
    if not DRONE.exists():
        print("the truth is missing: put shared/tracking beside the repository", file=sys.stderr)
        return 2
    sequences = drone_sequences()
    sets = {
        "as they are": [as_detections(sequence) for sequence in sequences],
        "disturbed": [disturb(sequence, number, False) for number, sequence in enumerate(sequences)],
    }
    report: dict[str, Any] = {}
    for boxes, given in sets.items():
        report[boxes] = compare(sequences, given)
        print(f"\nboxes {boxes}\n\n| looked at | share | HOTA | IDF1 | IDSW |\n|---|---|---|---|---|")
        for name, row in report[boxes].items():
            cells = [f"{row['share_looked_at']:.2f}", row["HOTA"], row["IDF1"], row["IDSW"]]
            print(f"| {name} | " + " | ".join(map(str, cells)) + " |", flush=True)
    write_results("tracking_looks", report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
