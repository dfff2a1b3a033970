"""What one shot shows, once it is over: tracks, convoys, events and the record of every frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.convoys import ConvoySpan, find_convoys
from detector.detections import Detections
from detector.events import Sighting, find_events
from detector.frame_records import FrameBox, FrameRecord
from detector.motion import CameraMotion
from detector.report import Event
from detector.shots import ShotSpan
from detector.split_screen import repeated_tile, repeats
from detector.tracking import Track, Tracker

SHORTEST_TRACK_S = 0.4  # what shows itself for less is false more often than not, except in a shot hardly longer
VEHICLES_IN = ("footage", "title")  # a still photograph looks like a title card, and may show vehicles
LOW_SCORE_SHARE = 1 / 6  # of the confidence: weaker detections may continue a track but never start one
FAIR_SCORE_SHARE = 0.4  # of the confidence: a track shows itself for as long as its boxes reach this


@dataclass(frozen=True)
class Observation:
    """What was seen in one frame on the first look.

    `size_px` is the longest side at which vehicles were looked for; None where their boxes come from a file.
    """

    frame: int
    time_s: float
    detections: Detections
    size_px: int | None
    motion: CameraMotion
    dark: bool


@dataclass(frozen=True)
class Looking:
    """How the analysis was told to look.

    Attributes:
        vehicle_classes: class names of the vehicle network.
        wanted: the classes to report; None for all.
        confidence: operating threshold of the vehicle network.
        usual_confidence: typical threshold of that network, whatever it was told: what its scores mean is read by it.
        kinds: class names of the smoke and fire network.
        kind_confidence: operating threshold of its boxes.
        kind_thresholds: voted score at which an event of each kind begins.
    """

    vehicle_classes: tuple[str, ...]
    wanted: frozenset[str] | None
    confidence: float
    usual_confidence: float
    kinds: tuple[str, ...]
    kind_confidence: float
    kind_thresholds: Mapping[str, float]


@dataclass(frozen=True)
class ShotFindings:
    """All that is known of one shot; `repeats` are ids of tracks that show a vehicle of another tile again."""

    span: ShotSpan
    observations: tuple[Observation, ...]
    sightings: tuple[Sighting, ...]
    tracks: tuple[Track, ...]
    convoys: tuple[ConvoySpan, ...]
    events: tuple[Event, ...]
    repeats: frozenset[int] = frozenset()

    @cached_property
    def times_s(self) -> dict[int, float]:
        """Time of every frame of the shot."""
        return {observation.frame: observation.time_s for observation in self.observations}


def understand_shot(
    span: ShotSpan,
    shot_index: int,
    observations: Sequence[Observation],
    sightings: Sequence[Sighting],
    first_track_id: int,
    looking: Looking,
    picture_px: tuple[int, int],
) -> ShotFindings:
    """Track, find convoys and events in one finished shot; `picture_px` is width and height of its pictures."""
    tracks: list[Track] = []
    convoys: list[ConvoySpan] = []
    again: frozenset[int] = frozenset()
    if span.kind in VEHICLES_IN:
        tracks = _track(observations, first_track_id, looking)
        times_s = {observation.frame: observation.time_s for observation in observations}
        again = repeats(tracks, repeated_tile(span.thumbnails), picture_px)
        once = [track for track in tracks if track.id not in again]
        convoys = find_convoys(once, times_s, _to_ground(observations))
    events: list[Event] = []
    if span.kind == "footage" and sightings:
        last = (observations[-1].frame, observations[-1].time_s)
        for index, kind in enumerate(looking.kinds):
            events += find_events(sightings, kind, index, looking.kind_thresholds[kind], last, shot_index)
    return ShotFindings(
        span, tuple(observations), tuple(sightings), tuple(tracks), tuple(convoys), tuple(events), again
    )


def _track(observations: Sequence[Observation], first_id: int, looking: Looking) -> list[Track]:
    tracker = Tracker(first_id, high_score=looking.confidence, low_score=LOW_SCORE_SHARE * looking.confidence)
    for seen in observations:
        motion = seen.motion.affine if seen.motion.known else None
        tracker.update(seen.detections, seen.frame, seen.time_s, motion)
    shortest_s = min(SHORTEST_TRACK_S, (observations[-1].time_s - observations[0].time_s) / 2)
    kept = [track for track in tracker.finish() if _wanted(track, shortest_s, looking)]
    return [Track(first_id + index, track.boxes) for index, track in enumerate(kept)]


def _wanted(track: Track, shortest_s: float, looking: Looking) -> bool:
    fair = FAIR_SCORE_SHARE * looking.confidence
    fair_s = [box.time_s for box in track.boxes if box.score >= fair and not box.filled]
    lasts = fair_s[-1] - fair_s[0] >= shortest_s
    return lasts and (looking.wanted is None or looking.vehicle_classes[track.class_index] in looking.wanted)


def _to_ground(observations: Sequence[Observation]) -> dict[int, NDArray[np.float64]]:
    """The transform of each frame's pixels to those of the shot's first frame."""
    transforms = {}
    to_first = np.eye(3)
    for position, seen in enumerate(observations):
        if position:
            to_first = to_first @ np.linalg.inv(seen.motion.matrix)
        transforms[seen.frame] = to_first
    return transforms


def frame_records(findings: ShotFindings, looking: Looking) -> list[FrameRecord]:
    """One record a frame of the shot, with final identities and the flags of confirmed events."""
    boxes: dict[int, list[FrameBox]] = {seen.frame: [] for seen in findings.observations}
    for track in findings.tracks:
        name = looking.vehicle_classes[track.class_index]
        for box in track.boxes:
            boxes[box.frame].append(FrameBox(track.id, name, box.score, box.xyxy, box.filled))
    held = dict.fromkeys(looking.kinds, 0.0)
    sighting_at = {sighting.frame: sighting for sighting in findings.sightings}
    records = []
    for seen in findings.observations:
        if seen.frame in sighting_at:
            held = {kind: sighting_at[seen.frame].score(index) for index, kind in enumerate(looking.kinds)}
        flags = {event.kind for event in findings.events if event.start <= seen.frame <= event.end}
        records.append(
            FrameRecord(
                frame=seen.frame,
                time_s=seen.time_s,
                boxes=tuple(boxes[seen.frame]),
                smoke=held.get("smoke", 0.0),
                fire=held.get("fire", 0.0),
                flags=tuple(sorted(flags)),
            )
        )
    return records
