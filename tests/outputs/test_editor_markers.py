import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from detector.outputs.editor_markers import write_otio
from detector.report import Report
from tests.reports import analysed, convoy, event, report


def clip_of(folder: Path, found: Report) -> dict[str, Any]:
    write_otio(analysed(folder, found), folder / "markers.otio")
    timeline = json.loads((folder / "markers.otio").read_text())
    [[clip]] = [track["children"] for track in timeline["tracks"]["children"]]
    return dict(clip)


def test_events_and_convoys_are_markers_counted_from_the_first_picture(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, report(events=(event("smoke", 25, 49),), convoys=(convoy(1, 2, 3),)))
    ranges = {mark["name"]: mark["marked_range"] for mark in clip["markers"]}
    assert (ranges["smoke"]["start_time"]["value"], ranges["smoke"]["duration"]["value"]) == (25, 25)
    assert ranges["convoy"]["start_time"] == {"OTIO_SCHEMA": "RationalTime.1", "rate": 25.0, "value": 0.0}
    assert clip["source_range"]["duration"]["value"] == 100


def test_a_clip_without_a_frame_rate_or_shots(tmp_path: Path) -> None:
    plain = report(shots=())
    found = replace(plain, input=replace(plain.input, frame_rate=None, duration_s=None))
    assert clip_of(tmp_path, found)["markers"] == []


def test_a_hostile_name_comes_back_as_it_was(tmp_path: Path) -> None:
    name = 'a "b" <i>\n🔥#?%.mp4'
    clip = clip_of(tmp_path, report(name))
    assert clip["name"] == name
    assert unquote(clip["media_references"]["DEFAULT_MEDIA"]["target_url"]) == name


def test_the_library_reads_it(tmp_path: Path) -> None:
    otio = pytest.importorskip("opentimelineio")
    clip_of(tmp_path, report(events=(event("fire", 25, 49),)))
    timeline = otio.adapters.read_from_file(str(tmp_path / "markers.otio"))
    [clip] = timeline.find_clips()
    [mark] = clip.markers
    assert (mark.name, mark.color, mark.comment) == ("fire", "RED", "Fire (confidence 0.75)")
    assert mark.marked_range.start_time.to_seconds() == 1.0
    assert clip.available_range().duration.to_seconds() == 4.0
