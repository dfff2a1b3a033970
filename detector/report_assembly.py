"""From what was found shot by shot to the parts of the report."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from detector import __version__
from detector.clip import ClipReader
from detector.counting import distinct_in_shot, most_at_once
from detector.device import Device
from detector.model import ModelCard
from detector.report import (
    Convoy,
    Coverage,
    DamagedPlace,
    DeviceUsed,
    InputClip,
    NetworkUsed,
    Shot,
    TrackSummary,
)
from detector.shot_findings import Looking, ShotFindings
from detector.shots import same_place

SMALLEST_IN_NETWORK_PX = 8.0  # one cell of the finest grid of the network


def input_clip(path: Path, reader: ClipReader) -> InputClip:
    """The clip as it was found, with the hash of its bytes."""
    info = reader.info
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return InputClip(
        file=path.name,
        sha256=digest,
        bytes=path.stat().st_size,
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
        frames_decoded=reader.frames_decoded,
    )


def coverage(
    reader: ClipReader,
    findings: Sequence[ShotFindings],
    size_px: int,
    smoke_fire_every: int,
    interrupted: bool,
) -> Coverage:
    """What was looked at and what was not. The reader must have been read to where the run ended."""
    seen = [observation for shot in findings for observation in shot.observations]
    scale = size_px / max(reader.info.width, reader.info.height)
    return Coverage(
        frames_decoded=reader.frames_decoded,
        frames_failed=reader.frames_failed,
        frames_dark=sum(observation.dark for observation in seen),
        frames_not_footage=sum(len(f.observations) for f in findings if f.span.kind != "footage"),
        smoke_fire_every_frames=smoke_fire_every,
        smallest_vehicle_px=round(SMALLEST_IN_NETWORK_PX / scale, 1),
        interrupted=interrupted,
        damage=tuple(DamagedPlace(place.after_frame, place.time_s, place.reason) for place in reader.damage),
        notes=tuple(reader.notes),
    )


def shot_summaries(findings: Sequence[ShotFindings], looking: Looking) -> list[Shot]:
    """The shots with their counts."""
    shots: list[Shot] = []
    for index, shot in enumerate(findings):
        at_once = most_at_once(shot.tracks, shot.times_s)
        shots.append(
            Shot(
                start=shot.span.start,
                end=shot.span.end,
                start_s=shot.observations[0].time_s,
                end_s=shot.observations[-1].time_s,
                kind=shot.span.kind,
                most_at_once=at_once,
                distinct=distinct_in_shot(shot.tracks, at_once, looking.confidence),
                same_place_as=_same_place_as(findings, index),
            )
        )
    return shots


def _same_place_as(findings: Sequence[ShotFindings], index: int) -> int | None:
    span = findings[index].span
    if span.kind != "footage":
        return None
    earlier = (i for i in range(index) if findings[i].span.kind == "footage")
    return next((i for i in earlier if same_place(findings[i].span, span)), None)


def track_summaries(findings: Sequence[ShotFindings], looking: Looking) -> list[TrackSummary]:
    """The tracks of all shots."""
    return [
        TrackSummary(
            id=track.id,
            class_name=looking.vehicle_classes[track.class_index],
            class_share=track.class_share,
            first=track.first,
            last=track.last,
            first_s=shot.times_s[track.first],
            last_s=shot.times_s[track.last],
            frames_seen=sum(not box.filled for box in track.boxes),
            score=track.score,
            shot=index,
        )
        for index, shot in enumerate(findings)
        for track in shot.tracks
    ]


def convoy_summaries(findings: Sequence[ShotFindings]) -> list[Convoy]:
    """The convoys of all shots."""
    return [
        Convoy(c.tracks, len(c.tracks), c.start, c.end, shot.times_s[c.start], shot.times_s[c.end])
        for shot in findings
        for c in shot.convoys
    ]


def networks_used(
    vehicles: ModelCard, smoke_fire: ModelCard, looking: Looking, size_px: int
) -> tuple[NetworkUsed, ...]:
    """Which networks looked, and how."""
    return (
        NetworkUsed(vehicles.name, vehicles.sha256, vehicles.classes, looking.confidence, size_px),
        NetworkUsed(smoke_fire.name, smoke_fire.sha256, smoke_fire.classes, smoke_fire.confidence, smoke_fire.size_px),
    )


def device_used(device: Device) -> DeviceUsed:
    """Where they ran."""
    return DeviceUsed(device.requested, device.used, device.reason, device.providers)


def versions() -> dict[str, str]:
    """What software the figures depend on."""
    names = ("av", "numpy", "onnxruntime", "onnxruntime-gpu", "opencv-python-headless", "scenedetect-headless")
    found = {"detect": __version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # one of onnxruntime and onnxruntime-gpu is not there
            continue
    return found
