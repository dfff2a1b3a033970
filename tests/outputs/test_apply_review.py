import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from detector.file_hash import sha256_of
from detector.outputs.apply_review import apply_review
from detector.outputs.checksums import read_checksums
from detector.outputs.html.material import Material
from detector.outputs.html.page import PageError, read_material, write_page
from detector.outputs.review import LARGEST_BYTES, ReviewError, findings_sha256
from detector.report import write_report
from detector.report_reading import ReportError
from tests.conftest import AnalysedClip

SCHEMA_FILE = Path(__file__).parents[2] / "detector" / "report.schema.json"
MATERIAL = Material((2, 2), (), 0.0, {"track 1": "/9j/"})


@pytest.fixture
def folder(analysed: AnalysedClip, tmp_path: Path) -> Path:
    place = tmp_path / "clip.detect"
    place.mkdir()
    write_report(analysed.report, place / "report.json")
    write_page(analysed.report, MATERIAL, place / "report.html")
    return place


@pytest.fixture
def review(analysed: AnalysedClip) -> dict[str, Any]:
    """As the page saves it."""
    return {
        "schema": "detect-review/1",
        "clip": {"file": analysed.report.input.file, "sha256": analysed.report.input.sha256},
        "findings_sha256": findings_sha256(analysed.report),
        "saved": "2026-11-22T20:00:00.000Z",
        "verdicts": [
            {"of": "track", "id": 1, "verdict": "confirmed"},
            {"of": "track", "id": 2, "verdict": "relabelled", "label": "tank"},
            {"of": "event", "id": 0, "verdict": "rejected"},
        ],
    }


def saved(folder: Path, document: object) -> Path:
    path = folder / "review.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_verdicts_stand_beside_what_the_machine_found(folder: Path, review: dict[str, Any]) -> None:
    before = json.loads((folder / "report.json").read_text())
    assert apply_review(saved(folder, review), folder) == 3
    after = json.loads((folder / "report.json").read_text())
    assert after.pop("review") == {
        "saved": "2026-11-22T20:00:00.000Z",
        "verdicts": [
            {"of": "track", "id": 1, "verdict": "confirmed", "label": None},
            {"of": "track", "id": 2, "verdict": "relabelled", "label": "tank"},
            {"of": "event", "id": 0, "verdict": "rejected", "label": None},
        ],
    }
    before.pop("review")
    assert after == before, "nothing the machine found is changed"
    assert "1 confirmed, 1 rejected, 1 relabelled" in (folder / "report.html").read_text()
    jsonschema.validate(json.loads((folder / "report.json").read_text()), json.loads(SCHEMA_FILE.read_text()))


def test_the_pictures_of_the_page_are_kept_without_the_clip(folder: Path, review: dict[str, Any]) -> None:
    apply_review(saved(folder, review), folder)
    assert read_material(folder / "report.html") == MATERIAL


def test_the_list_of_checksums_goes_with_it(folder: Path, review: dict[str, Any]) -> None:
    sums = folder / "SHA256SUMS"
    sums.write_text(f"{'0' * 64}  annotated.mp4\n{'0' * 64}  report.html\n{'0' * 64}  report.json\n")
    apply_review(saved(folder, review), folder)
    assert read_checksums(sums) == {
        "annotated.mp4": "0" * 64,  # what was not written anew is not vouched for anew
        **{name: sha256_of(folder / name) for name in ("report.html", "report.json")},
    }


def test_a_later_review_replaces_an_earlier_one(folder: Path, review: dict[str, Any]) -> None:
    apply_review(saved(folder, review), folder)
    apply_review(saved(folder, {**review, "verdicts": []}), folder)
    assert json.loads((folder / "report.json").read_text())["review"]["verdicts"] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "detect-review/2"}, "no review of this version"),
        ({"clip": {"file": "other.mp4", "sha256": "0" * 64}}, r"of another clip \(other.mp4\)"),
        ({"findings_sha256": "0" * 64}, "analysed again since"),
        ({"saved": ""}, "no time of saving"),
        ({"saved": "\x1b[2J"}, "no time of saving"),
        ({"saved": "x" * 1000}, "no time of saving"),
        ({"more": 1}, "unknown field"),
        ({"verdicts": None}, "verdicts"),
        ({"verdicts": [{"of": "track", "id": 99, "verdict": "confirmed"}]}, "none of that number"),
        ({"verdicts": [{"of": "event", "id": -1, "verdict": "confirmed"}]}, "none of that number"),
        ({"verdicts": [{"of": "person", "id": 1, "verdict": "confirmed"}]}, "person"),
        ({"verdicts": [{"of": "track", "id": True, "verdict": "confirmed"}]}, "int"),
        ({"verdicts": [{"of": "track", "id": 1, "verdict": "maybe"}]}, "maybe"),
        ({"verdicts": [{"of": "track", "id": 1, "verdict": "relabelled"}]}, "a label goes with"),
        ({"verdicts": [{"of": "track", "id": 1, "verdict": "confirmed", "label": "tank"}]}, "a label goes with"),
        ({"verdicts": [{"of": "track", "id": 1, "verdict": "relabelled", "label": "<b>"}]}, "none of tank, truck"),
        ({"verdicts": [{"of": "track", "id": 1, "verdict": "confirmed"}] * 2}, "twice"),
    ],
)
def test_a_review_that_does_not_fit_is_refused_and_nothing_is_touched(
    folder: Path, review: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    before = (folder / "report.json").read_bytes(), (folder / "report.html").read_bytes()
    with pytest.raises(ReviewError, match=says):
        apply_review(saved(folder, {**review, **change}), folder)
    assert before == ((folder / "report.json").read_bytes(), (folder / "report.html").read_bytes())
    assert not list(folder.glob(".part-*"))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"schema": "detect-review/1"}'])
def test_what_is_no_review_is_named(folder: Path, text: str) -> None:
    with pytest.raises(ReviewError, match=r"review\.json: no review of this version"):
        apply_review(saved(folder, text), folder)


def test_a_file_far_too_large_is_not_read(folder: Path) -> None:
    with saved(folder, "").open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(ReviewError, match="too large"):
        apply_review(folder / "review.json", folder)


def test_a_review_that_is_not_there(folder: Path) -> None:
    with pytest.raises(ReviewError, match="save it from"):
        apply_review(folder / "review.json", folder)


def test_a_report_of_a_newer_detect_is_left_alone(folder: Path, review: dict[str, Any]) -> None:
    document = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps({**document, "schema": "detect-report/99"}))
    with pytest.raises(ReportError, match="newer detect"):
        apply_review(saved(folder, review), folder)


def test_a_folder_without_its_page_or_its_report(folder: Path, review: dict[str, Any], tmp_path: Path) -> None:
    path = saved(folder, review)
    (folder / "report.html").unlink()
    with pytest.raises(PageError, match=r"report\.html"):
        apply_review(path, folder)
    shutil.rmtree(folder)
    with pytest.raises(ReportError, match="name the folder"):
        apply_review(path, folder)


def test_other_findings_in_the_same_clip_have_another_hash(analysed: AnalysedClip) -> None:
    fewer = replace(analysed.report, tracks=analysed.report.tracks[:1])
    later = replace(analysed.report, run=replace(analysed.report.run, started="2027-01-01T00:00:00+00:00"))
    assert findings_sha256(fewer) != findings_sha256(analysed.report) == findings_sha256(later)
