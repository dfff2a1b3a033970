"""Reports made by hand, for outputs that need no clip."""

from pathlib import Path
from typing import Any

from detector.event_records import Event
from detector.frame_records import FrameBox, FrameRecord, frame_line
from detector.outputs.analysed import Analysed
from detector.report import (
    SCHEMA,
    Convoy,
    ConvoyPresence,
    Counts,
    Coverage,
    DeviceUsed,
    Distinct,
    InputClip,
    MostAtOnce,
    NetworkUsed,
    Report,
    Run,
    Settings,
    Shot,
    TrackSummary,
)

CLASSES = ("tank", "ifv_apc", "truck")


def shot(start: int = 0, end: int = 99, kind: str = "footage") -> Shot:
    """At 25 frames a second, from 10 s on, as all below."""
    most, distinct = MostAtOnce(2, start, 10 + start / 25), Distinct(1, 2, 3)
    return Shot(
        start, end, 10 + start / 25, 10 + end / 25, kind, False, most, distinct, {}, {}, "why", None, 640, 12.0, 100
    )


def track(number: int, class_name: str = "tank", score: float = 0.9, **changes: Any) -> TrackSummary:
    summary = {
        "id": number, "class_name": class_name, "class_share": 2 / 3, "first": 0, "last": 99, "first_s": 10.0,
        "last_s": 13.96, "frames_seen": 90, "score": score, "counted": True, "burning": False,
        "smoking": False, "shot": 0,
    }  # fmt: skip
    return TrackSummary(**{**summary, **changes})


def event(kind: str = "smoke", start: int = 25, end: int = 49, **changes: Any) -> Event:
    found = {
        "kind": kind, "start": start, "end": end, "peak": start, "start_s": 10 + start / 25, "end_s": 10 + end / 25,
        "peak_s": 10 + start / 25, "score": 0.8, "confidence": 0.75, "region": (10.0, 20.0, 30.0, 40.123), "shot": 0,
    }  # fmt: skip
    return Event(**{**found, **changes})


def convoy(*tracks: int, start: int = 0, end: int = 99) -> Convoy:
    presence = (ConvoyPresence(start, end, len(tracks)),)
    return Convoy(tracks, len(tracks), start, end, 10 + start / 25, 10 + end / 25, presence, 2.0, 90.0)


def report(file: str = "clip.mp4", **parts: Any) -> Report:
    """A report of a clip of 100 frames with nothing in it, and then these parts."""
    network = NetworkUsed("vehicles", "0" * 64, CLASSES, 0.5, 640, "fp32")
    fields: dict[str, Any] = {
        "schema": SCHEMA,
        "input": InputClip(
            file, "1" * 64, 1000, "mp4", "h264", "yuv420p", 640, 360, 0, 25.0, 4.0, 10.0, False, 100, 100
        ),
        "networks": (network, NetworkUsed("smoke_fire", "2" * 64, ("smoke", "fire"), 0.5, 640, "fp32")),
        "device": DeviceUsed("cpu", "cpu", "the test asked for it", ("CPUExecutionProvider",)),
        "settings": Settings(None, "typical", None, "auto", "auto", None, None, None),
        "versions": {"detect": "0"},
        "counts": Counts(MostAtOnce(0, None, None), Distinct(0, 0, 0), {}, {}, "no reason"),
        "shots": (shot(),),
        "tracks": (),
        "convoys": (),
        "events": (),
        "coverage": Coverage(100, 0, 1.0, 0, 0, 100, 5, 12.0, False, (), ()),
        "run": Run("2024-01-01T00:00:00+00:00", 1.0, 100.0),
    }
    return Report(**{**fields, **parts})


def box(
    number: int, xyxy: tuple[float, float, float, float], class_name: str = "tank", filled: bool = False
) -> FrameBox:
    return FrameBox(number, class_name, 0.9, xyxy, filled)


def record(frame: int = 0, *boxes: FrameBox, **parts: Any) -> FrameRecord:
    """A frame whose camera stands still, but for the first."""
    still = None if frame == 0 else (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    fields: dict[str, Any] = {"smoke": 0.0, "fire": 0.0, "flags": (), "camera_motion": still}
    return FrameRecord(frame, 10 + frame / 25, boxes, **{**fields, **parts})


def analysed(folder: Path, found: Report, *records: FrameRecord, video_zero_s: float = 10.0) -> Analysed:
    """As the writers of tables and subtitles take it; the frames are written into `folder`."""
    frames = folder / "frames.jsonl"
    frames.write_text("".join(frame_line(one) + "\n" for one in records), encoding="utf-8")
    return Analysed(found, frames, video_zero_s)
