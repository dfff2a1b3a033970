"""What `yolo track` gives on edited footage beside `detect`, in one run with the same network.

    python -m benchmarks.yolo_track          # prints a table, writes benchmarks/results/yolo_track.json

The released network looks at every frame at SIZE_PX for `detect`, and what it finds goes to ByteTrack and BoT-SORT
too, as ultralytics ships them, with their own settings and the pictures for their camera motion: same network, same
boxes. Beside them `detect` as it comes, with the size chosen shot by shot. Switches and HOTA where boxes are known
(convoy_oblique). Needs ../shared/clips and `pip install ultralytics lap trackers` in an environment of its own.
"""

import importlib.util
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import write_results
from benchmarks.tracking_measures import measure, summed
from benchmarks.tracking_truth import CONVOY, CONVOY_CLIP, Answer, Sequence, read_sequence
from detector import analyze
from detector.analysis import Networks
from detector.clip import ClipReader
from detector.detections import Detections
from detector.frame_records import FrameRecord
from detector.input_size import SizeChoice
from detector.report import Report

TRUTH = CONVOY_CLIP.with_name("truth.json")
EDITED = ("convoy_oblique.mp4", "montage_mtlb.mp4", "montage_recon_smoke.mp4")
SIZE_PX = 640
LOWEST_SCORE = 0.1  # `yolo track` looks at nothing weaker

Looked = dict[int, Detections]
Figures = dict[str, Any]


@dataclass(frozen=True)
class Boxes:
    """Detections in the shape that ultralytics' trackers take: scores, classes, boxes as corners and as centres."""

    conf: NDArray[np.float32]
    cls: NDArray[np.float32]
    xyxy: NDArray[np.float32]

    @property
    def xywh(self) -> NDArray[np.float32]:
        """Centre, width, height."""
        return np.hstack([(self.xyxy[:, :2] + self.xyxy[:, 2:]) / 2, self.xyxy[:, 2:] - self.xyxy[:, :2]])

    def __len__(self) -> int:
        return len(self.conf)

    def __getitem__(self, chosen: Any) -> "Boxes":
        return Boxes(self.conf[chosen], self.cls[chosen], self.xyxy[chosen])


def yolo_tracker(settings: str) -> Any:
    """A tracker as `yolo track tracker=SETTINGS` makes it."""
    from ultralytics.trackers import BOTSORT, BYTETracker
    from ultralytics.utils import YAML, IterableSimpleNamespace
    from ultralytics.utils.checks import check_yaml

    chosen = IterableSimpleNamespace(**YAML.load(check_yaml(settings)))
    return {"bytetrack": BYTETracker, "botsort": BOTSORT}[chosen.tracker_type](chosen)


def yolo_answers(clip: Path, looked: Looked) -> dict[str, Answer]:
    """Identities and boxes of both trackers in one pass over the clip; frames from 1, as in the truth."""
    trackers = {name: yolo_tracker(f"{name}.yaml") for name in ("bytetrack", "botsort")}
    answers: dict[str, Answer] = {name: {} for name in trackers}
    with ClipReader(clip, None, None) as reader:
        for frame in reader:
            found = looked[frame.index].above(LOWEST_SCORE)
            boxes = Boxes(found.scores, found.classes.astype(np.float32), found.xyxy)
            for name, tracker in trackers.items():
                rows = tracker.update(boxes, frame.image)  # each left, top, right, bottom, identity, ...
                answers[name][frame.index + 1] = [(int(row[4]), row[:4].astype(np.float64)) for row in rows]
    return answers


def detect_answer(clip: Path, networks: Networks, size: SizeChoice) -> tuple[Answer, Looked, Report]:
    """The same of `detect`, what its network saw, and the report."""
    records: list[FrameRecord] = []
    looked: Looked = {}
    report = analyze(
        clip, size=size, every=1, networks=networks, on_frames=records.extend, on_detections=looked.__setitem__
    )
    answer = {r.frame + 1: [(box.track, np.array(box.xyxy)) for box in r.boxes] for r in records}
    return answer, looked, report


def counted(answer: Answer) -> Figures:
    """Identities, and the most in one frame."""
    return {
        "distinct": len({identity for rows in answer.values() for identity, _ in rows}),
        "most_at_once": max((len(rows) for rows in answer.values()), default=0),
    }


def counted_by_report(report: Report) -> Figures:
    distinct = report.counts.distinct
    return {
        "distinct": f"{distinct.low} to {distinct.high}, most likely {distinct.best}",
        "most_at_once": report.counts.most_at_once.vehicles,
    }


def compare(clip: Path, networks: Networks, boxes: Sequence | None) -> dict[str, Figures]:
    """Every contestant on one clip; `boxes` is the truth that identities are measured against, where there is one."""
    answer, looked, report = detect_answer(clip, networks, SIZE_PX)
    answers = {f"yolo track, {name}": of for name, of in yolo_answers(clip, looked).items()}
    figures = {name: counted(of) for name, of in answers.items()}
    for name, of, its_report in (
        (f"detect --size {SIZE_PX}", answer, report),
        ("detect", *detect_answer(clip, networks, "auto")[::2]),
    ):
        answers[name], figures[name] = of, counted_by_report(its_report)
    if boxes:
        for name, of in answers.items():
            figures[name] |= summed([measure(boxes, of)])
    return figures


def of_viewer(clip: Mapping[str, Any]) -> Figures:
    """What a careful viewer counted; the distinct ones shot by shot, since the same come back after a cut."""
    footage = [shot for shot in clip["shots"] if shot["kind"] == "footage"]
    return {
        "distinct": " + ".join(str(shot["vehicles_unique"]) for shot in footage),
        "most_at_once": max(shot["vehicles_max"] for shot in footage),
    }


def print_table(clip: str, rows: Mapping[str, Figures]) -> None:
    print(f"\n{clip}\n\n| | distinct | most at once | HOTA | IDF1 | switches |\n|---|---|---|---|---|---|")
    for name, row in rows.items():
        cells = (row.get(key, "") for key in ("distinct", "most_at_once", "HOTA", "IDF1", "IDSW"))
        print(f"| {name} | {' | '.join(str(cell) for cell in cells)} |", flush=True)


def main() -> int:
    """Exit code 2 if something is missing."""
    if not (TRUTH.exists() and CONVOY.exists()):
        print("the clips are missing: put shared/clips beside the repository", file=sys.stderr)
        return 2
    missing = [name for name in ("ultralytics", "lap", "trackers") if not importlib.util.find_spec(name)]
    if missing:
        print(f"to install, in an environment of its own: {', '.join(missing)}", file=sys.stderr)
        return 2
    viewed = {clip["file"]: of_viewer(clip) for clip in json.loads(TRUTH.read_text())}
    networks = Networks.load("cpu")
    figures = {}
    for name in EDITED:
        clip = TRUTH.with_name(name)
        boxes = read_sequence(CONVOY, name, most_frames=10_000) if clip == CONVOY_CLIP else None
        figures[name] = {"by eye": viewed[name], **compare(clip, networks, boxes)}
        print_table(name, figures[name])
    write_results("yolo_track", {"size_px": SIZE_PX, "clips": figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
