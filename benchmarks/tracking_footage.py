"""Tracking on real pictures: convoy_oblique with the released network, kit_ais with human boxes at one frame a second.

The camera's motion is told from the pictures, as the tool does. convoy_oblique is analysed at every input size and with
the size chosen shot by shot, looking only once at each frame and size.
"""

import hashlib
from collections import Counter
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.tracking_measures import measure, summed
from benchmarks.tracking_truth import (
    AERIAL,
    CONVOY,
    CONVOY_CLIP,
    Answer,
    Sequence,
    as_detections,
    read_sequence,
    wider_than,
)
from detector import analyze
from detector.analysis import Networks
from detector.detections import Detections
from detector.frame_records import FrameRecord
from detector.model import Network
from detector.motion import CameraMotionEstimator, motion_picture
from detector.report import Report
from detector.tracking import Track, Tracker

WIDE_PX = 18
SIZES: tuple[int | Literal["auto"], ...] = (640, 960, 1280, "auto")
FLOOR = 0.01
AERIAL_FRAME_S = 1.0  # seqinfo.ini: one frame a second


def aerial_figures() -> dict[str, Any]:
    """kit_ais: human boxes as detections; identities were linked afterwards, not published."""
    sequence = read_sequence(AERIAL / "gt" / "gt.txt", "kit_ais")
    figures = {}
    for name, moving in (("camera motion from the pictures", True), ("camera motion unknown", False)):
        figures[name] = summed([measure(sequence, answer_of(track_aerial(sequence, moving), 1))])
        print(f"kit_ais, {name}: {figures[name]}", flush=True)
    return figures


def track_aerial(sequence: Sequence, moving: bool) -> list[Track]:
    """Ours over the true boxes."""
    tracker, estimator = Tracker(high_score=0.5, low_score=0.1), CameraMotionEstimator()
    for index, detections in enumerate(as_detections(sequence)):
        picture = cv2.imread(str(AERIAL / "img1" / f"{sequence.frames[index]:06d}.webp"))
        motion = estimator.update(motion_picture(np.asarray(picture, np.uint8)), picture.shape[1])
        told = motion.affine if moving and motion.known else None
        tracker.update(detections, index, index * AERIAL_FRAME_S, told)
    return tracker.finish()


def answer_of(tracks: list[Track], first: int) -> Answer:
    """Frames counted from `first`."""
    answer: Answer = {}
    for track in tracks:
        for box in track.boxes:
            answer.setdefault(first + box.frame, []).append((track.id, np.array(box.xyxy)))
    return answer


class Remembering:
    """Stands for a `Network` and looks at each picture and size only once."""

    def __init__(self, network: Network, floor: float) -> None:
        self.card, self.device, self.classes = network.card, network.device, network.classes
        self._network, self._floor = network, floor
        self._seen: dict[tuple[str, int | None], Detections] = {}

    def detect(
        self, images: list[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        answer = []
        for image in images:
            key = (hashlib.sha256(image).hexdigest(), size_px)
            if key not in self._seen:
                [self._seen[key]] = self._network.detect([image], confidence=self._floor, size_px=size_px)
            answer.append(self._seen[key].above(confidence or self.card.threshold().confidence))
        return answer


def convoy_figures() -> dict[str, Any]:
    """`analyze` on convoy_oblique at fixed input sizes and at that chosen shot by shot."""
    truth = read_sequence(CONVOY, "convoy_oblique", most_frames=10_000)
    wide = wider_than(truth, WIDE_PX)
    loaded = Networks.load("cpu")
    remembering = [Remembering(loaded.vehicles, FLOOR), Remembering(loaded.smoke_fire, FLOOR)]
    networks = Networks(*remembering)  # type: ignore[arg-type]  # the same answers
    figures: dict[str, Any] = {
        "wide_px": WIDE_PX,
        "wide_vehicles": len({i for rows in wide.truth.values() for i, _ in rows}),
    }
    for size in SIZES:
        records: list[FrameRecord] = []
        report = analyze(CONVOY_CLIP, size=size, every=1, networks=networks, on_frames=records.extend)
        answer = {r.frame + 1: [(box.track, np.array(box.xyxy)) for box in r.boxes] for r in records}
        figures[str(size)] = {
            "all": summed([measure(truth, answer)]),
            "wide": summed([measure(wide, answer)]),
            "longest_identity": longest_identity(truth, answer),
            "most_at_once": report.counts.most_at_once.vehicles,
            "sure_wide_tracks": sure_wide_tracks(answer, report),
        }
        print(f"convoy_oblique at {size}: {figures[str(size)]}", flush=True)
    return figures


def longest_identity(truth: Sequence, answer: Answer) -> dict[str, str]:
    """For each true vehicle the most frames in which one identity holds its centre, of those it is in."""
    held: dict[int, Counter[int]] = {}
    there: Counter[int] = Counter()
    for frame, rows in truth.truth.items():
        for vehicle, box in rows:
            there[vehicle] += 1
            centre = (box[:2] + box[2:]) / 2
            around = [
                i for i, xyxy in answer.get(frame, []) if (xyxy[:2] <= centre).all() and (centre <= xyxy[2:]).all()
            ]
            held.setdefault(vehicle, Counter()).update(around)
    return {str(v): f"{max(held[v].values(), default=0)}/{there[v]}" for v in sorted(there)}


def sure_wide_tracks(answer: Answer, report: Report) -> int:
    """How many tracks wider than WIDE_PX have a score of at least the confidence."""
    widths: dict[int, list[float]] = {}
    for rows in answer.values():
        for identity, box in rows:
            widths.setdefault(identity, []).append(float(box[2] - box[0]))
    least = report.networks[0].confidence
    return sum(bool(track.score >= least and np.median(widths[track.id]) > WIDE_PX) for track in report.tracks)
