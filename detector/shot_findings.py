"""What one shot shows, once it is over: tracks, convoys, events and the record of every frame."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.belief import parts_of_others, stretches, telling_scores
from detector.burning import tracks_that_burn
from detector.by_frame import ByFrame
from detector.colour import is_monochrome
from detector.convoys import ConvoySpan, find_convoys
from detector.event_votes import OFF_SHARE
from detector.events import find_events
from detector.frame_records import FrameBox, FrameRecord
from detector.model_card import FrameCalibration
from detector.observations import Observations
from detector.report import Event
from detector.shots import ShotSpan
from detector.sightings import Box, Sighting
from detector.split_screen import repeated_tile, repeats
from detector.spool import Spool, one_by_one
from detector.tracking import Track, Tracker

SHORTEST_TRACK_S = 0.4  # what shows itself for less is false more often than not, except in a shot hardly longer
VEHICLES_IN = ("footage", "title")  # a still photograph looks like a title card, and may show vehicles
LOW_SCORE_SHARE = 1 / 6  # of the confidence: weaker detections may continue a track but never start one
LONGEST_STEP_S, LONGEST_STEP_USUAL = 1.0, 5.0  # a gap in time is longer than this and than so many usual steps
RECORDS_AT_A_TIME = 64
MATRIX = np.dtype((np.float64, (3, 3)))
FAIR_SCORE_SHARE = 0.4  # of the confidence: a track shows itself for as long as its boxes reach this


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
        kind_calibration: what share of frames shows a kind, by score; a kind without any is taken at its score.
    """

    vehicle_classes: tuple[str, ...]
    wanted: frozenset[str] | None
    confidence: float
    usual_confidence: float
    kinds: tuple[str, ...]
    kind_confidence: float
    kind_thresholds: Mapping[str, float]
    kind_calibration: Mapping[str, FrameCalibration] = field(default_factory=dict)


@dataclass(frozen=True)
class ShotFindings:
    """All that is known of one shot, its observations without their detections, which are in the tracks.

    `repeats` are ids of tracks that show a vehicle of another tile again.
    """

    span: ShotSpan
    observations: Observations
    sightings: Sequence[Sighting]
    tracks: tuple[Track, ...]
    convoys: tuple[ConvoySpan, ...]
    events: tuple[Event, ...]
    repeats: frozenset[int] = frozenset()

    @cached_property
    def times_s(self) -> Mapping[int, float]:
        """Time of every frame of the shot."""
        return times_of(self.observations)

    @cached_property
    def monochrome(self) -> bool:
        """Whether it is thermal or black-and-white."""
        return is_monochrome(np.array([sighting.chroma for sighting in self.sightings]))


def understand_shot(
    span: ShotSpan,
    shot_index: int,
    observations: Observations,
    sightings: Sequence[Sighting],
    first_track_id: int,
    looking: Looking,
    picture_px: tuple[int, int],
) -> ShotFindings:
    """Track, find convoys and events in one finished shot; `picture_px` is width and height of its pictures.

    The observations let go of their detections.
    """
    tracks: list[Track] = []
    convoys: list[ConvoySpan] = []
    again: frozenset[int] = frozenset()
    times_s = times_of(observations)
    to_ground = ground_transforms(observations)
    if span.kind in VEHICLES_IN:
        trackers = [_fed(run, looking) for run in unbroken_runs(observations)]
        observations.let_go_of_boxes()  # before the trackers take most memory
        for tracker, length_s in trackers:
            tracks += _tracks_of(tracker, length_s, first_track_id + len(tracks), looking)
        again = repeats(tracks, repeated_tile(span.thumbnails), picture_px)
        telling = telling_scores(tracks, looking.usual_confidence, max(picture_px))
        no_vehicles = again | parts_of_others(tracks, telling)
        convoys = find_convoys([track for track in tracks if track.id not in no_vehicles], times_s, to_ground)
    findings = ShotFindings(span, observations, sightings, tuple(tracks), tuple(convoys), (), again)
    if span.kind != "footage":
        return findings
    return replace(findings, events=tuple(_events(findings, shot_index, to_ground, looking)))


def times_of(observations: Observations) -> ByFrame[float]:
    """Time of every frame."""
    return ByFrame(observations.column("frame"), observations.column("time_s"))


def _events(
    shot: ShotFindings, shot_index: int, to_ground: Mapping[int, NDArray[np.float64]], looking: Looking
) -> list[Event]:
    """What smokes and burns. Without colours, hot or bright things look like fire: it is not claimed."""
    last = (shot.observations[-1].frame, shot.observations[-1].time_s)
    events = []
    for kind in looking.kinds:
        if kind == "fire" and shot.monochrome:
            continue
        calibration = looking.kind_calibration.get(kind)
        for event in find_events(shot.sightings, kind, looking.kind_thresholds[kind], to_ground, last, shot_index):
            boxes = _boxes_of(shot.sightings, kind, event)
            events.append(
                replace(
                    event,
                    confidence=calibration.share_true(event.score) if calibration else event.score,
                    tracks=tracks_that_burn(boxes, shot.times_s, shot.tracks),
                )
            )
    return events


def _boxes_of(sightings: Sequence[Sighting], kind: str, event: Event) -> dict[int, Box]:
    """The box of a kind in each frame of an event that was looked at, where there is one."""
    seen = {s.frame: s.region(kind) for s in sightings if event.start <= s.frame <= event.end}
    return {frame: box for frame, box in seen.items() if box is not None}


def unbroken_runs(observations: Observations) -> Iterator[Observations]:
    """The frames between gaps in time: what is there after a gap may not be what was there before."""
    steps_s = np.diff(observations.column("time_s"))
    longest_s = max(LONGEST_STEP_S, LONGEST_STEP_USUAL * float(np.median(steps_s))) if len(steps_s) else LONGEST_STEP_S
    edges = [0, *(np.flatnonzero(steps_s > longest_s) + 1).tolist(), len(observations)]
    for start, end in pairwise(edges):
        yield observations if end - start == len(observations) else observations[start:end]


def _fed(observations: Observations, looking: Looking) -> tuple[Tracker, float]:
    """A tracker that has seen these, and how many seconds they are."""
    tracker = Tracker(high_score=looking.confidence, low_score=LOW_SCORE_SHARE * looking.confidence)
    for seen in observations:
        motion = seen.motion.affine if seen.motion.known else None
        tracker.update(seen.detections, seen.frame, seen.time_s, motion)
    return tracker, observations[-1].time_s - observations[0].time_s


def _tracks_of(tracker: Tracker, length_s: float, first_id: int, looking: Looking) -> list[Track]:
    """Those that are to be kept of a run of so many seconds."""
    shortest_s = min(SHORTEST_TRACK_S, length_s / 2)
    kept = [track for track in one_by_one(tracker.finish()) if _wanted(track, shortest_s, looking)]
    return [Track(first_id + index, track.boxes) for index, track in enumerate(kept)]


def _wanted(track: Track, shortest_s: float, looking: Looking) -> bool:
    fair = FAIR_SCORE_SHARE * looking.confidence
    fair_s = track.boxes.times_s[(track.boxes.scores >= fair) & ~track.boxes.filled]
    lasts = bool(fair_s[-1] - fair_s[0] >= shortest_s)
    return lasts and (looking.wanted is None or looking.vehicle_classes[track.class_index] in looking.wanted)


def ground_transforms(observations: Observations) -> ByFrame[NDArray[np.float64]]:
    """The transform of each frame's pixels to those of the shot's first frame."""
    transforms = Spool(MATRIX)
    to_ground: NDArray[np.float64] | None = None
    for block in observations.blocks():
        for to_frame_before in np.linalg.inv(block["matrix"]):
            to_ground = np.eye(3) if to_ground is None else to_ground @ to_frame_before
            transforms.append(to_ground)
    return ByFrame(observations.column("frame"), transforms.rows())


def _shows(seen: Sighting, kind: str, looking: Looking) -> bool:
    """Whether a look scores enough for an event to go on; below it, where it scores means nothing."""
    return seen.score(kind) >= OFF_SHARE * looking.kind_thresholds[kind]


def frame_records(findings: ShotFindings, looking: Looking) -> Iterator[FrameRecord]:
    """One record a frame of the shot, with final identities and the flags of confirmed events."""
    held: Sighting | None = None
    sightings = iter(findings.sightings)
    following = next(sightings, None)
    boxes = _boxes_in_turn(findings, looking)
    for position, seen in enumerate(findings.observations):
        if following is not None and following.frame == seen.frame:
            held, following = following, next(sightings, None)
        scores = {kind: held.score(kind) for kind in looking.kinds} if held else {}
        regions = {kind: held.region(kind) for kind in looking.kinds if _shows(held, kind, looking)} if held else {}
        inside = {event.kind for event in findings.events if event.start <= seen.frame <= event.end}
        flags = inside | {"fire"} if "flash" in inside else inside
        yield FrameRecord(
            frame=seen.frame,
            time_s=seen.time_s,
            boxes=next(boxes),
            smoke=scores.get("smoke", 0.0),
            fire=scores.get("fire", 0.0),
            flags=tuple(sorted(flags)),
            smoke_box=regions.get("smoke"),
            fire_box=regions.get("fire"),
            looked_at=seen.detections is not None,
            camera_motion=tuple(seen.motion.matrix.ravel().tolist()) if position and seen.motion.known else None,
        )


def _boxes_in_turn(findings: ShotFindings, looking: Looking) -> Iterator[tuple[FrameBox, ...]]:
    """The boxes of one frame after the other; those of a whole shot would be most of the memory that it takes."""
    names = [looking.vehicle_classes[track.class_index] for track in one_by_one(findings.tracks)]
    waiting = stretches(findings.tracks, RECORDS_AT_A_TIME)
    following = next(waiting, None)
    here: dict[int, list[FrameBox]] = {}
    for seen in findings.observations.blocks():
        for frame in seen["frame"].tolist():
            while following and following[0] <= frame:
                here = _boxes_of_stretch(findings.tracks, names, *following)
                following = next(waiting, None)
            yield tuple(here.get(frame, ()))


def _boxes_of_stretch(
    tracks: Sequence[Track], names: Sequence[str], start: int, stop: int, present: Sequence[int]
) -> dict[int, list[FrameBox]]:
    """Frames to their boxes, in the order of their tracks."""
    found: dict[int, list[FrameBox]] = {}
    for number in present:
        track = tracks[number]
        boxes = track.boxes[track.boxes.between(start, stop)]
        columns = (boxes.frames, boxes.scores, boxes.xyxy, boxes.filled)
        for frame, score, xyxy, filled in zip(*(column.tolist() for column in columns), strict=True):
            found.setdefault(frame, []).append(FrameBox(track.id, names[number], score, tuple(xyxy), filled))
    return found
