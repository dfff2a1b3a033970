"""Stopped by the user: what is done by then is kept, and `--resume` gives the same outputs."""

import json
from pathlib import Path

import av

from tests.broken_off.outputs import FRAMES, JOURNALS, Apart, assert_the_list_is_true, contents, run


def test_ctrl_c_in_looking_finishes_the_frame_and_resumes(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    assert run_apart(["--before", "look:23", "INT", clip, "--out", tmp_path / "out"]) == [130]
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    looked_at = report["input"]["frames_decoded"]
    assert report["coverage"]["interrupted"] is True
    assert 0 < looked_at < FRAMES
    assert len((tmp_path / "out" / "frames.jsonl").read_text().splitlines()) == looked_at
    assert_the_list_is_true(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_ctrl_c_in_drawing_keeps_a_video_that_plays(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    assert run_apart(["--before", "draw:12", "INT", clip, "--out", tmp_path / "out"]) == [130]
    with av.open(str(tmp_path / "out" / "annotated.mp4")) as video:
        assert video.metadata["comment"] == "incomplete: drawing was broken off"
        assert sum(1 for _ in video.decode(video=0)) == 12
    assert contents(tmp_path / "out")["report.json"] == whole["report.json"]
    assert_the_list_is_true(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_ctrl_c_twice_stops_at_once(clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart) -> None:
    looking, drawing, loading = (tmp_path / name for name in ("looking", "drawing", "loading"))
    codes = run_apart(
        ["--before", "look:23", "INT2", clip, "--out", looking],
        ["--before", "draw:12", "INT2", clip, "--out", drawing],
        ["--before", "load:1", "INT", clip, "--out", loading],
    )
    assert codes == [130, 130, 130]
    assert not loading.exists()
    assert "annotated.mp4" not in contents(drawing)
    assert contents(drawing)["report.json"] == whole["report.json"]
    for folder in (looking, drawing):
        assert {path.name for path in folder.iterdir() if path.name.startswith(".")} == JOURNALS
        assert run(clip, "--out", folder, "--resume").exit_code == 0
        assert contents(folder) == whole
