"""Shots whose boxes make no sense, by seed, and what tracking must make of them all the same."""

import json
import random
import warnings
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from detector.counting import count_clip
from detector.detections import Detections
from detector.frame_records import frame_line, read_frames
from detector.motion import UNKNOWN_MOTION
from detector.observations import Observation, Observations
from detector.report_assembly import shot_summaries
from detector.settled_shot import settled
from detector.shot_findings import Looking, frame_records, understand_shot
from detector.shots import ShotSpan
from detector.track_store import TrackStore
from detector.tracking import Tracker

LARGEST = float(np.finfo(np.float32).max)
NUMBERS = (0.0, -0.0, 1e-38, 1.0, 319.9, -50.0, 1e6, 1e30, LARGEST, -LARGEST)
STAMPS_S = (0.0, 1e-9, 0.04, 0.04, 0.04, 1.0, 1e6, -0.5)  # from one picture to the next
MOTIONS = (None, None, np.eye(2, 3), np.zeros((2, 3)), np.full((2, 3), np.nan), np.full((2, 3), 1e30), -np.eye(2, 3))
BOXES = (0, 1, 2, 5, 30)
PICTURE_PX = (640, 360)
LOOKING = Looking(("tank", "truck", "car"), None, 0.5, 0.8, ("smoke", "fire"), 0.5, {"smoke": 0.5, "fire": 0.5})


def tracker_failures(seeds: range) -> list[str]:
    """What the tracker, and all that rests on it, did that it may not, each as seed and error."""
    found = []
    for seed in seeds:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                fault = _fault_of_tracks(random.Random(seed)) or _fault_of_shot(random.Random(seed))
        except Exception as error:
            fault = f"{type(error).__name__}: {str(error)[:200]}"
        if fault:
            found.append(f"tracker, seed {seed}: {fault}")
    return found


def _fault_of_tracks(chance: random.Random) -> str:
    """What is wrong with the tracks of boxes, stamps and motions without sense; empty if nothing is."""
    tracker, time_s = Tracker(5, high_score=0.5, low_score=0.1), 0.0
    frames = chance.choice((1, 2, 8, 20))
    for frame in range(frames):
        motion = chance.choice(MOTIONS)
        given = None if motion is None else np.asarray(motion, np.float32)
        tracker.update(None if chance.random() < 0.1 else boxes_without_sense(chance), frame, time_s, given)
        time_s += chance.choice(STAMPS_S)
    tracks = tracker.finish()
    if [track.id for track in tracks] != list(range(5, 5 + len(tracks))):
        return "ids are not in order"
    for track in tracks:
        numbers = [box.frame for box in track.boxes]
        if numbers != sorted(set(numbers)) or not set(numbers) <= set(range(frames)):
            return f"track {track.id} is in frames {numbers}"
        if not np.isfinite([box.xyxy for box in track.boxes]).all():
            return f"track {track.id} has boxes that are not finite"
        if not 0 <= track.score <= 1 or not 0 <= track.class_share <= 1:
            return f"track {track.id} has score {track.score} and class share {track.class_share}"
    return ""


def _fault_of_shot(chance: random.Random) -> str:
    """What is wrong with all that is said of a shot whose boxes have no sense; empty if nothing is."""
    frames = chance.choice((1, 2, 8, 20))
    seen = Observations(
        Observation(frame, frame / 10, boxes_without_sense(chance) if frame % 3 else None, 640, UNKNOWN_MOTION, False)
        for frame in range(frames)
    )
    span = ShotSpan(0, frames - 1, "footage", ())
    findings = understand_shot(span, 0, seen, [], 1, LOOKING, PICTURE_PX)
    store = TrackStore()
    shot = settled(findings, 0, LOOKING, store)
    shots, tracks = shot_summaries([shot], store, LOOKING, PICTURE_PX[0])
    said = [*shots, *tracks, *shot.convoys, count_clip(shots)]
    json.dumps([asdict(each) for each in said], allow_nan=False)
    lines = [frame_line(record) for record in frame_records(findings, LOOKING)]
    return "" if len(list(read_frames(lines))) == frames else "not every frame has a record"


def boxes_without_sense(chance: random.Random) -> Detections:
    """None, one or many; without size, far outside, larger than any picture, one on the other."""
    count = 1000 if chance.random() < 0.002 else chance.choice(BOXES)
    corners = np.array([[_number(chance) for _ in range(4)] for _ in range(count)], np.float32).reshape(-1, 4)
    if chance.random() < 0.3:
        corners[:] = corners[:1]
    if chance.random() < 0.2:
        corners[:, 2:] = corners[:, :2]
    xyxy: NDArray[np.float32] = np.concatenate(
        [np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])], axis=1
    )
    scores = np.array([chance.choice((0.0, 0.1, 0.5, 0.9, 1.0, chance.random())) for _ in range(count)], np.float32)
    return Detections(xyxy, scores, np.array([chance.randrange(3) for _ in range(count)], np.int64))


def _number(chance: random.Random) -> float:
    return chance.choice(NUMBERS) if chance.random() < 0.3 else chance.uniform(0, 300)
