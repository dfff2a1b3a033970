import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detector import __version__, analysis
from detector.cli import main
from detector.mot_file import read_detections
from detector.outputs.checksums import CHECKSUMS_NAME, read_checksums, write_checksums
from detector.outputs.review import findings_sha256
from detector.report_reading import read_report
from tests.fakes import FIRE_RED, ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(autouse=True)
def fake_networks(monkeypatch: pytest.MonkeyPatch) -> analysis.Networks:
    networks = square_networks()
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: networks))
    monkeypatch.setattr(
        analysis.Networks,
        "load_saved",
        staticmethod(
            lambda file, *_, **__: analysis.Networks(read_detections(file, networks.vehicles.card), networks.smoke_fire)
        ),
    )
    return networks


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip and its outputs."""
    place = tmp_path_factory.mktemp("analysed")
    burning = with_squares(with_squares(ground(1), [(20, 20), (90, 20)]), [(200, 90)], FIRE_RED)
    write_pictures(place / "clip.mp4", [noisy(burning, seed) for seed in range(20)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
        arguments = [str(place / "clip.mp4"), "--no-video", "--format", "all", "--confidence", "0.6", "--to", "0.7"]
        assert CliRunner().invoke(main, arguments).exit_code == 0
    return place


@pytest.fixture
def folder(analysed: Path, tmp_path: Path) -> Path:
    shutil.copytree(analysed, tmp_path / "case")
    return tmp_path / "case" / "clip.detect"


def verify(folder: Path, *arguments: object) -> Result:
    result = CliRunner().invoke(main, ["--verify", str(folder), *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


def list_anew(folder: Path) -> None:
    """What someone does who changes a file and the list too."""
    write_checksums({one: folder / one for one in read_checksums(folder / CHECKSUMS_NAME)}, folder / CHECKSUMS_NAME)


def test_what_was_not_touched_is_the_same(folder: Path) -> None:
    result = verify(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "the analysis gives the same again" in result.stdout


def test_a_moved_clip_is_named(folder: Path, tmp_path: Path) -> None:
    moved = (folder.parent / "clip.mp4").rename(tmp_path / "other name.mp4")
    result = verify(folder)
    assert result.exit_code == 2
    assert "--verify" in result.stderr
    assert "file" in verify(folder, moved).stdout, "the name in the report is another"


@pytest.mark.parametrize("listed", [False, True])
def test_an_edited_table(folder: Path, listed: bool) -> None:
    edit(folder / "tracks.csv", "truck", "tank")
    if listed:
        list_anew(folder)
    result = verify(folder)
    assert result.exit_code == 1
    assert ("tracks.csv: was changed" in result.stdout) is not listed
    assert "tracks.csv: is not what the analysis gives now" in result.stdout


def test_an_edited_report(folder: Path) -> None:
    edit(folder / "report.json", '"class": "truck"', '"class": "tank"')
    list_anew(folder)
    result = verify(folder)
    assert result.exit_code == 1
    assert 'tracks[0].class is "tank" in the report, "truck" now' in result.stdout


def test_a_track_taken_out_of_the_report(folder: Path) -> None:
    document = json.loads((folder / "report.json").read_text())
    document["tracks"].pop()
    (folder / "report.json").write_text(json.dumps(document))
    assert "tracks are 1 in the report, 2 now" in verify(folder).stdout


def test_content_credentials_that_were_not_looked_for_both_times_are_not_compared(folder: Path) -> None:
    document = json.loads((folder / "report.json").read_text())
    looked_for = document["input"]["content_credentials"] is not None
    document["input"]["content_credentials"] = None if looked_for else {
        "state": "absent", "bytes_match": None, "generator": None, "title": None, "signer": None, "issuer": None,
        "signed": None, "actions": [], "codes": [], "reason": None,
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(document))
    shown = verify(folder).stdout
    assert "content credentials were not looked for" in shown
    assert "state" not in shown


def test_a_missing_file(folder: Path) -> None:
    (folder / "frames.jsonl").unlink()
    result = verify(folder)
    assert result.exit_code == 1
    assert "frames.jsonl: is missing" in result.stdout


def test_a_missing_list(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()
    result = verify(folder)
    assert result.exit_code == 1
    assert "SHA256SUMS: cannot be read" in result.stdout


def test_another_clip_of_the_same_name(folder: Path) -> None:
    write_pictures(folder.parent / "clip.mp4", [ground(2)] * 5)
    result = verify(folder)
    assert result.exit_code == 1
    assert "is not the clip of the report" in result.stdout
    assert "not run again" in result.stdout


def test_another_network(folder: Path, fake_networks: analysis.Networks) -> None:
    object.__setattr__(fake_networks.vehicles.card, "sha256", "f" * 64)
    result = verify(folder)
    assert result.exit_code == 1
    assert "vehicles: is not the network" in result.stdout


def test_other_versions_are_a_remark_and_no_difference(folder: Path) -> None:
    document = json.loads((folder / "report.json").read_text())
    edit(folder / "report.html", f"av {document['versions']['av']}", "av 0.1")
    document["versions"]["av"] = "0.1"
    document["run"]["analysis_seconds"] = 12345.0
    (folder / "report.json").write_text(json.dumps(document))
    list_anew(folder)
    result = verify(folder)
    assert result.exit_code == 0
    assert 'remark: versions.av is "0.1"' in result.stdout


def test_why_the_device_was_taken_is_no_remark(folder: Path) -> None:
    document = json.loads((folder / "report.json").read_text())
    edit(folder / "report.html", document["device"]["reason"], "it was the best there was")
    document["device"]["reason"] = "it was the best there was"
    (folder / "report.json").write_text(json.dumps(document))
    list_anew(folder)
    result = verify(folder)
    assert result.exit_code == 0
    assert "remark" not in result.stdout


def test_a_report_from_saved_detections_needs_their_file(folder: Path) -> None:
    saved, clip = folder / "detections.txt", folder.parent / "clip.mp4"
    again = folder.parent / "again"
    made = CliRunner().invoke(main, [str(clip), "--tracks", str(saved), "--out", str(again), "--no-video"])
    assert made.exit_code == 0
    assert "--tracks" in verify(again, clip).stderr
    assert verify(again, clip, "--tracks", saved).exit_code == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "no JSON"),
        ("[]", "no report of detect"),
        ('{"schema": "detect-report/5"}', "no whole report"),
        ('{"schema": "detect-report/999", "versions": {"detect": "9.9"}}', "newer detect 9.9"),
        ('{"schema": "detect-report/1"}', "older detect"),
        ('{"schema": "cooking-recipe/4"}', "no report of detect"),
    ],
)
def test_a_report_that_cannot_be_verified_says_why(folder: Path, content: str, says: str) -> None:
    (folder / "report.json").write_text(content)
    result = verify(folder)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_report_broken_off_cannot_be_run_again(folder: Path) -> None:
    edit(folder / "report.json", '"interrupted": false', '"interrupted": true')
    result = verify(folder)
    assert result.exit_code == 1
    assert "broken off" in result.stdout


def review_of(folder: Path) -> Path:
    """As the page saves it: the first track confirmed."""
    report, _ = read_report(folder / "report.json")
    review = {
        "schema": "detect-review/1",
        "clip": {"file": report.input.file, "sha256": report.input.sha256},
        "findings_sha256": findings_sha256(report),
        "saved": "2026-11-22T20:00:00.000Z",
        "verdicts": [{"of": "track", "id": report.tracks[0].id, "verdict": "confirmed"}],
    }
    path = folder / "review.json"
    path.write_text(json.dumps(review))
    return path


def test_a_reviewed_report_is_verified_all_the_same(folder: Path) -> None:
    assert CliRunner().invoke(main, ["--apply-review", str(review_of(folder))]).exit_code == 0
    assert "1 confirmed" in (folder / "report.html").read_text()
    result = verify(folder)
    assert (result.exit_code, result.stdout.count("differs")) == (0, 0)
    edit(folder / "report.json", '"verdict": "confirmed"', '"verdict": "rejected"')
    assert "report.json: was changed after it was written" in verify(folder).stdout


@pytest.mark.parametrize("listed", [False, True])
def test_an_edited_page(folder: Path, listed: bool) -> None:
    edit(folder / "report.html", "2 different vehicles", "9 different vehicles")
    if listed:
        list_anew(folder)
    result = verify(folder)
    assert result.exit_code == 1
    assert ("report.html: was changed" in result.stdout) is not listed
    assert "report.html: does not say what report.json says" in result.stdout


def test_a_page_without_its_data(folder: Path) -> None:
    (folder / "report.html").write_text("<p>9 vehicles</p>")
    result = verify(folder)
    assert result.exit_code == 1
    assert "report.html: its data are missing" in result.stdout


def test_the_page_of_another_version_is_not_compared(folder: Path) -> None:
    edit(folder / "report.html", "<h2", "<h2 ")
    edit(folder / "report.json", f'"detect": "{__version__}"', '"detect": "0.0"')
    list_anew(folder)
    result = verify(folder)
    assert result.exit_code == 0
    assert "remark: versions.detect" in result.stdout


def test_wrong_usage(folder: Path, tmp_path: Path) -> None:
    assert verify(tmp_path / "nowhere").exit_code == 2
    assert verify(folder, "a.mp4", "b.mp4").exit_code == 2
    both = verify(folder, "--apply-review", tmp_path / "review.json")
    assert both.exit_code == 2
    assert "one after the other" in both.stderr
