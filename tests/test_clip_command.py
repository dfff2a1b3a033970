"""`detect CLIP`: the outputs of one clip, what of the settings they record, and what cannot be had."""

import html
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detector import analysis
from detector.sandbox.landlock import landlock_version
from tests.clips import write_clip
from tests.commands import WITHOUT_VIDEO, break_off_after, names, run, use_networks_of_squares, write_two_lorries
from tests.fakes import SquareFinder, square_networks

JOURNALS = [".part-smoke_fire.journal", ".part-vehicles.journal"]  # what --resume goes on with


@pytest.fixture(autouse=True)
def networks_of_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    use_networks_of_squares(monkeypatch)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_two_lorries(tmp_path / "clip.mp4")


def test_outputs_lie_beside_the_clip(clip: Path) -> None:
    result = run(clip)
    assert result.exit_code == 0
    assert names(clip.parent / "clip.detect") == ["SHA256SUMS", "annotated.mp4", *WITHOUT_VIDEO[1:]]
    assert "2 distinct" in result.stdout
    assert result.stderr == "", "no progress bar where there is no terminal"


def test_out_and_no_video(clip: Path, tmp_path: Path) -> None:
    assert run(clip, "--out", tmp_path / "there", "--no-video").exit_code == 0
    assert names(tmp_path / "there") == WITHOUT_VIDEO


@pytest.mark.parametrize(
    ("formats", "files"),
    [
        ("srt", {"events.srt"}),
        ("vtt, coco", {"events.vtt", "coco.json"}),
        ("all", {"events.srt", "events.vtt", "coco.json", "markers.otio", "tracks.csv", "shots.csv", "events.csv"}),
    ],
)
def test_format_picks_the_tables(clip: Path, tmp_path: Path, formats: str, files: set[str]) -> None:
    assert run(clip, "--out", tmp_path / "there", "--no-video", "--format", formats).exit_code == 0
    without_tables = {name for name in WITHOUT_VIDEO if not name.endswith(".csv")}
    assert set(names(tmp_path / "there")) == without_tables | files


def test_the_report_and_the_frames_agree(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video", "--classes", "truck,tank", "--from", "0:00.2", "--to", "0.6")
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    frames = [json.loads(line) for line in (tmp_path / "there" / "frames.jsonl").read_text().splitlines()]
    assert report["settings"] == {
        "classes": ["truck", "tank"],
        "threshold": "typical",
        "confidence": None,
        "size": "auto",
        "every": "auto",
        "tracks": None,
        "from_s": 0.2,
        "to_s": 0.6,
        "limits": {"pixels": 1 << 26, "frames": 1_000_000, "memory_gib": 8.0},
    }
    assert report["run"]["sandbox"] is None
    assert report["input"]["frames_decoded"] == len(frames) == 10
    assert {box["track"] for frame in frames for box in frame["boxes"]} == {track["id"] for track in report["tracks"]}


def test_every_is_used_and_recorded(clip: Path, tmp_path: Path) -> None:
    assert run(clip, "--out", tmp_path / "there", "--no-video", "--every", 3).exit_code == 0
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    frames = [json.loads(line) for line in (tmp_path / "there" / "frames.jsonl").read_text().splitlines()]
    looked = sum(frame["looked_at"] for frame in frames)
    assert report["settings"]["every"] == 3
    assert report["coverage"]["frames_looked_at"] == sum(shot["frames_looked_at"] for shot in report["shots"]) == looked
    assert len(frames) / 3 <= looked < len(frames) / 2
    assert all(box["filled"] for frame in frames if not frame["looked_at"] for box in frame["boxes"])


def test_size_and_threshold_are_used_and_recorded(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SquareFinder, "score", 0.9)
    result = run(clip, "--out", tmp_path / "there", "--no-video", "--size", "1920", "--threshold", "conservative")
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    assert (report["settings"]["size"], report["settings"]["threshold"]) == (1920, "conservative")
    assert [shot["input_size_px"] for shot in report["shots"]] == [1920]
    assert report["networks"][0]["confidence"] == 0.95
    assert report["tracks"] == [], "the squares score 0.9"
    assert "1920 px" in result.stdout


def test_the_confidence_overrides_that_of_the_threshold(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video", "--threshold", "conservative", "--confidence", "0.6")
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    assert [network["confidence"] for network in report["networks"]] == [0.6, 0.95]
    assert len(report["tracks"]) == 2


def test_a_network_that_is_not_there(clip: Path) -> None:
    result = run(clip, "--model", "accurate")
    assert result.exit_code == 4
    assert "'accurate'" in result.stderr
    assert "fast" in result.stderr


def test_a_network_without_the_threshold_asked_for(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks = square_networks()
    typical = {"typical": networks.vehicles.card.threshold()}
    networks.vehicles.card = replace(networks.vehicles.card, thresholds=typical)
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: networks))
    result = run(clip, "--threshold", "conservative")
    assert result.exit_code == 4
    assert "conservative" in result.stderr
    assert not (clip.parent / "clip.detect").exists()


@pytest.mark.parametrize("device", ["cuda", "cuda:9"])
def test_a_device_that_is_not_there(clip: Path, device: str) -> None:
    result = run(clip, "--device", device)
    assert result.exit_code == 4
    assert f"device {device} cannot" in result.stderr
    assert "--device cpu" in result.stderr
    assert not (clip.parent / "clip.detect").exists()


def test_what_exists_is_not_overwritten_unasked(clip: Path) -> None:
    assert run(clip, "--no-video").exit_code == 0
    again = run(clip, "--no-video")
    assert again.exit_code == 2
    assert "clip.detect" in again.stderr
    assert "--overwrite" in again.stderr
    assert run(clip, "--no-video", "--overwrite").exit_code == 0


def test_a_clip_cut_short_is_analysed_up_to_the_damage(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.ts", frames=60, size=(160, 96), busy=True)
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    result = run(cut, "--no-video")
    report = json.loads((tmp_path / "cut.detect" / "report.json").read_text())
    assert result.exit_code == 1
    assert 0 < report["input"]["frames_decoded"] < 60
    assert report["coverage"]["damage"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = run(clip, "--out", tmp_path / "locked" / "out")
    assert result.exit_code == 2
    assert "locked" in result.stderr


def test_a_file_in_place_of_the_output_folder(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    result = run(clip, "--out", tmp_path / "taken")
    assert result.exit_code == 2
    assert "taken" in result.stderr
    assert "--out" in result.stderr


def test_breaking_off_keeps_what_was_done(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_off_after(2, monkeypatch)
    result = run(clip)
    assert result.exit_code == 130
    assert "broken off by the user" in result.stdout
    assert "--resume" in result.stderr
    assert names(clip.parent / "clip.detect") == [*JOURNALS, *WITHOUT_VIDEO]
    lines = (clip.parent / "clip.detect" / "frames.jsonl").read_text().splitlines()
    assert 10 <= len(lines) < 20


@pytest.mark.parametrize(
    "name", ["\"quoted\" 'twice'.mp4", "<b>&amp;.mp4", "two\nlines.mp4", "\U0001f69a.mp4", "n" * 242 + ".mp4"]
)
def test_a_clip_by_any_name_gets_its_page(clip: Path, tmp_path: Path, name: str) -> None:
    odd = clip.rename(tmp_path / name)
    assert run(odd, "--no-video", "--to", "0.3").exit_code == 0
    page = (odd.with_name(f"{odd.stem}.detect") / "report.html").read_text()
    shown = name.replace("\n", "\N{REPLACEMENT CHARACTER}")
    assert f'<h1 dir="auto">{html.escape(shown).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}</h1>' in page


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_name_with_bytes_that_are_no_text(clip: Path) -> None:
    odd = clip.rename(clip.with_name(os.fsdecode(b"not\xfftext.mp4")))
    assert run(odd, "--no-video", "--to", "0.3").exit_code == 0
    report = json.loads((odd.with_name(f"{odd.stem}.detect") / "report.json").read_text())
    assert report["input"]["file"] == "not\ufffdtext.mp4"


def test_a_sandbox_changes_nothing_but_the_sound_and_is_told(clip: Path, tmp_path: Path) -> None:
    if not landlock_version():
        pytest.skip("this system cannot confine a process")
    assert run(clip, "--out", tmp_path / "plain").exit_code == 0
    result = run(clip, "--out", tmp_path / "confined", "--sandbox")
    assert result.exit_code == 0
    assert "gave up files" in " ".join(result.output.split())
    plain, confined = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("plain", "confined"))
    assert any("network" in given_up for given_up in confined.pop("run")["sandbox"])
    plain.pop("run")
    assert confined == plain
    for name in ("frames.jsonl", "detections.txt", "tracks.csv"):
        assert (tmp_path / "confined" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
    assert (tmp_path / "confined" / "annotated.mp4").is_file()


@pytest.mark.parametrize(
    ("option", "value"), [("--most-pixels", "100"), ("--most-frames", "3"), ("--most-memory", "0.00001")]
)
def test_limits_are_told_with_the_option_that_lifts_them(clip: Path, tmp_path: Path, option: str, value: str) -> None:
    result = run(clip, "--out", tmp_path / "there", option, value)
    assert result.exit_code == 3
    assert option in result.output
    assert not (tmp_path / "there").exists()
