"""The report: one set of dataclasses, one JSON schema (report.schema.json beside this file), serialised here only.

Frames are counted from 0 in decoding order, ranges include both ends. Times are seconds in the file's own stamps.
What is known of each frame is in `frame_records`; `Event` and `Coverage` have modules of their own.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detector.content_credentials import ContentCredentials as ContentCredentials
from detector.coverage_records import Coverage as Coverage
from detector.coverage_records import DamagedPlace as DamagedPlace
from detector.event_records import Event as Event
from detector.json_values import json_text, json_values
from detector.limits import DEFAULT_LIMITS, Limits
from detector.review_records import Review as Review
from detector.wish import Precision

SCHEMA = "detect-report/5"


@dataclass(frozen=True)
class InputClip:
    """The clip as it was found.

    Attributes:
        file: name as given, without its folder.
        sha256: of the whole file.
        frames_declared: in the container's header; None where it states none.
        frames_decoded: pictures really looked at.
        content_credentials: of C2PA; None where nobody looked for them.
    """

    file: str
    sha256: str
    bytes: int
    container: str
    codec: str
    pixel_format: str
    width: int
    height: int
    rotation_degrees: int
    frame_rate: float | None
    duration_s: float | None
    start_s: float
    has_audio: bool
    frames_declared: int | None
    frames_decoded: int
    content_credentials: ContentCredentials | None = None


@dataclass(frozen=True)
class NetworkUsed:
    """A network that looked at the clip; `size_px` is its input size, where it changed that of most frames.

    `sha256` is that of the graph that was used, `precision` what it computed in: fp32, int8, bf16 or fp16. Where the
    vehicles come from a file, that stands in place of their network, and `size_px` and `precision` are None.
    """

    name: str
    sha256: str
    classes: tuple[str, ...]
    confidence: float
    size_px: int | None
    precision: Precision | None


@dataclass(frozen=True)
class DeviceUsed:
    """Where the networks ran: what was asked for, what was taken and why; the reason is that of the vehicle network."""

    requested: str
    used: str
    reason: str
    providers: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """What the user chose; None, "typical" and "auto" where the default was left.

    Attributes:
        threshold: name of the operating point, conservative or typical.
        confidence: overrides that of the threshold.
        size: longest side in pixels at which vehicles were looked for, or auto.
        every: vehicles were looked for in every so many frames of a shot, or auto.
        tracks: name of the file their detections were read from instead.
        limits: what is read at most.
    """

    classes: tuple[str, ...] | None
    threshold: str
    confidence: float | None
    size: int | str
    every: int | str
    tracks: str | None
    from_s: float | None
    to_s: float | None
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True)
class MostAtOnce:
    """MaxN: the most vehicles seen in one frame, and the first frame that shows them; None if there are none."""

    vehicles: int
    frame: int | None
    time_s: float | None

    def __post_init__(self) -> None:
        if (self.frame is None) != (self.time_s is None):
            raise ValueError("a frame without its time, or a time without its frame")


@dataclass(frozen=True)
class Distinct:
    """How many different vehicles: at least, most likely, at most."""

    low: int
    best: int
    high: int


@dataclass(frozen=True)
class Count:
    """Counts of some vehicles: those of one class or group, or all."""

    most_at_once: MostAtOnce
    distinct: Distinct


@dataclass(frozen=True)
class Counts:
    """Counts over a shot or the clip; of the clip `distinct.low` is the largest shot, `high` the sum of the shots.

    Attributes:
        by_class: classes that were seen.
        by_group: "armoured" and "other", where seen.
        reason: why `distinct` is as wide as it is, in words.
    """

    most_at_once: MostAtOnce
    distinct: Distinct
    by_class: dict[str, Count]
    by_group: dict[str, Count]
    reason: str


@dataclass(frozen=True)
class Shot:
    """One shot; its counts are as in `Counts`.

    Attributes:
        monochrome: thermal or black-and-white; fire by its colour is not claimed there.
        same_place_as: index of an earlier shot that shows the same view.
        input_size_px: longest side at which vehicles were looked for in most of its frames.
        smallest_vehicle_px: vehicles narrower than this in the clip's own pixels fell below the network's resolution in
            some of its frames.
        frames_looked_at: frames in which vehicles were looked for; in the others they were carried.
        The first two are None where the vehicles come from a file, or nobody looked.
    """

    start: int
    end: int
    start_s: float
    end_s: float
    kind: str
    monochrome: bool
    most_at_once: MostAtOnce
    distinct: Distinct
    by_class: dict[str, Count]
    by_group: dict[str, Count]
    reason: str
    same_place_as: int | None
    input_size_px: int | None
    smallest_vehicle_px: float | None
    frames_looked_at: int


@dataclass(frozen=True)
class TrackSummary:
    """One vehicle within one shot; `class_share` is the share of the class vote that `class_name` won.

    `counted` says that it is among the vehicles of `counts`, `burning` and `smoking` that some event of fire or smoke
    rests on it.
    """

    id: int
    class_name: str
    class_share: float
    first: int
    last: int
    first_s: float
    last_s: float
    frames_seen: int
    score: float
    counted: bool
    burning: bool
    smoking: bool
    shot: int


@dataclass(frozen=True)
class ConvoyPresence:
    """How many vehicles of a convoy are in the picture over a run of frames."""

    start: int
    end: int
    vehicles: int


@dataclass(frozen=True)
class Convoy:
    """Three or more vehicles moving along one path, also while they halt on it.

    Attributes:
        tracks: in order of march, the leader first.
        size: how many they are.
        start, end: first and last frame with three of them in the picture.
        presence: how many are in the picture from when to when.
        spacing_lengths: from middle to middle of neighbours in vehicle lengths, about; the median.
        direction_degrees: where they go in the picture, clockwise from upwards, camera motion taken out.
    """

    tracks: tuple[int, ...]
    size: int
    start: int
    end: int
    start_s: float
    end_s: float
    presence: tuple[ConvoyPresence, ...]
    spacing_lengths: float
    direction_degrees: float


@dataclass(frozen=True)
class Report:
    """Everything that is known of one clip. Equal inputs, settings and devices give equal reports but for `run`.

    `networks` are that of the vehicles, then that of smoke and fire. `review` is what a person said of the findings, if
    `detect --apply-review` was used.
    """

    schema: str
    input: InputClip
    networks: tuple[NetworkUsed, NetworkUsed]
    device: DeviceUsed
    settings: Settings
    versions: dict[str, str]
    counts: Counts
    shots: tuple[Shot, ...]
    tracks: tuple[TrackSummary, ...]
    convoys: tuple[Convoy, ...]
    events: tuple[Event, ...]
    coverage: Coverage
    run: "Run"
    review: Review | None = None


@dataclass(frozen=True)
class Run:
    """The only part that differs between two equal runs; `sandbox` is how reading was confined, None if it was not."""

    started: str
    analysis_seconds: float
    frames_per_second: float
    sandbox: tuple[str, ...] | None = None


def report_document(report: Report) -> dict[str, Any]:
    """The report as JSON values, keys as in report.schema.json."""
    return dict(json_values(asdict(report)))


def write_report(report: Report, path: Path) -> None:
    """Write report.json."""
    path.write_text(json_text(report_document(report), indent=2) + "\n", encoding="utf-8")
