import json
from pathlib import Path

import jsonschema
import pytest

from detector import analyze
from detector.frame_records import FrameRecord
from detector.report import SCHEMA, report_document, write_report
from tests.fakes import FIRE_RED, ground, square_networks, with_squares, write_pictures

SCHEMA_FILE = Path(__file__).parents[1] / "detector" / "report.schema.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("empty", [True, False])
def test_a_report_follows_its_schema(tmp_path: Path, validator: jsonschema.Draft202012Validator, empty: bool) -> None:
    picture = ground(1)
    if not empty:
        picture = with_squares(with_squares(picture, [(20, 20), (90, 20)]), [(200, 90)], FIRE_RED)
    report = analyze(write_pictures(tmp_path / "c.mp4", [picture] * 30), networks=square_networks())
    write_report(report, tmp_path / "report.json")
    document = json.loads((tmp_path / "report.json").read_text())
    validator.validate(document)
    assert document["schema"] == SCHEMA
    assert bool(document["tracks"]) is not empty


def test_tracks_say_class_and_not_class_name(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "c.mp4", [with_squares(ground(1), [(20, 20)])] * 10)
    [track] = report_document(analyze(clip, networks=square_networks()))["tracks"]
    assert track["class"] == "truck"
    assert "class_name" not in track


def test_the_tracks_that_are_counted_are_those_of_most_at_once(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "c.mp4", [with_squares(ground(1), [(20, 20), (90, 20)])] * 20)
    frames: list[FrameRecord] = []
    report = analyze(clip, networks=square_networks(), on_frames=frames.extend)
    counted = {track.id for track in report.tracks if track.counted}
    most = report.counts.most_at_once
    assert most.frame is not None
    assert sum(box.track in counted and not box.filled for box in frames[most.frame].boxes) == most.vehicles == 2
