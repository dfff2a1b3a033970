"""Which tracker keeps identities best? Published boxes, disturbed as a detector would, against published identities.

    python benchmarks/tracking.py            # every candidate that is installed: prints a table, writes a JSON file

Needs the tracking truth beside the repository (../shared/tracking and ../shared/clips) and, for the measures, `pip
install trackers`. That package brings a second OpenCV, so give the benchmark an environment of its own. Candidates:
`trackers`, `norfair-enough`, `pyxtrackers`; those not installed are left out. Times are processor time.
"""

import importlib.util
import json
import logging
import platform
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from detector.detections import Detections
from detector.stitching import Shot, Tracklet, fill, is_ghost, overlap, stitch, to_centres, to_corners
from detector.tracking import Tracker

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
RESULTS = ROOT / "benchmarks" / "results" / "tracking.json"
FRAMES_PER_S = 30.0
MOST_FRAMES = 300
HIGH_SCORE, LOW_SCORE = 0.4, 0.1
MEASURES = ("HOTA", "AssA", "DetA", "IDF1", "MOTA", "IDSW")

Answer = dict[int, list[tuple[int, np.ndarray]]]
"""Frame to (identity, (4,) xyxy) of every box in it."""


@dataclass(frozen=True)
class Sequence:
    name: str
    truth: Answer
    width: float
    height: float

    @property
    def frames(self) -> range:
        return range(min(self.truth), max(self.truth) + 1)


def read_mot(path: Path, name: str) -> Sequence:
    """The first frames of a MOTChallenge file: frame, id, x, y, w, h, flag; boxes of flag 0 are left out."""
    truth: Answer = {}
    rows = np.loadtxt(path, delimiter=",", usecols=range(7), ndmin=2)
    for row in rows[rows[:, 0] < rows[:, 0].min() + MOST_FRAMES]:
        if row[6] > 0:
            box = np.array([row[2], row[3], row[2] + row[4], row[3] + row[5]])
            truth.setdefault(int(row[0]), []).append((int(row[1]), box))
    corners = np.stack([box for boxes in truth.values() for _, box in boxes])
    return Sequence(name, truth, float(corners[:, 2].max()), float(corners[:, 3].max()))


def disturb(sequence: Sequence, seed: int, in_runs: bool) -> list[Detections]:
    """What a middling detector would give: a fifth missed, 5 % invented, centres off by a tenth of the size.

    Args:
        in_runs: what is missed is missed for ten frames on average, as behind dust or trees, not one by one.
    """
    random = np.random.default_rng(seed)
    sizes = np.stack([box for boxes in sequence.truth.values() for _, box in boxes])
    sizes = to_centres(sizes)[:, 2:]
    hidden: dict[int, bool] = {}
    answer = []
    for frame in sequence.frames:
        boxes, scores = [], []
        for identity, box in sequence.truth.get(frame, []):
            if in_runs and identity in hidden:
                change = 0.1 if hidden[identity] else 0.025
                hidden[identity] ^= bool(random.random() < change)
            else:
                hidden[identity] = bool(random.random() < 0.2)
            centre = to_centres(box[None])
            centre[:, :2] += random.normal(0, 0.1, (1, 2)) * centre[:, 2:]
            score = random.uniform(0.3, 0.9)
            if not hidden[identity]:
                boxes.append(to_corners(centre)[0])
                scores.append(score)
        for _ in range(random.binomial(len(sequence.truth.get(frame, [])), 0.05)):
            place = random.uniform(0, 1, 2) * (sequence.width, sequence.height)
            boxes.append(to_corners(np.concatenate([place, sizes[random.integers(len(sizes))]])[None])[0])
            scores.append(random.uniform(0.1, 0.5))
        xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        answer.append(Detections(xyxy, np.array(scores, np.float32), np.zeros(len(scores), np.int64)))
    return answer


def own(given: list[Detections], filled_too: bool) -> list[Tracklet]:
    tracker = Tracker(high_score=HIGH_SCORE, low_score=LOW_SCORE)
    for step, detections in enumerate(given):
        tracker.update(detections, step, step / FRAMES_PER_S)
    boxes = [[box for box in track.boxes if filled_too or not box.filled] for track in tracker.finish()]
    return collected([(b.frame, n, np.array(b.xyxy), b.score) for n, track in enumerate(boxes) for b in track])


def collected(rows: list[tuple[int, int, np.ndarray, float]]) -> list[Tracklet]:
    """(step, identity, xyxy, score) of a library to pieces that our stitching takes."""
    pieces: dict[int, Tracklet] = {}
    for step, identity, xyxy, score in rows:
        pieces.setdefault(identity, Tracklet()).add(step, np.asarray(xyxy, np.float64), score, 0)
    return list(pieces.values())


def roboflow(tracker: Any) -> Callable[[list[Detections]], list[Tracklet]]:
    """A tracker of the `trackers` library."""

    def track(given: list[Detections]) -> list[Tracklet]:
        import supervision

        rows = []
        tracker.reset()
        for step, found in enumerate(given):
            kept = found.above(LOW_SCORE)
            answer = tracker.update(supervision.Detections(kept.xyxy, None, kept.scores, kept.classes))
            for xyxy, score, identity in zip(answer.xyxy, answer.confidence, answer.tracker_id, strict=True):
                if identity >= 0:
                    rows.append((step, int(identity), xyxy, float(score)))
        return collected(rows)

    return track


def norfair_tracker(buffer: float) -> Callable[[list[Detections]], list[Tracklet]]:
    """norfair on boxes grown by `buffer`, which makes its overlap a buffered one."""

    def track(given: list[Detections]) -> list[Tracklet]:
        import norfair

        tracker = norfair.Tracker("iou", 0.8, hit_counter_max=30, initialization_delay=0)
        rows = []
        for step, found in enumerate(given):
            grown = to_centres(found.xyxy.astype(np.float64)) * (1, 1, 1 + 2 * buffer, 1 + 2 * buffer)
            boxes = to_corners(grown).reshape(-1, 2, 2)
            offered = [
                norfair.Detection(points, data=(step, index))
                for index, points in enumerate(boxes)
                if found.scores[index] >= HIGH_SCORE
            ]
            for item in tracker.update(offered):
                at, index = item.last_detection.data
                if at == step:
                    rows.append((step, item.id, found.xyxy[index], float(found.scores[index])))
        return collected(rows)

    return track


def cython(make: Callable[[], Any], buffer: float, snap: bool = True) -> Callable[[list[Detections]], list[Tracklet]]:
    """A tracker of pyxtrackers on boxes grown by `buffer`; it answers with filtered boxes and without scores.

    Args:
        snap: put the detection that overlaps most in place of the filtered box, as every other candidate answers with
            detections: HOTA rewards a box nearer to the truth, which is not what is asked here.
    """

    def track(given: list[Detections]) -> list[Tracklet]:
        tracker, rows = make(), []
        for step, found in enumerate(given):
            centres = to_centres(found.xyxy.astype(np.float64))
            grown = centres * (1, 1, 1 + 2 * buffer, 1 + 2 * buffer)
            offered = np.concatenate([to_corners(grown), found.scores[:, None].astype(np.float64)], axis=1)
            answer = np.asarray(tracker.update(offered)).reshape(-1, 5)
            filtered = to_centres(answer[:, :4]) / (1, 1, 1 + 2 * buffer, 1 + 2 * buffer)
            if snap and len(found):
                filtered = centres[overlap(filtered, centres, 0.5).argmax(axis=1)]
            rows += [(step, int(row[4]), box, 0.6) for row, box in zip(answer, to_corners(filtered), strict=True)]
        return collected(rows)

    return track


def libraries() -> dict[str, Callable[[list[Detections]], list[Tracklet]]]:
    """Every installed candidate, with its thresholds set to ours and new tracks reported at once."""
    found: dict[str, Callable[[list[Detections]], list[Tracklet]]] = {}
    if importlib.util.find_spec("trackers"):
        import trackers
        from trackers.utils.iou import BIoU

        common = {"minimum_consecutive_frames": 1, "high_conf_det_threshold": HIGH_SCORE}
        starts = common | {"track_activation_threshold": HIGH_SCORE}
        for note, overlaps in (("", {}), (", buffered 0.5", {"iou": BIoU(0.5)})):
            found["trackers ByteTrack" + note] = roboflow(trackers.ByteTrackTracker(**starts, **overlaps))
            found["trackers OC-SORT" + note] = roboflow(trackers.OCSORTTracker(**common, **overlaps))
            still = starts | {"enable_cmc": False}
            found["trackers BoT-SORT" + note] = roboflow(trackers.BoTSORTTracker(**still, **overlaps))
        found["trackers C-BIoU"] = roboflow(trackers.CBIoUTracker(**starts))
    if importlib.util.find_spec("norfair"):
        found["norfair"] = norfair_tracker(0.0)
        found["norfair, buffered 0.5"] = norfair_tracker(0.5)
    if importlib.util.find_spec("pyxtrackers"):
        import pyxtrackers

        def byte() -> Any:
            return pyxtrackers.BYTETracker(track_thresh=HIGH_SCORE)

        found["pyxtrackers ByteTrack"] = cython(byte, 0.0)
        found["pyxtrackers ByteTrack, buffered 0.5"] = cython(byte, 0.5)
        found["pyxtrackers ByteTrack, its filtered boxes"] = cython(byte, 0.0, snap=False)
    return found


def of_pieces(pieces: list[Tracklet], first: int) -> Answer:
    answer: Answer = {}
    for identity, piece in enumerate(pieces):
        for step, xyxy in zip(piece.steps, piece.xyxy, strict=True):
            answer.setdefault(first + step, []).append((identity, xyxy))
    return answer


def finished(pieces: list[Tracklet], pictures: int) -> list[Tracklet]:
    """Pieces of a library after our own last step: stitched, ghosts dropped, gaps filled."""
    shot = Shot([step / FRAMES_PER_S for step in range(pictures)], [np.eye(3)] * pictures)
    whole = []
    for piece in stitch([piece for piece in pieces if not is_ghost(piece, shot, (1 + HIGH_SCORE) / 2)], shot):
        rows = fill(piece, shot)
        count = len(rows)
        whole.append(Tracklet([row[0] for row in rows], [row[1] for row in rows], [0.0] * count, [0] * count))
    return whole


def measure(sequence: Sequence, answer: Answer) -> dict[str, dict[str, Any]]:
    from trackers import eval as measures

    given: list[Answer] = [sequence.truth, answer]
    numbers = [{identity: n for n, identity in enumerate(sorted({i for b in a.values() for i, _ in b}))} for a in given]
    ids: list[list[np.ndarray]] = [[], []]
    similar = []
    for frame in sequence.frames:
        boxes = []
        for side in (0, 1):
            rows = given[side].get(frame, [])
            ids[side].append(np.array([numbers[side][identity] for identity, _ in rows], int))
            boxes.append(np.array([box for _, box in rows]).reshape(-1, 4))
        similar.append(measures.box_iou(boxes[0], boxes[1]))
    return {
        "HOTA": measures.compute_hota_metrics(ids[0], ids[1], similar),
        "CLEAR": measures.compute_clear_metrics(ids[0], ids[1], similar),
        "Identity": measures.compute_identity_metrics(ids[0], ids[1], similar),
    }


def summed(parts: list[dict[str, dict[str, Any]]]) -> dict[str, float]:
    from trackers.eval.clear import aggregate_clear_metrics
    from trackers.eval.hota import aggregate_hota_metrics
    from trackers.eval.identity import aggregate_identity_metrics

    whole: dict[str, Any] = {
        **aggregate_clear_metrics([part["CLEAR"] for part in parts]),
        **aggregate_identity_metrics([part["Identity"] for part in parts]),
        **aggregate_hota_metrics([part["HOTA"] for part in parts]),
    }
    return {name: round(float(whole[name]) * (1 if name == "IDSW" else 100), 2) for name in MEASURES}


def run(sequences: list[Sequence], in_runs: bool) -> list[dict[str, Any]]:
    """Every candidate over all sequences: one row each, with and without our last step."""
    rows = []
    given = {s.name: disturb(s, seed, in_runs) for seed, s in enumerate(sequences)}
    frames = sum(len(s.frames) for s in sequences)

    def add(name: str, seconds: float, parts: list[dict[str, dict[str, Any]]]) -> None:
        rows.append({"candidate": name, "ms_a_frame": round(1000 * seconds / frames, 2), **summed(parts)})
        print(f"  {name:52}" + "".join(f"{rows[-1][m]:9.2f}" for m in (*MEASURES, "ms_a_frame")), flush=True)

    for name, filled_too in (("own", True), ("own, filled boxes left out", False)):
        started = time.process_time()
        pieces = {s.name: own(given[s.name], filled_too) for s in sequences}
        seconds = time.process_time() - started
        add(name, seconds, [measure(s, of_pieces(pieces[s.name], s.frames[0])) for s in sequences])
    for name, track in libraries().items():
        started = time.process_time()
        pieces = {s.name: track(given[s.name]) for s in sequences}
        seconds = time.process_time() - started
        add(name, seconds, [measure(s, of_pieces(pieces[s.name], s.frames[0])) for s in sequences])
        whole = {s.name: finished(pieces[s.name], len(s.frames)) for s in sequences}
        add(name + " + our stitching", seconds, [measure(s, of_pieces(whole[s.name], s.frames[0])) for s in sequences])
    return rows


def main() -> int:
    drone, convoy = SHARED / "tracking" / "uavdt", SHARED / "clips" / "mot" / "convoy_oblique" / "gt" / "gt.txt"
    if not drone.is_dir() or not convoy.is_file():
        print(
            "the tracking truth is missing: put shared/tracking and shared/clips beside the repository", file=sys.stderr
        )
        return 2
    if not importlib.util.find_spec("trackers"):
        print("the measures are missing: pip install trackers, in an environment of its own", file=sys.stderr)
        return 2
    logging.getLogger("norfair").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="trackers|supervision")
    sets = {
        "uavdt": [read_mot(path, path.stem) for path in sorted(drone.glob("*.txt"))],
        "convoy_oblique": [read_mot(convoy, "convoy_oblique")],
    }
    report: dict[str, Any] = {"python": platform.python_version(), "most_frames": MOST_FRAMES}
    report |= {"high_score": HIGH_SCORE, "low_score": LOW_SCORE}
    for name, sequences in sets.items():
        for in_runs in (False, True):
            title = f"{name}, misses {'in runs' if in_runs else 'scattered'}"
            print(f"{title}\n  {'':52}" + "".join(f"{m:>9}" for m in (*MEASURES, "ms/frame")))
            report[title] = run(sequences, in_runs)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
