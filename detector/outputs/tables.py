"""tracks.csv, shots.csv and events.csv, for spreadsheets and statistics. docs/formats.md says what is in them.

Comma-separated as in RFC 4180, UTF-8 with the mark that Excel needs to see that it is.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detector.json_values import json_values
from detector.outputs.analysed import Analysed
from detector.printable import printable
from detector.report import Convoy, Event, Shot, TrackSummary

Row = Mapping[str, Any]
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # the wide ones count as well where Excel speaks Japanese

# fmt: off
TRACK_COLUMNS = (
    "clip", "track", "class", "class_share", "score", "counted", "shot", "first_frame", "last_frame", "first_s",
    "last_s", "frames_seen", "convoy", "burning", "smoking",
)
SHOT_COLUMNS = (
    "clip", "shot", "kind", "start_frame", "end_frame", "start_s", "end_s", "most_at_once", "most_at_once_frame",
    "distinct_low", "distinct_best", "distinct_high", "monochrome", "same_place_as", "input_size_px",
    "smallest_vehicle_px", "reason",
)
EVENT_COLUMNS = (
    "clip", "kind", "start_frame", "end_frame", "peak_frame", "start_s", "end_s", "peak_s", "score", "confidence",
    "uncertain", "shot", "tracks", "vehicles", "left_px", "top_px", "right_px", "bottom_px",
)
# fmt: on


def write_tracks_csv(analysed: Analysed, path: Path) -> None:
    """One row a track."""
    report = analysed.report
    convoy_of = {track: number for number, convoy in enumerate(report.convoys, 1) for track in convoy.tracks}
    rows = (_track_row(track, convoy_of.get(track.id)) for track in report.tracks)
    _write_table(path, report.input.file, TRACK_COLUMNS, rows)


def write_shots_csv(analysed: Analysed, path: Path) -> None:
    """One row a shot."""
    rows = (_shot_row(index, shot) for index, shot in enumerate(analysed.report.shots))
    _write_table(path, analysed.report.input.file, SHOT_COLUMNS, rows)


def write_events_csv(analysed: Analysed, path: Path) -> None:
    """One row an event or convoy, by the time they begin."""
    rows = [*map(_event_row, analysed.report.events), *map(_convoy_row, analysed.report.convoys)]
    rows.sort(key=lambda row: int(row["start_frame"]))
    _write_table(path, analysed.report.input.file, EVENT_COLUMNS, rows)


def _track_row(track: TrackSummary, convoy: int | None) -> Row:
    return {
        "track": track.id,
        "class": track.class_name,
        "class_share": track.class_share,
        "score": track.score,
        "counted": track.counted,
        "shot": track.shot,
        "first_frame": track.first,
        "last_frame": track.last,
        "first_s": track.first_s,
        "last_s": track.last_s,
        "frames_seen": track.frames_seen,
        "convoy": convoy,
        "burning": track.burning,
        "smoking": track.smoking,
    }


def _shot_row(index: int, shot: Shot) -> Row:
    return {
        "shot": index,
        "kind": shot.kind,
        "start_frame": shot.start,
        "end_frame": shot.end,
        "start_s": shot.start_s,
        "end_s": shot.end_s,
        "most_at_once": shot.most_at_once.vehicles,
        "most_at_once_frame": shot.most_at_once.frame,
        "distinct_low": shot.distinct.low,
        "distinct_best": shot.distinct.best,
        "distinct_high": shot.distinct.high,
        "monochrome": shot.monochrome,
        "same_place_as": shot.same_place_as,
        "input_size_px": shot.input_size_px,
        "smallest_vehicle_px": shot.smallest_vehicle_px,
        "reason": shot.reason,
    }


def _event_row(event: Event) -> Row:
    region = json_values(event.region, "region") or [None] * 4
    return {
        "kind": event.kind,
        "start_frame": event.start,
        "end_frame": event.end,
        "peak_frame": event.peak,
        "start_s": event.start_s,
        "end_s": event.end_s,
        "peak_s": event.peak_s,
        "score": event.score,
        "confidence": event.confidence,
        "uncertain": event.uncertain,
        "shot": event.shot,
        "tracks": " ".join(map(str, event.tracks)),
        **dict(zip(("left_px", "top_px", "right_px", "bottom_px"), region, strict=True)),
    }


def _convoy_row(convoy: Convoy) -> Row:
    return {
        "kind": "convoy",
        "start_frame": convoy.start,
        "end_frame": convoy.end,
        "start_s": convoy.start_s,
        "end_s": convoy.end_s,
        "tracks": " ".join(map(str, convoy.tracks)),
        "vehicles": convoy.size,
    }


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A table of any rows, with cells that a spreadsheet can be trusted with."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        for row in rows:
            table.writerow({name: _cell(value) for name, value in json_values(row).items()})


def _write_table(path: Path, clip: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    write_rows(path, columns, ({"clip": clip, **row} for row in rows))


def _cell(value: Any) -> Any:
    """What may stand in a spreadsheet: 1 and 0 for truth; no text that is a formula or holds control characters."""
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, str):
        return value
    text = printable(value, "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if value.startswith(FORMULA_STARTS) else text
