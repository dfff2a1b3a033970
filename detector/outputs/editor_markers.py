"""markers.otio: events and convoys as markers on the clip, in the form of OpenTimelineIO, which editing programs open.

An EDL holds one frame rate in whole numbers and is understood by one program only. Written without the opentimelineio
library, which cannot be installed on every Python that detect runs on: it is one small document; the tests read it
back with the library.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from detector.outputs.analysed import Analysed
from detector.outputs.captions import captions
from detector.timecode import FALLBACK_RATE

COLOURS = {"smoke": "BLUE", "fire": "RED", "flash": "YELLOW", "convoy": "GREEN"}


def write_otio(analysed: Analysed, path: Path) -> None:
    """A timeline with the whole clip in it as it was found, not as it was drawn into; its first picture is at zero."""
    source, shots = analysed.report.input, analysed.report.shots
    rate = source.frame_rate or float(FALLBACK_RATE)
    length_s = max([source.duration_s or 0.0, *(shot.end_s - source.start_s + 1 / rate for shot in shots[-1:])])
    whole = _range(0.0, length_s, rate)
    clip = {
        "OTIO_SCHEMA": "Clip.2",
        "name": source.file,
        "source_range": whole,
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "target_url": quote(source.file),
                "available_range": whole,
            }
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
        "markers": [
            {
                "OTIO_SCHEMA": "Marker.2",
                "name": caption.kind,
                "comment": caption.text,
                "color": COLOURS.get(caption.kind, "WHITE"),
                "marked_range": _range(caption.start_s - source.start_s, caption.end_s - source.start_s, rate),
            }
            for caption in captions(analysed.report)
        ],
    }
    track = {"OTIO_SCHEMA": "Track.1", "name": "video", "kind": "Video", "children": [clip]}
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track]}
    timeline = {"OTIO_SCHEMA": "Timeline.1", "name": source.file, "tracks": stack}
    path.write_text(json.dumps(timeline, indent=1) + "\n", encoding="utf-8")


def _range(start_s: float, end_s: float, rate: float) -> dict[str, Any]:
    """From the frame at one time to that at another, at least one frame long."""
    start = max(0, round(start_s * rate))
    frames = max(1, round(end_s * rate) - start)
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start, rate), "duration": _time(frames, rate)}


def _time(frames: int, rate: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(frames)}
