"""Killed at any moment: what has a final name is whole, and `--resume` gives the same outputs."""

from pathlib import Path

import pytest

from detector.clip import ClipReader
from tests.broken_off.outputs import FRAMES, KILLED, Apart, assert_the_list_is_true, contents, run
from tests.fakes import ground, noisy, write_pictures

MOMENTS = (
    "load:1", "look:1", "look:20", "settle:1", "look:55", "settle:2", "report:1", "tables:1", "draw:5", "draw:50",
    "index:1", "page:1", "sums:1", "rename:2", "rename:6", "rename:11", "remove:1", "remove:2",
)  # fmt: skip


@pytest.fixture(scope="module")
def killed(clip: Path, tmp_path_factory: pytest.TempPathFactory, run_apart: Apart) -> dict[str, Path]:
    """The folder that a run left which was killed at each of the moments."""
    place = tmp_path_factory.mktemp("killed")
    folders = {moment: place / moment.replace(":", "_") for moment in MOMENTS}
    codes = run_apart(*(["--before", moment, "KILL", clip, "--out", folder] for moment, folder in folders.items()))
    assert codes == [KILLED] * len(MOMENTS)
    return folders


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_and_resumed(
    moment: str, killed: dict[str, Path], clip: Path, whole: dict[str, bytes], looks: list[int]
) -> None:
    folder = killed[moment]
    left = contents(folder) if folder.exists() else {}
    assert left.items() <= whole.items(), "what has a final name is whole and right"
    assert "report.json" not in left or set(left) == set(whole), "a report comes after what belongs to it"

    if left or moment not in ("load:1", "remove:2"):
        again = run(clip, "--out", folder)
        assert again.exit_code == 2
        assert "--resume" in again.stderr, "nothing that was looked at is thrown away unasked"

    result = run(clip, "--out", folder, "--resume")
    assert (result.exit_code, contents(folder)) == (0, whole)
    assert_the_list_is_true(folder)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert moment in ("load:1", "look:1") or len(looks) < 70, "the rest was looked at before"
    if moment.partition(":")[0] in ("report", "tables", "draw", "index", "page", "sums", "rename"):
        assert not looks, "all was looked at before"


def test_killed_in_drawing_the_part_plays(
    clip: Path, killed: dict[str, Path], tmp_path: Path, run_apart: Apart
) -> None:
    run_apart(["--before", "draw:50", "KILL", clip, "--out", tmp_path / "out"])
    with ClipReader(tmp_path / "out" / ".part-annotated.mp4.part") as reader:
        assert len(list(reader)) == 25, "a whole second of the two"
        assert not reader.damage


def test_leftovers_are_no_results_of_the_next_run(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    command = [clip, "--out", tmp_path / "out"]
    assert run_apart(["--before", "sums:1", "KILL", *command, "--format", "all"]) == [KILLED]
    assert (tmp_path / "out" / ".part-coco.json").exists()
    assert run(*command, "--overwrite", "--no-video").exit_code == 0
    expected = {name: content for name, content in whole.items() if name not in ("annotated.mp4", "report.html")}
    assert {name: content for name, content in contents(tmp_path / "out").items() if name != "report.html"} == expected


def test_killed_with_overwrite_the_old_outputs_stay(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    command = [clip, "--out", tmp_path / "out", "--to", "1"]
    assert run(*command).exit_code == 0
    before = contents(tmp_path / "out")
    assert run_apart(["--before", "draw:3", "KILL", clip, "--out", tmp_path / "out", "--overwrite"]) == [KILLED]
    assert contents(tmp_path / "out") == before
    assert_the_list_is_true(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_other_settings_begin_anew_and_say_so(clip: Path, tmp_path: Path, looks: list[int], run_apart: Apart) -> None:
    assert run_apart(["--before", "draw:3", "KILL", clip, "--out", tmp_path / "out"]) == [KILLED]
    result = run(clip, "--out", tmp_path / "out", "--resume", "--confidence", "0.6")
    assert result.exit_code == 0
    assert "differs in confidence; this one begins anew" in result.stderr
    assert len(looks) > FRAMES


def test_resume_leaves_out_what_is_finished(clip: Path, tmp_path: Path, looks: list[int]) -> None:
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0, "there was nothing to go on with"
    looks.clear()
    again = run(clip, "--out", tmp_path / "out", "--resume")
    assert (again.exit_code, looks) == (0, [])
    assert "finished already" in again.stdout


def test_of_several_clips_the_one_killed_is_gone_on_with_unasked(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], looks: list[int], run_apart: Apart
) -> None:
    other = write_pictures(tmp_path / "other.mp4", [noisy(ground(5), seed) for seed in range(5)])
    batch = [clip, other, "--out", tmp_path / "out", "--jobs", "1"]
    assert run_apart(["--before", "draw:5", "KILL", *batch]) == [KILLED]
    assert run(*batch).exit_code == 0
    assert contents(tmp_path / "out" / "clip.detect") == whole
    assert len(looks) < FRAMES, "only the other clip was looked at"
