"""What happens when, in a few words: for subtitles and editors' markers."""

from dataclasses import dataclass

from detector.report import Event, Report
from detector.timecode import FALLBACK_RATE


@dataclass(frozen=True)
class Caption:
    """A few words on a stretch of a clip, in its own stamps; `kind` is that of the event, or "convoy"."""

    start_s: float
    end_s: float
    kind: str
    text: str


def captions(report: Report) -> list[Caption]:
    """One for each event and convoy, by the time they begin; the last frame of each is shown as long as the others."""
    frame_s = 1 / (report.input.frame_rate or float(FALLBACK_RATE))
    found = [Caption(event.start_s, event.end_s + frame_s, event.kind, _event_text(event)) for event in report.events]
    found += [
        Caption(convoy.start_s, convoy.end_s + frame_s, "convoy", f"Convoy of {convoy.size} vehicles")
        for convoy in report.convoys
    ]
    return sorted(found, key=lambda caption: (caption.start_s, caption.end_s, caption.text))


def _event_text(event: Event) -> str:
    if event.uncertain:
        return f"{event.kind.capitalize()}, or something like it (confidence {event.confidence:.2f})"
    on = f" on vehicle {', '.join(map(str, event.tracks))}" if event.tracks else ""
    return f"{event.kind.capitalize()}{on} (confidence {event.confidence:.2f})"
