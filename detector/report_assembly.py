"""From what was found shot by shot to the parts of the report."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from detector import __version__
from detector.belief import believe
from detector.clip_reading import Reader, confined
from detector.content_credentials import read_content_credentials
from detector.counting import count_shot, is_counted
from detector.displays import displays
from detector.looks import Networks
from detector.model import Network
from detector.mot_file import SavedDetections
from detector.report import (
    Coverage,
    DamagedPlace,
    DeviceUsed,
    Event,
    InputClip,
    NetworkUsed,
    Shot,
    TrackSummary,
)
from detector.settled_shot import SettledShot
from detector.shot_findings import VEHICLES_IN, Looking
from detector.shots import same_place
from detector.spool import one_by_one
from detector.track_store import TrackStore, times_of_tracks

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
    shots: Sequence[SettledShot],
    size_px: int | None,
    smoke_fire_every: int,
    interrupted: bool,
    clip_changed: bool,
) -> Coverage:
    """What was looked at and what was not. The reader must have been read to where the run ended, or a little further.

    `size_px` is the smallest input size, which counts where no frame could show a vehicle; None where nobody looked.
    """
    able = [shot for shot in shots if shot.span.kind in VEHICLES_IN]
    last = shots[-1].span.end if shots else -1
    return Coverage(
        frames_decoded=sum(shot.frames for shot in shots),
        frames_failed=reader.frames_failed,
        share_read=None if reader.share_read is None else round(reader.share_read, 4),
        frames_dark=sum(shot.frames_dark for shot in shots),
        frames_not_footage=sum(shot.frames for shot in shots if shot.span.kind != "footage"),
        frames_looked_at=sum(shot.frames_looked_at for shot in shots),
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


def _smallest_size_px(shots: Iterable[SettledShot]) -> int | None:
    return min(_frames_of_size(shots), default=None)


def most_used_size_px(shots: Iterable[SettledShot], otherwise: int | None) -> int | None:
    """The input size of most frames of these shots, of equals the smallest; `otherwise` if there are no frames."""
    frames = _frames_of_size(shots)
    return max(sorted(frames), key=frames.__getitem__, default=otherwise)


def _frames_of_size(shots: Iterable[SettledShot]) -> Counter[int]:
    """How many frames were looked at in each input size."""
    frames: Counter[int] = Counter()
    for shot in shots:
        frames.update(shot.frames_of_size)
    return frames


def shot_summaries(
    settled: Sequence[SettledShot], store: TrackStore, looking: Looking, picture_px: int
) -> tuple[list[Shot], list[TrackSummary]]:
    """The shots with their counts, and all tracks; `picture_px` is the longest side of the clip's pictures."""
    shots: list[Shot] = []
    tracks: list[TrackSummary] = []
    drawn_over = displays([shot.still for shot in settled])
    for index, shot in one_by_one(enumerate(settled)):
        boxes = store.tracks(shot.kept)
        believed = believe(boxes, looking.usual_confidence, picture_px, drawn_over, shot.repeats)
        counted = {one.track.id for one in believed if is_counted(one, looking.confidence)}
        tracks += [replace(track, counted=track.id in counted) for track in shot.tracks]
        counts = count_shot(believed, times_of_tracks(boxes), looking.vehicle_classes, looking.confidence)
        shots.append(
            Shot(
                start=shot.span.start,
                end=shot.span.end,
                start_s=shot.start_s,
                end_s=shot.end_s,
                kind=shot.span.kind,
                monochrome=shot.monochrome,
                most_at_once=counts.most_at_once,
                distinct=counts.distinct,
                by_class=counts.by_class,
                by_group=counts.by_group,
                reason=counts.reason,
                same_place_as=_same_place_as(settled, index),
                input_size_px=most_used_size_px([shot], None),
                smallest_vehicle_px=_smallest_vehicle_px(_smallest_size_px([shot]), picture_px),
                frames_looked_at=shot.frames_looked_at,
            )
        )
    return shots, tracks


def _same_place_as(shots: Sequence[SettledShot], index: int) -> int | None:
    span = shots[index].span
    if span.kind != "footage":
        return None
    earlier = (i for i in range(index) if shots[i].span.kind == "footage")
    return next((i for i in earlier if same_place(shots[i].span, span)), None)


def event_summaries(shots: Sequence[SettledShot]) -> list[Event]:
    """The events of all shots; one that begins with its shot is said to continue one that ended with the shot before.

    Transitions between the two are passed over.
    """
    events: list[Event] = []
    before: dict[str, int] = {}  # kind to the index of the event that lasted to the end of the shot before
    for shot in shots:
        if shot.span.kind == "transition":
            continue
        lasting = {}
        for event in shot.events:
            begins_with_shot = event.start_s - shot.start_s < AT_THE_CUT_S
            if shot.end_s - event.end_s < AT_THE_CUT_S:
                lasting[event.kind] = len(events)
            events.append(replace(event, continues=before.get(event.kind) if begins_with_shot else None))
        before = lasting
    return events


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
