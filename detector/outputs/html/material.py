"""What the page shows beyond the report: vehicles over time, gaps, pictures. Gathered once, kept in the page."""

import base64
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av

from detector.clip_reading import open_clip
from detector.frame_records import FrameRecord
from detector.outputs.running_count import RunningCount
from detector.outputs.track_crops import Box, TrackCrops, frame_height_px, frame_jpeg
from detector.report import Convoy, Report

OnProgress = Callable[[int, int | None], None]

COLUMNS = 1000  # of the timeline: more than it has pixels on most screens
LONGEST_UNREAD_SHARE = 0.95  # of the timeline: a header that lies must not squeeze out what was seen


@dataclass(frozen=True)
class Material:
    """All that a page needs beside its report.

    Attributes:
        vehicles: the most vehicles that count in a frame, for each of equally long columns from first to last frame.
        gaps: places that were not read, as first and last second.
        video_start_s: when the first frame is shown in the annotated video; None if there is no such video.
        pictures: JPEGs in base64; of a track under "track 7", of events and convoys by their index, "event 0".
    """

    vehicles: tuple[int, ...]
    gaps: tuple[tuple[float, float], ...]
    video_start_s: float | None
    pictures: dict[str, str]


@dataclass
class _FramePicture:
    """A whole frame to be shown: of what finding, and what is to be outlined in it, besides the boxes of `tracks`."""

    name: str
    outlined: list[Box]
    tracks: frozenset[int] = frozenset()


def gather(
    report: Report,
    records: Iterable[FrameRecord],
    clip: Path,
    video: Path | None,
    on_progress: OnProgress | None = None,
) -> Material:
    """Go through the records once, then through the clip as far as there is something to see.

    Args:
        report: of the clip.
        records: of every frame of the report, in order.
        clip: the file that was analysed.
        video: annotated.mp4 where there is one.
        on_progress: is given the frames of the clip gone through and the frames there are after each frame.

    Raises:
        ClipError: the clip cannot be read any more.
    """
    crops = TrackCrops(report.input.width, report.input.height, report.tracks)
    frames = _frame_pictures(report)
    columns = _Columns(report)
    for record in records:
        columns.add(record)
        crops.propose(record)
        for picture in frames.get(record.frame, ()):
            picture.outlined.extend(box.xyxy for box in record.boxes if box.track in picture.tracks)
    pictures = _look(report, clip, crops, frames, on_progress)
    return Material(
        vehicles=columns.filled(),
        gaps=_gaps(report),
        video_start_s=None if video is None else _video_start_s(video),
        pictures={name: base64.b64encode(jpeg).decode("ascii") for name, jpeg in pictures.items()},
    )


def span_s(report: Report) -> tuple[float, float]:
    """First and last second of the timeline: what was looked at, and an end that was not, as far as the header tells.

    Both 0 if there was no frame.
    """
    start_s, end_s = _looked_at_s(report)
    if not report.shots or not _end_is_unread(report):
        return start_s, end_s
    told_s = report.input.start_s + min(
        (second for second in (report.input.duration_s, report.settings.to_s) if second is not None), default=0.0
    )
    longest_s = (end_s - start_s) / (1 - LONGEST_UNREAD_SHARE)
    return start_s, max(end_s, min(told_s, start_s + longest_s))


def _looked_at_s(report: Report) -> tuple[float, float]:
    return (report.shots[0].start_s, report.shots[-1].end_s) if report.shots else (0.0, 0.0)


def _end_is_unread(report: Report) -> bool:
    covered = report.coverage
    return covered.interrupted or any(place.until_s is None for place in covered.damage)


def _gaps(report: Report) -> tuple[tuple[float, float], ...]:
    """From when to when nothing was read, though it was to be looked at."""
    start_s, end_s = span_s(report)
    left = [(_looked_at_s(report)[1], end_s)] if report.coverage.interrupted else []
    return tuple(
        [
            (start_s if place.time_s is None else place.time_s, end_s if place.until_s is None else place.until_s)
            for place in report.coverage.damage
        ]
        + left
    )


def _look(
    report: Report,
    clip: Path,
    crops: TrackCrops,
    frames: dict[int, list[_FramePicture]],
    on_progress: OnProgress | None,
) -> dict[str, bytes]:
    """The second pass over the clip, up to the last frame that is wanted."""
    wanted = crops.frames()
    shown: dict[str, bytes] = {}
    last = max([*wanted, *frames], default=-1)
    if last < 0:
        return {}
    height_px = frame_height_px(sum(map(len, frames.values())))
    settings, sandbox = report.settings, report.run.sandbox is not None
    with open_clip(clip, settings.from_s, settings.to_s, settings.limits, sandbox) as reader:
        for done, frame in enumerate(reader, start=1):
            if frame.index in wanted:
                crops.look(frame.image, wanted[frame.index])
            for picture in frames.get(frame.index, ()):
                shown[picture.name] = frame_jpeg(frame.image, picture.outlined, height_px)
            if on_progress:
                on_progress(done, report.input.frames_decoded)
            if frame.index >= last:
                break
    return {**{f"track {track}": jpeg for track, jpeg in crops.crops().items()}, **shown}


def _frame_pictures(report: Report) -> dict[int, list[_FramePicture]]:
    """By frame: each event at its peak, each convoy when most of it is in the picture."""
    pictures: dict[int, list[_FramePicture]] = defaultdict(list)
    for index, event in enumerate(report.events):
        pictures[event.peak].append(_FramePicture(f"event {index}", [event.region] if event.region else []))
    for index, convoy in enumerate(report.convoys):
        pictures[_fullest_frame(convoy)].append(_FramePicture(f"convoy {index}", [], frozenset(convoy.tracks)))
    return pictures


def _fullest_frame(convoy: Convoy) -> int:
    fullest = max(convoy.presence, key=lambda run: (run.vehicles, run.end - run.start), default=None)
    return convoy.start if fullest is None else (fullest.start + fullest.end) // 2


class _Columns:
    """The most vehicles that count in each column of the timeline."""

    def __init__(self, report: Report) -> None:
        self._start_s, end_s = span_s(report)
        self._length_s = max(end_s - self._start_s, 1e-6)
        self._count = RunningCount(report)
        self._most: list[int | None] = [None] * max(1, min(COLUMNS, report.input.frames_decoded))

    def add(self, record: FrameRecord) -> None:
        share = (record.time_s - self._start_s) / self._length_s
        column = min(max(0, int(share * len(self._most))), len(self._most) - 1)
        self._most[column] = max(self._most[column] or 0, self._count.update(record))

    def filled(self) -> tuple[int, ...]:
        """A frame is shown until the next one, so a column without a frame of its own takes the one before.

        After the last frame there is none: an end that was not read shows nothing.
        """
        return tuple(self._carried())

    def _carried(self) -> Iterator[int]:
        shown = 0
        last = max((column for column, most in enumerate(self._most) if most is not None), default=-1)
        for column, most in enumerate(self._most):
            shown = shown if most is None else most
            yield shown if column <= last else 0


def _video_start_s(video: Path) -> float:
    """When a player shows the first picture of the annotated video."""
    with av.open(f"file:{video.resolve()}") as container:
        stream = container.streams.video[0]
        return float((stream.start_time or 0) * (stream.time_base or 0))
