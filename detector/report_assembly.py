"""From what was found shot by shot to the parts of the report."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from detector import __version__
from detector.belief import Believed, believe
from detector.clip_reading import Reader, confined
from detector.content_credentials import read_content_credentials
from detector.counting import count_shot, is_counted
from detector.displays import displays
from detector.looks import Networks
from detector.model import Network
from detector.mot_file import SavedDetections
from detector.report import (
    Convoy,
    ConvoyPresence,
    Coverage,
    DamagedPlace,
    DeviceUsed,
    Event,
    InputClip,
    NetworkUsed,
    Shot,
    TrackSummary,
)
from detector.shot_findings import VEHICLES_IN, Looking, ShotFindings
from detector.shots import same_place
from detector.tracking import Track

AT_THE_CUT_S = 0.5  # an event this near to the end of its shot lasts to it
SMALLEST_IN_NETWORK_PX = 8.0  # one cell of the finest grid of the network


def input_clip(path: Path, reader: Reader, frames: int, sha256: str, size_bytes: int) -> InputClip:
    """The clip as it was found, with the hash and the number of its bytes, and how many frames of it were looked at."""
    info = reader.info
    return InputClip(
        file=os.fsencode(path.name).decode("utf-8", "replace"),  # a name may hold bytes that are no text
        sha256=sha256,
        bytes=size_bytes,
        container=info.container,
        codec=info.codec,
        pixel_format=info.pixel_format,
        width=info.width,
        height=info.height,
        rotation_degrees=info.rotation_degrees,
        frame_rate=float(info.frame_rate) if info.frame_rate else None,
        duration_s=info.duration_s,
        start_s=info.start_s,
        has_audio=info.has_audio,
        frames_declared=info.frames_declared,
        frames_decoded=frames,
        content_credentials=read_content_credentials(path, sandbox=confined(reader) is not None),
    )


def coverage(
    reader: Reader,
    findings: Sequence[ShotFindings],
    size_px: int | None,
    smoke_fire_every: int,
    interrupted: bool,
    clip_changed: bool,
) -> Coverage:
    """What was looked at and what was not. The reader must have been read to where the run ended, or a little further.

    `size_px` is the smallest input size, which counts where no frame could show a vehicle; None where nobody looked.
    """
    able = [shot for shot in findings if shot.span.kind in VEHICLES_IN]
    last = findings[-1].observations[-1].frame if findings else -1
    return Coverage(
        frames_decoded=sum(len(shot.observations) for shot in findings),
        frames_failed=reader.frames_failed,
        share_read=None if reader.share_read is None else round(reader.share_read, 4),
        frames_dark=sum(int(shot.observations.columns()["dark"].sum()) for shot in findings),
        frames_not_footage=sum(len(f.observations) for f in findings if f.span.kind != "footage"),
        frames_looked_at=_looked_at(findings),
        smoke_fire_every_frames=smoke_fire_every,
        smallest_vehicle_px=_smallest_vehicle_px(
            _smallest_size_px(able) if able else size_px,
            max(reader.info.width, reader.info.height),
        ),
        interrupted=interrupted,
        damage=tuple(DamagedPlace(**asdict(place)) for place in reader.damage if place.after_frame <= last),
        notes=tuple(reader.notes),
        clip_changed=clip_changed,
    )


def _smallest_vehicle_px(size_px: int | None, picture_px: int) -> float | None:
    """The narrowest vehicle the network could resolve at this input size, in pixels of the clip."""
    return None if size_px is None else round(SMALLEST_IN_NETWORK_PX * picture_px / size_px, 1)


def _looked_at(findings: Iterable[ShotFindings]) -> int:
    return sum(int(shot.observations.columns()["looked_at"].sum()) for shot in findings)


def _smallest_size_px(findings: Iterable[ShotFindings]) -> int | None:
    return min(_frames_of_size(findings), default=None)


def most_used_size_px(findings: Sequence[ShotFindings], otherwise: int | None) -> int | None:
    """The input size of most frames of these shots, of equals the smallest; `otherwise` if there are no frames."""
    frames = _frames_of_size(findings)
    return max(sorted(frames), key=frames.__getitem__, default=otherwise)


def _frames_of_size(findings: Iterable[ShotFindings]) -> Counter[int]:
    """How many frames were looked at in each input size."""
    frames: Counter[int] = Counter()
    for shot in findings:
        sizes_px, counts = np.unique(shot.observations.columns()["size_px"], return_counts=True)
        frames.update(dict(zip(sizes_px.tolist(), counts.tolist(), strict=True)))
    del frames[0]
    return frames


def shot_summaries(findings: Sequence[ShotFindings], looking: Looking, picture_px: int) -> list[Shot]:
    """The shots with their counts; `picture_px` is the longest side of the clip's pictures."""
    shots: list[Shot] = []
    for index, (shot, believed) in enumerate(zip(findings, _believed(findings, looking, picture_px), strict=True)):
        counts = count_shot(believed, shot.times_s, looking.vehicle_classes, looking.confidence)
        shots.append(
            Shot(
                start=shot.span.start,
                end=shot.span.end,
                start_s=shot.observations[0].time_s,
                end_s=shot.observations[-1].time_s,
                kind=shot.span.kind,
                monochrome=shot.monochrome,
                most_at_once=counts.most_at_once,
                distinct=counts.distinct,
                by_class=counts.by_class,
                by_group=counts.by_group,
                reason=counts.reason,
                same_place_as=_same_place_as(findings, index),
                input_size_px=most_used_size_px([shot], None),
                smallest_vehicle_px=_smallest_vehicle_px(_smallest_size_px([shot]), picture_px),
                frames_looked_at=_looked_at([shot]),
            )
        )
    return shots


def _same_place_as(findings: Sequence[ShotFindings], index: int) -> int | None:
    span = findings[index].span
    if span.kind != "footage":
        return None
    earlier = (i for i in range(index) if findings[i].span.kind == "footage")
    return next((i for i in earlier if same_place(findings[i].span, span)), None)


def _believed(findings: Sequence[ShotFindings], looking: Looking, picture_px: int) -> list[list[Believed]]:
    """The tracks of each shot with how likely each is a vehicle of its own."""
    drawn_over = displays(findings)
    return [believe(shot.tracks, looking.usual_confidence, picture_px, drawn_over, shot.repeats) for shot in findings]


def track_summaries(findings: Sequence[ShotFindings], looking: Looking, picture_px: int) -> list[TrackSummary]:
    """The tracks of all shots; `picture_px` is the longest side of the clip's pictures."""
    counted = {
        one.track.id
        for believed in _believed(findings, looking, picture_px)
        for one in believed
        if is_counted(one, looking.confidence)
    }
    return [
        TrackSummary(
            id=track.id,
            class_name=looking.vehicle_classes[track.class_index],
            class_share=track.class_share,
            first=track.first,
            last=track.last,
            first_s=shot.times_s[track.first],
            last_s=shot.times_s[track.last],
            frames_seen=int((~track.boxes.filled).sum()),
            score=track.score,
            counted=track.id in counted,
            burning=_rests_on(shot, track, "fire"),
            smoking=_rests_on(shot, track, "smoke"),
            shot=index,
        )
        for index, shot in enumerate(findings)
        for track in shot.tracks
    ]


def _rests_on(shot: ShotFindings, track: Track, kind: str) -> bool:
    return any(track.id in event.tracks for event in shot.events if event.kind == kind)


def event_summaries(findings: Sequence[ShotFindings]) -> list[Event]:
    """The events of all shots; one that begins with its shot is said to continue one that ended with the shot before.

    Transitions between the two are passed over.
    """
    events: list[Event] = []
    before: dict[str, int] = {}  # kind to the index of the event that lasted to the end of the shot before
    for shot in findings:
        if shot.span.kind == "transition":
            continue
        lasting = {}
        for event in shot.events:
            begins_with_shot = event.start_s - shot.times_s[shot.span.start] < AT_THE_CUT_S
            if shot.times_s[shot.span.end] - event.end_s < AT_THE_CUT_S:
                lasting[event.kind] = len(events)
            events.append(replace(event, continues=before.get(event.kind) if begins_with_shot else None))
        before = lasting
    return events


def convoy_summaries(findings: Sequence[ShotFindings]) -> list[Convoy]:
    """The convoys of all shots."""
    return [
        Convoy(
            tracks=c.tracks,
            size=len(c.tracks),
            start=c.start,
            end=c.end,
            start_s=shot.times_s[c.start],
            end_s=shot.times_s[c.end],
            presence=tuple(ConvoyPresence(run.start, run.end, run.vehicles) for run in c.presence),
            spacing_lengths=c.spacing_lengths,
            direction_degrees=c.direction_degrees,
        )
        for shot in findings
        for c in shot.convoys
    ]


def networks_used(networks: Networks, looking: Looking, size_px: int | None) -> tuple[NetworkUsed, NetworkUsed]:
    """Which networks looked, and how."""

    def used(looker: Network | SavedDetections, confidence: float, size_px: int | None) -> NetworkUsed:
        card = looker.card
        precision = None if isinstance(looker, SavedDetections) else looker.device.precision
        return NetworkUsed(card.name, card.sha256, card.classes, confidence, size_px, precision)

    return (
        used(networks.vehicles, looking.confidence, size_px),
        used(networks.smoke_fire, looking.kind_confidence, networks.smoke_fire.card.size_px),
    )


def device_used(networks: Networks) -> DeviceUsed:
    """Where they ran."""
    device = networks.smoke_fire.device if isinstance(networks.vehicles, SavedDetections) else networks.vehicles.device
    return DeviceUsed(device.requested, device.used, device.reason, device.providers)


def versions() -> dict[str, str]:
    """What software the figures depend on."""
    from importlib.metadata import PackageNotFoundError, version  # late: it takes long, and the first frame waits

    names = (
        "av",
        "c2pa-python",
        "numpy",
        "onnxruntime",
        "onnxruntime-gpu",
        "onnxruntime-openvino",
        "opencv-python-headless",
    )
    found = {"detect": __version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # only one of the packages of onnxruntime is there, and an extra may not be
            continue
    return found
