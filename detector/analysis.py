"""The hot loop: one pass over a clip, from the reader through the networks to the report.

Frames are only observed on the way; what they mean is settled shot by shot, when a shot is over and both directions of
time are known. Nothing here knows an output format.
"""

import datetime
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from detector.clip_reading import Reader, confined, frame_rate, frames_expected, open_clip
from detector.colour import chroma
from detector.counting import count_clip
from detector.detections import Detections
from detector.file_hash import sha256_of, state_of
from detector.flashes import FlashCue
from detector.frame_records import FrameRecord
from detector.input_size import SizeChoice, sizes_to_try
from detector.journal import RunJournal
from detector.json_differences import as_read
from detector.limits import DEFAULT_LIMITS, Limits
from detector.look_schedule import EveryChoice, schedule
from detector.looks import Networks as Networks
from detector.looks import VehiclesSeen, vehicles_seen
from detector.model_card import ModelError, ThresholdName
from detector.mot_file import SavedDetections
from detector.observations import Observation, Observations
from detector.report import SCHEMA, Report, Run, Settings
from detector.report_assembly import (
    coverage,
    device_used,
    event_summaries,
    input_clip,
    most_used_size_px,
    networks_used,
    shot_summaries,
    versions,
)
from detector.scaled_looks import found_in
from detector.seen_frames import SeenFrame, seen_frames
from detector.settled_shot import SettledShot, settled
from detector.shot_findings import LOW_SCORE_SHARE, Looking, frame_records, understand_shot
from detector.shots import ShotFinder, ShotSpan
from detector.sighting_spool import SightingSpool
from detector.sightings import sighting_of
from detector.track_store import TrackStore
from detector.wish import DeviceName

SMOKE_FIRE_EVERY_S = 0.3  # smoke changes slowly
SMOKE_FIRE_FLOOR = 0.01  # scores below it count as nothing seen
DARK_LEVEL = 18.0  # mean grey level of 255

OnDetections = Callable[[int, Detections | None], None]
OnFrames = Callable[[Iterable[FrameRecord]], None]
OnProgress = Callable[[int, int | None], None]


def analyze(
    clip: str | Path,
    *,
    device: DeviceName = "auto",
    classes: Sequence[str] | None = None,
    threshold: ThresholdName = "typical",
    confidence: float | None = None,
    size: SizeChoice = "auto",
    every: EveryChoice = "auto",
    from_s: float | None = None,
    to_s: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
    sandbox: bool = False,
    networks: Networks | None = None,
    on_detections: OnDetections | None = None,
    on_frames: OnFrames | None = None,
    on_progress: OnProgress | None = None,
    journal: RunJournal | None = None,
) -> Report:
    """Analyse one recorded clip.

    Args:
        clip: a local video file.
        device: "cpu", "cuda", or "auto" for CUDA where a session really runs there. Ignored if `networks` is given.
        classes: vehicle classes to report, of "tank", "ifv_apc", "artillery", "mlrs", "truck", "car"; None for all.
        threshold: operating point of both networks: "conservative" misses more and is wrong less than "typical".
        confidence: score from 0 to 1 at which a track may start; None for that of the threshold.
        size: longest side in pixels at which the vehicle network looks, a multiple of 32 from 320 to 2560; "auto" looks
            at a few frames of each shot in several sizes and takes the smallest from which a larger one adds little.
        every: the vehicle network looks at every so many frames of a shot, and vehicles are carried in between; "auto"
            looks more often where it pays. Without effect on saved detections.
        from_s: leave out what is earlier than this many seconds after the first picture.
        to_s: leave out what is at or after this many seconds after the first picture.
        limits: what is read at most.
        sandbox: read in a process that can do nothing else (`detector.sandbox`).
        networks: networks opened before, to save the time of opening them again for every clip.
        on_detections: is given the number of each frame and all that was found in it down to the lowest score that
            tracking looks at, in order; None where nobody looked.
        on_frames: is given the frame records of each shot when it is over, in order; boxes are xyxy in upright pixels.
        on_progress: is given the frames done and the frames expected (None if not known) after each frame. It may raise
            KeyboardInterrupt to break off between two frames.
        journal: keeps what the networks answer, and answers for them what it knows already.

    Returns:
        The report. After Ctrl-C that of the part done, with `coverage.interrupted` set.

    Raises:
        ClipError: the clip cannot be read at all.
        SandboxError: reading cannot be confined on this system.
        ModelError, DeviceError: a network or the device cannot be had, or a network has no such threshold.
        MotFileError: the saved detections are not of this clip.
        ValueError: an unknown class, a confidence outside 0 to 1, a size or `every` out of range, or an empty range.
        OSError: the journal cannot be written.
    """
    sizes_to_try(size)  # before anything is opened
    schedule(every, 0.5)  # likewise
    networks = networks or Networks.load(device)
    sizes_px = sizes_to_try(size, networks.vehicles.card.size_px)
    looking = _looking(networks, classes, threshold, confidence)
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    path = Path(clip)
    settings = Settings(
        classes=tuple(classes) if classes else None,
        threshold=threshold,
        confidence=confidence,
        size=size,
        every=every,
        tracks=networks.vehicles.card.name if isinstance(networks.vehicles, SavedDetections) else None,
        from_s=from_s,
        to_s=to_s,
        limits=limits,
    )
    before = state_of(path)
    with open_clip(path, from_s, to_s, limits, sandbox) as reader:
        sha256 = sha256_of(path)
        if journal:
            bound = {"clip": sha256, "settings": asdict(settings), "versions": versions()}
            networks = journal.around(networks, as_read(bound))
        look = vehicles_seen(networks.vehicles, looking.confidence, sizes_px, every)
        watch = _Watch(networks, looking, frame_rate(reader), on_detections, on_frames)
        interrupted = _watch_clip(reader, look, watch, frames_expected(reader, from_s, to_s), on_progress)
        frames = sum(shot.frames for shot in watch.shots)
        source = input_clip(path, reader, frames, sha256, before.bytes if before else 0)
        asked_px = None if isinstance(networks.vehicles, SavedDetections) else sizes_px[0]
        clip_changed = state_of(path) != before
        covered = coverage(reader, watch.shots, asked_px, watch.smoke_fire_every, interrupted, clip_changed)
        if isinstance(networks.vehicles, SavedDetections) and covered.complete and to_s is None and not interrupted:
            networks.vehicles.must_end_by(watch.frames)
    longest_px = max(source.width, source.height)
    shots, tracks = shot_summaries(watch.shots, watch.store, looking, longest_px)
    seconds = time.perf_counter() - clock
    return Report(
        schema=SCHEMA,
        input=source,
        networks=networks_used(networks, looking, most_used_size_px(watch.shots, asked_px)),
        device=device_used(networks),
        settings=settings,
        versions=versions(),
        counts=count_clip(shots),
        shots=tuple(shots),
        tracks=tuple(tracks),
        convoys=tuple(convoy for shot in watch.shots for convoy in shot.convoys),
        events=tuple(event_summaries(watch.shots)),
        coverage=covered,
        run=Run(
            started.isoformat(timespec="seconds"),
            round(seconds, 3),
            round(frames / seconds, 2),
            confined(reader),
        ),
    )


@dataclass
class _Watch:
    """What has been seen so far: the open shot's observations, and what is to be remembered of those that are over."""

    networks: Networks
    looking: Looking
    frame_rate: float
    on_detections: OnDetections | None
    on_frames: OnFrames | None
    shots: list[SettledShot] = field(default_factory=list)
    store: TrackStore = field(default_factory=TrackStore)
    _observations: Observations = field(default_factory=Observations)

    def __post_init__(self) -> None:
        self._finder = ShotFinder(self.frame_rate)
        self._flash_cue = FlashCue()
        self.smoke_fire_every = max(1, round(SMOKE_FIRE_EVERY_S * self.frame_rate))
        self._sightings = SightingSpool(self.looking.kinds)
        self._next_track_id = 1
        self._picture_px = (0, 0)
        self.frames = 0  # up to the last one seen, also those that were left out before the first

    def look(self, seen: SeenFrame) -> None:
        """Observe one frame, and settle the shots that are known to be over."""
        frame, small = seen.frame, seen.thumbnail
        self._picture_px = (frame.picture.width, frame.picture.height)
        time_s = frame.time.seconds
        if self.on_detections:
            self.on_detections(frame.index, seen.found)
        self.frames = frame.index + 1
        due, lit = frame.index % self.smoke_fire_every == 0 or not self._observations, self._flash_cue.update(small)
        if due or lit:
            answer = found_in(frame.picture, self.networks.smoke_fire, confidence=SMOKE_FIRE_FLOOR)
            sighting = sighting_of(frame.index, time_s, answer, self.looking.kinds)
            self._sightings.append(replace(sighting, due=due, lit=lit, chroma=chroma(small)))
        dark = float(small.mean()) < DARK_LEVEL
        self._observations.append(Observation(frame.index, time_s, seen.found, seen.size_px, seen.motion, dark))
        for span in self._finder.update(frame.index, small):
            self._settle(span)

    def finish(self) -> None:
        """The clip is over: settle what is left."""
        for span in self._finder.finish():
            self._settle(span)

    def _settle(self, span: ShotSpan) -> None:
        observations = self._observations.take_until(span.end)
        sightings = self._sightings.take_until(span.end)
        findings = understand_shot(
            span,
            len(self.shots),
            observations,
            sightings,
            self._next_track_id,
            self.looking,
            self._picture_px,
        )
        self._next_track_id += len(findings.tracks)
        if self.on_frames:
            self.on_frames(frame_records(findings, self.looking))
        self.shots.append(settled(findings, len(self.shots), self.looking, self.store))


def _watch_clip(
    reader: Reader, look: VehiclesSeen, watch: _Watch, expected: int | None, on_progress: OnProgress | None
) -> bool:
    """Look at every frame; True if the user broke it off, with what was seen till then settled."""
    interrupted = False
    try:
        with seen_frames(reader, look, LOW_SCORE_SHARE * watch.looking.confidence) as frames:
            for done, seen in enumerate(frames, start=1):
                watch.look(seen)
                if on_progress:
                    on_progress(done, expected)
    except KeyboardInterrupt:
        interrupted = True
    watch.finish()
    return interrupted


def _looking(
    networks: Networks, classes: Sequence[str] | None, threshold: ThresholdName, confidence: float | None
) -> Looking:
    known = networks.vehicles.classes
    unknown = sorted(set(classes or ()) - set(known))
    if unknown:
        raise ValueError(f"unknown class {', '.join(unknown)}; the network knows {', '.join(known)}")
    if confidence is not None and not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")
    vehicles, smoke_fire = (network.card.threshold(threshold) for network in (networks.vehicles, networks.smoke_fire))
    if not smoke_fire.frame:
        raise ModelError(
            f"network {networks.smoke_fire.card.name}: its {threshold} threshold has no scores for frames, so it "
            "cannot flag smoke and fire; install detect again"
        )
    return Looking(
        vehicle_classes=known,
        wanted=frozenset(classes) if classes else None,
        confidence=vehicles.confidence if confidence is None else confidence,
        usual_confidence=networks.vehicles.card.threshold().confidence,
        kinds=networks.smoke_fire.classes,
        kind_confidence=smoke_fire.confidence,
        kind_thresholds=smoke_fire.frame,
        kind_calibration=networks.smoke_fire.card.frame_calibration,
    )
