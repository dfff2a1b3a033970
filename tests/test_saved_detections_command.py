"""`detect --tracks FILE CLIP`: vehicles that were found before."""

import json
from pathlib import Path

import pytest

from tests.commands import run, use_networks_of_squares, write_two_lorries


@pytest.fixture(autouse=True)
def networks_of_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    use_networks_of_squares(monkeypatch)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_two_lorries(tmp_path / "clip.mp4")


def test_saved_detections_are_tracked_again_to_the_same_result(clip: Path, tmp_path: Path) -> None:
    assert run(clip, "--out", tmp_path / "first", "--no-video").exit_code == 0
    saved = tmp_path / "first" / "detections.txt"
    result = run(clip, "--out", tmp_path / "again", "--no-video", "--tracks", saved)
    assert result.exit_code == 0
    assert "vehicles from detections.txt" in result.stdout
    assert (tmp_path / "again" / "tracks.txt").read_bytes() == (tmp_path / "first" / "tracks.txt").read_bytes()
    assert (tmp_path / "again" / "detections.txt").read_bytes() == saved.read_bytes()
    first, again = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("first", "again"))
    assert again["settings"]["tracks"] == again["networks"][0]["name"] == "detections.txt"
    assert again["coverage"]["smallest_vehicle_px"] is again["shots"][0]["input_size_px"] is None
    assert all(again[key] == first[key] for key in ("counts", "tracks", "convoys", "events"))


def test_tracks_in_mot_form_count_frames_and_classes_from_one(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video")
    rows = [line.split(",") for line in (tmp_path / "there" / "tracks.txt").read_text().splitlines()]
    assert {len(row) for row in rows} == {9}
    assert sorted({int(row[0]) for row in rows}) == list(range(1, 21))
    assert {row[1] for row in rows} == {"1", "2"}
    assert {row[7] for row in rows} == {"2"}, "truck is the second class"
    detections = (tmp_path / "there" / "detections.txt").read_text().splitlines()
    assert {line.split(",")[1] for line in detections if not line.startswith("#")} == {"-1"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("21,-1,10,10,20,20,0.9,2,1", "frame 21, but the clip has 20 frames"),
        ("5,-1,5000,10,20,20,0.9,2,1", "outside the picture of 320x192"),
        ("5,-1,10,10,20,20,0.9,7,1", "line 1: class 7 is none of 1 to 2"),
    ],
)
def test_detections_of_another_clip_are_wrong_usage(clip: Path, tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "saved.txt").write_text(line + "\n")
    result = run(clip, "--out", tmp_path / "there", "--no-video", "--tracks", tmp_path / "saved.txt")
    assert result.exit_code == 2
    assert says in result.stderr
    assert not (tmp_path / "there").exists()


def test_saved_detections_go_with_one_clip_and_no_size(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "saved.txt").write_text("")
    assert run(clip, "--tracks", tmp_path / "saved.txt", "--size", "640").exit_code == 2
    assert "one clip" in run(clip, clip, "--tracks", tmp_path / "saved.txt").stderr
    assert "cannot be read" in run(clip, "--tracks", tmp_path / "nowhere.txt").stderr
