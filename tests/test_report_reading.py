import json
from pathlib import Path
from typing import Any

import pytest

from detector.report import SCHEMA, report_document, write_report
from detector.report_reading import LARGEST_BYTES, ReportError, read_report
from tests.conftest import AnalysedClip


@pytest.fixture
def path(analysed: AnalysedClip, tmp_path: Path) -> Path:
    write_report(analysed.report, tmp_path / "report.json")
    return tmp_path / "report.json"


def rewrite(path: Path, **changes: Any) -> None:
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, **changes}))


def test_what_was_written_is_read_back(path: Path, analysed: AnalysedClip) -> None:
    report, document = read_report(path)
    assert report_document(report) == document == json.loads(path.read_text())
    assert report.tracks[0].class_name == "truck"
    assert report.input == analysed.report.input


def test_a_report_of_a_newer_detect_says_so(path: Path) -> None:
    rewrite(path, schema="detect-report/99")
    with pytest.raises(ReportError, match=rf"newer detect \S+ \(detect-report/99; this one knows {SCHEMA}\)"):
        read_report(path)


@pytest.mark.parametrize("schema", ["detect-report/1", "detect-report/x", "", 7, None])
def test_another_schema_has_to_be_analysed_again(path: Path, schema: object) -> None:
    rewrite(path, schema=schema)
    with pytest.raises(ReportError, match="--overwrite"):
        read_report(path)


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", '"\\ud800"'])
def test_what_is_no_json_to_others_is_none_here(path: Path, value: str) -> None:
    path.write_text(path.read_text().replace('"start_s": 0.0', f'"start_s": {value}', 1))
    with pytest.raises(ReportError, match=r"report\.json: no JSON .*--overwrite"):
        read_report(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"tracks": None},
        {"tracks": [7]},
        {"tracks": [{}]},
        {"counts": {}},
        {"events": [{"kind": "smoke"}]},
        {"shots": "no"},
        {"networks": []},
    ],
)
def test_a_report_that_is_not_whole_is_named(path: Path, changes: dict[str, Any]) -> None:
    rewrite(path, **changes)
    with pytest.raises(ReportError, match=r"report\.json: no whole report"):
        read_report(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_report_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ReportError, match=r"report\.json"):
        read_report(path)


def test_a_report_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="name the folder"):
        read_report(tmp_path / "report.json")


def test_a_file_far_too_large_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(ReportError, match="too large"):
        read_report(path)
