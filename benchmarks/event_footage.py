"""Clips looked at once, every frame of them, so that any rate, threshold and method can be tried on the same looks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.colour_rules import colour_shares
from benchmarks.real_clips import merged
from detector.analysis import SMOKE_FIRE_FLOOR
from detector.clip import ClipReader
from detector.colour import chroma
from detector.detections import Detections
from detector.flashes import FlashCue
from detector.looks import Network
from detector.model_card import ModelCard, Threshold
from detector.motion import CameraMotionEstimator
from detector.observations import Observation, Observations
from detector.report import Event
from detector.scaled_looks import found_in
from detector.shot_findings import Looking, understand_shot
from detector.shots import ShotFinder, ShotSpan
from detector.sightings import Sighting, sighting_of
from detector.small_pictures import with_small_pictures

NO_PICTURE_PX = (1, 1)  # only vehicles are measured by it

Ranges = list[list[int]]


@dataclass(frozen=True)
class Footage:
    """One clip, without its vehicles.

    Attributes:
        found: of the smoke and fire network, a frame each.
        lit: frames where something lit up.
        chromas: how far the colours of each frame are from one another.
        colours: what plain colour says, a frame each.
    """

    name: str
    frame_rate: float
    observations: list[Observation]
    found: list[Detections]
    lit: list[bool]
    chromas: list[float]
    colours: list[Mapping[str, float]]
    spans: list[ShotSpan]


def watch(path: Path, network: Network) -> Footage:
    """Look at every frame of a clip as `analysis` does, but for vehicles.

    Raises:
        ClipError: it cannot be read.
    """
    with ClipReader(path) as reader:
        rate = float(reader.info.frame_rate or 25)
        finder, camera, cue = ShotFinder(rate), CameraMotionEstimator(), FlashCue()
        footage = Footage(path.name, rate, [], [], [], [], [], [])
        for frame, pictures in with_small_pictures(reader):
            small = pictures.thumbnail
            motion = camera.update(pictures.halved, frame.picture.width)
            footage.observations.append(
                Observation(frame.index, frame.time.seconds, Detections.none(), None, motion, False)
            )
            footage.found.append(found_in(frame.picture, network, confidence=SMOKE_FIRE_FLOOR))
            footage.lit.append(cue.update(small))
            footage.chromas.append(chroma(small))
            footage.colours.append(colour_shares(small))
            footage.spans.extend(finder.update(frame.index, small))
        footage.spans.extend(finder.finish())
    return footage


def looks(footage: Footage, kinds: tuple[str, ...], every_s: float, cue: bool = True) -> list[Sighting]:
    """Those looks that a rate calls for, and where something lit up."""
    every = max(1, round(every_s * footage.frame_rate))
    seen = []
    for number, observation in enumerate(footage.observations):
        due, lit = observation.frame % every == 0, cue and footage.lit[number]
        if due or lit:
            sighting = sighting_of(observation.frame, observation.time_s, footage.found[number], kinds)
            seen.append(replace(sighting, due=due, lit=lit, chroma=footage.chromas[number]))
    return seen


def events(footage: Footage, card: ModelCard, threshold: Threshold, every_s: float, cue: bool = True) -> list[Event]:
    """What `detect` reports, as far as it does not depend on vehicles."""
    looking = Looking((), None, 0.5, 0.5, card.classes, threshold.confidence, threshold.frame, card.frame_calibration)
    seen = looks(footage, card.classes, every_s, cue)
    found: list[Event] = []
    for index, span in enumerate(footage.spans):
        shot = Observations(footage.observations[span.start : span.end + 1])
        sightings = [sighting for sighting in seen if span.start <= sighting.frame <= span.end]
        found += understand_shot(span, index, shot, sightings, 1, looking, NO_PICTURE_PX).events
    return found


def event_ranges(found: list[Event]) -> dict[str, Ranges]:
    """Frames of smoke, and of fire with flashes."""
    return {
        "smoke": merged([[event.start, event.end] for event in found if event.kind == "smoke"]),
        "fire": merged([[event.start, event.end] for event in found if event.kind in ("fire", "flash")]),
    }


def single_frame_ranges(footage: Footage, card: ModelCard, threshold: Threshold, every_s: float) -> dict[str, Ranges]:
    """Without a vote: a frame is flagged by its score, for the frames up to the next look."""
    every = max(1, round(every_s * footage.frame_rate))
    seen = looks(footage, card.classes, every_s, cue=False)
    return {
        kind: merged([[s.frame, s.frame + every - 1] for s in seen if s.score(kind) >= threshold.frame[kind]])
        for kind in card.classes
    }


def colour_ranges(footage: Footage, thresholds: Mapping[str, float]) -> dict[str, Ranges]:
    """Frames that plain colour flags."""
    return {
        kind: merged([[n, n] for n, shares in enumerate(footage.colours) if shares[kind] >= threshold])
        for kind, threshold in thresholds.items()
    }
