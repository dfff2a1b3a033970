"""A clip in a few figures and one small picture, for tables and pages of many clips."""

import base64
import math
from dataclasses import dataclass

import cv2
import numpy as np

from detector.clip_pictures import resized
from detector.outputs.html.material import Material, span_s
from detector.report import Report

THUMBNAIL_WIDTH_PX, THUMBNAIL_HEIGHT_PX = 144, 81
QUALITY = [cv2.IMWRITE_WEBP_QUALITY, 55]


@dataclass(frozen=True)
class ClipFigures:
    """What a table of many clips says of one.

    Attributes:
        length_s: from the first to the last picture looked at.
        distinct_low, distinct_best, distinct_high, most_at_once: the counts of the clip.
        convoys: how many.
        smoke_s, fire_s: seconds inside events of the kind; flashes are fire.
        share_read: as in `Coverage`.
    """

    length_s: float
    distinct_low: int
    distinct_best: int
    distinct_high: int
    most_at_once: int
    convoys: int
    smoke_s: float
    fire_s: float
    share_read: float | None

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.length_s, self.smoke_s, self.fire_s, self.share_read or 0.0))):
            raise ValueError("figures of a clip are not finite")


@dataclass(frozen=True)
class ClipRow:
    """One clip among many.

    Attributes:
        clip: its path as text that can be shown.
        state: "done", "failed" or "interrupted".
        exit_code: see `exit_codes`.
        reason: why it is not 0, in words.
        seconds: that the analysis took; None where nobody knows.
        sha256: of the clip; None where it could not be read.
        same_as: the clip with the same content that was analysed in its place.
        folder: of its outputs, relative to where the table lies; None if there are none.
        figures: None if there is no report.
        thumbnail: a WebP picture in base64; None where nothing was found that could be shown.
    """

    clip: str
    state: str
    exit_code: int
    reason: str
    seconds: float | None
    sha256: str | None
    same_as: str | None
    folder: str | None
    figures: ClipFigures | None
    thumbnail: str | None


def figures_of(report: Report) -> ClipFigures:
    """The few figures of one report."""
    start_s, end_s = span_s(report)
    distinct = report.counts.distinct
    return ClipFigures(
        length_s=round(end_s - start_s, 3),
        distinct_low=distinct.low,
        distinct_best=distinct.best,
        distinct_high=distinct.high,
        most_at_once=report.counts.most_at_once.vehicles,
        convoys=len(report.convoys),
        smoke_s=_seconds(report, "smoke"),
        fire_s=_seconds(report, "fire", "flash"),
        share_read=report.coverage.share_read,
    )


def thumbnail_of(report: Report, material: Material) -> str | None:
    """The picture of the page that says most in small, as WebP in base64; None if it has none.

    That is the largest convoy, else the strongest event, else the vehicle of the highest score among those counted.
    """
    convoys = sorted(range(len(report.convoys)), key=lambda index: -report.convoys[index].size)
    events = sorted(range(len(report.events)), key=lambda index: -report.events[index].score)
    tracks = sorted(report.tracks, key=lambda track: (not track.counted, -track.score))
    names = [f"convoy {index}" for index in convoys] + [f"event {index}" for index in events]
    for name in (*names, *(f"track {track.id}" for track in tracks)):
        if name in material.pictures:
            return _small(material.pictures[name])
    return None


def _small(jpeg_base64: str) -> str | None:
    image = cv2.imdecode(np.frombuffer(base64.b64decode(jpeg_base64), np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return None
    height, width = image.shape[:2]
    scale = min(1.0, THUMBNAIL_WIDTH_PX / width, THUMBNAIL_HEIGHT_PX / height)
    small = resized(np.asarray(image, np.uint8), max(1, round(width * scale)), max(1, round(height * scale)))
    done, webp = cv2.imencode(".webp", small, QUALITY)
    return base64.b64encode(webp.tobytes()).decode("ascii") if done else None


def _seconds(report: Report, *kinds: str) -> float:
    """In events of these kinds, what lies in two of them once."""
    seconds, reached_s = 0.0, float("-inf")
    for event in sorted(report.events, key=lambda event: event.start_s):
        if event.kind in kinds:
            seconds += max(0.0, event.end_s - max(event.start_s, reached_s))
            reached_s = max(reached_s, event.end_s)
    return round(seconds, 3)
