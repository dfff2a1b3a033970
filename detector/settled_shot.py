"""What the report needs of a shot whose frame records are written: all but its tracks, which are in the store."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from detector.displays import StillTrack, still_tracks
from detector.report import Convoy, ConvoyPresence, Event, TrackSummary
from detector.shot_findings import Looking, ShotFindings
from detector.shots import ShotSpan
from detector.spool import one_by_one
from detector.track_store import KeptTracks, TrackStore
from detector.tracking import Track


@dataclass(frozen=True)
class SettledShot:
    """One shot that is over.

    Attributes:
        start_s, end_s: of its first and last frame.
        monochrome: whether it is thermal or black-and-white.
        frames, frames_dark, frames_looked_at: how many there are.
        frames_of_size: input size in pixels to how many were looked at in it.
        tracks: as they will be in the report; which of them count is not known yet.
        kept: where their boxes are.
        still: those that may be drawn over the picture.
        repeats: ids of tracks that show a vehicle of another tile again.
    """

    span: ShotSpan
    start_s: float
    end_s: float
    monochrome: bool
    frames: int
    frames_dark: int
    frames_looked_at: int
    frames_of_size: Mapping[int, int]
    tracks: tuple[TrackSummary, ...]
    kept: KeptTracks
    still: tuple[StillTrack, ...]
    repeats: frozenset[int]
    convoys: tuple[Convoy, ...]
    events: tuple[Event, ...]


def settled(shot: ShotFindings, index: int, looking: Looking, store: TrackStore) -> SettledShot:
    """What is to be remembered of the shot with this number; its tracks go to the store."""
    dark = looked_at = 0
    sizes_px: Counter[int] = Counter()
    for block in shot.observations.blocks():
        dark += int(block["dark"].sum())
        looked_at += int(block["looked_at"].sum())
        sizes_px.update(block["size_px"].tolist())
    del sizes_px[0]
    return SettledShot(
        span=shot.span,
        start_s=shot.observations[0].time_s,
        end_s=shot.observations[-1].time_s,
        monochrome=shot.monochrome,
        frames=len(shot.observations),
        frames_dark=dark,
        frames_looked_at=looked_at,
        frames_of_size=sizes_px,
        tracks=tuple(_track_summary(track, shot, index, looking) for track in one_by_one(shot.tracks)),
        kept=store.keep(shot.tracks),
        still=tuple(still_tracks(shot)),
        repeats=shot.repeats,
        convoys=tuple(_convoys(shot)),
        events=shot.events,
    )


def _track_summary(track: Track, shot: ShotFindings, index: int, looking: Looking) -> TrackSummary:
    return TrackSummary(
        id=track.id,
        class_name=looking.vehicle_classes[track.class_index],
        class_share=track.class_share,
        first=track.first,
        last=track.last,
        first_s=shot.times_s[track.first],
        last_s=shot.times_s[track.last],
        frames_seen=int((~track.boxes.filled).sum()),
        score=track.score,
        counted=False,
        burning=_rests_on(shot, track, "fire"),
        smoking=_rests_on(shot, track, "smoke"),
        shot=index,
    )


def _rests_on(shot: ShotFindings, track: Track, kind: str) -> bool:
    return any(track.id in event.tracks for event in shot.events if event.kind == kind)


def _convoys(shot: ShotFindings) -> list[Convoy]:
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
        for c in shot.convoys
    ]
