"""The trackers that are compared: ours, and those of the libraries that are installed, all on the same boxes.

`trackers`, `norfair-enough` and `pyxtrackers` are looked for; they bring a second OpenCV and SciPy, so give them an
environment of their own. Each candidate takes the detections of every picture and gives pieces of tracks.
"""

import importlib.util
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from benchmarks.tracking_truth import Answer
from detector.boxes import overlap, to_centres, to_corners
from detector.detections import Detections
from detector.smoothing import smoothed
from detector.stitching import stitch
from detector.tracking import Tracker
from detector.tracklets import GapFiller, Shot, Tracklet, without_ghosts

FRAMES_PER_S = 30.0
HIGH_SCORE, LOW_SCORE = 0.4, 0.1


def own(given: list[Detections], filled_too: bool) -> list[Tracklet]:
    tracker = Tracker(high_score=HIGH_SCORE, low_score=LOW_SCORE)
    for step, detections in enumerate(given):
        tracker.update(detections, step, step / FRAMES_PER_S)
    boxes = [[box for box in track.boxes if filled_too or not box.filled] for track in tracker.finish()]
    return collected([(b.frame, n, np.array(b.xyxy), b.score) for n, track in enumerate(boxes) for b in track])


def collected(rows: list[tuple[int, int, np.ndarray, float]]) -> list[Tracklet]:
    """(step, identity, xyxy, score) of a library to pieces that our stitching takes."""
    pieces: dict[int, list[tuple[int, np.ndarray, float]]] = {}
    for step, identity, xyxy, score in rows:
        pieces.setdefault(identity, []).append((step, xyxy, score))
    return [tracklet(*zip(*piece, strict=True)) for piece in pieces.values()]


def tracklet(steps: Iterable[int], boxes: Iterable[np.ndarray], scores: Iterable[float]) -> Tracklet:
    seen = np.array(list(steps))
    return Tracklet(seen, np.array(list(boxes), np.float64), np.array(list(scores)), np.zeros(len(seen), np.int32))


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
    """Pieces of a library after our own last step: ghosts dropped, stitched, smoothed, gaps filled."""
    shot = Shot([step / FRAMES_PER_S for step in range(pictures)], [np.eye(3)] * pictures)
    whole, gaps = [], GapFiller(shot)
    for piece in smoothed(stitch(without_ghosts(pieces, shot, (1 + HIGH_SCORE) / 2), shot), shot):
        boxes, seen = gaps.filled(piece)
        whole.append(tracklet(range(piece.steps[0], piece.steps[-1] + 1), boxes, np.zeros(len(seen))))
    return whole
