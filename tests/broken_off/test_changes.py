"""What changes under a run: its clip, its frame records, its folder, and another run that wants that too."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from detector import one_clip
from detector.file_hash import sha256_of
from detector.report import Report
from tests.broken_off.outputs import assert_the_list_is_true, contents, run
from tests.fakes import ground, write_pictures


def report_of(folder: Path) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = json.loads((folder / "report.json").read_text())
    return document


@pytest.mark.parametrize("how", ["replaced", "cut short", "taken away", "written to"])
def test_a_clip_that_changes_while_it_is_read(clip: Path, tmp_path: Path, at_look, how: str) -> None:  # type: ignore[no-untyped-def]
    own = Path(shutil.copy(clip, tmp_path / "copy.mp4"))
    other = write_pictures(tmp_path / "other.mp4", [ground(3)] * 5)
    acts: dict[str, Callable[[], object]] = {
        "replaced": lambda: os.replace(other, own),
        "cut short": lambda: os.truncate(own, own.stat().st_size // 2),
        "taken away": own.unlink,
        "written to": lambda: own.open("ab").write(bytes(100)),
    }
    at_look(20, acts[how])
    result = run(own, "--out", tmp_path / "out")
    assert result.exit_code == 1
    report = report_of(tmp_path / "out")
    assert report["coverage"]["clip_changed"] is True
    assert report["input"]["sha256"] == sha256_of(clip)
    assert report["input"]["bytes"] == clip.stat().st_size
    assert "was changed or taken away" in result.stderr
    assert "annotated.mp4" not in contents(tmp_path / "out"), "it would show another clip"
    assert_the_list_is_true(tmp_path / "out")


@pytest.mark.parametrize(
    ("meddle", "says"),
    [
        (lambda line: b"[" * 30_000 + b"\n", "no frame record"),
        (lambda line: line.replace(b'"truck"', b'"boat"'), "a vehicle is of a class that the report does not know"),
    ],
)
def test_frame_records_that_are_meddled_with(
    clip: Path,
    tmp_path: Path,
    whole: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    meddle: Callable[[bytes], bytes],
    says: str,
) -> None:
    write_report = one_clip.write_report

    def meddling(report: Report, path: Path) -> None:
        write_report(report, path)
        frames = path.with_name(".part-frames.jsonl")
        first, second, *others = frames.read_bytes().splitlines(keepends=True)
        frames.write_bytes(b"".join((first, meddle(second), *others)))

    with monkeypatch.context() as patch:
        patch.setattr(one_clip, "write_report", meddling)
        result = run(clip, "--out", tmp_path / "out", "--format", "coco")
    assert result.exit_code == 2
    for name in ("coco.json", "annotated.mp4", "report.html"):
        assert f"{name} not written: {tmp_path / 'out' / '.part-frames.jsonl'}, line 2: {says}" in result.stderr
    assert "report.json" in contents(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_a_second_run_into_the_folder_is_refused_and_names_the_first(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], at_look: Callable[[int, Callable[[], object]], None]
) -> None:
    refused = []
    at_look(
        20, lambda: refused.extend(run(clip, "--out", tmp_path / "out", flag) for flag in ("--overwrite", "--resume"))
    )
    assert run(clip, "--out", tmp_path / "out").exit_code == 0
    assert contents(tmp_path / "out") == whole
    assert [result.exit_code for result in refused] == [2, 2]
    assert all(f"another run writes here (process {os.getpid()} on " in result.stderr for result in refused)


def test_a_folder_that_is_taken_away(clip: Path, tmp_path: Path, at_look) -> None:  # type: ignore[no-untyped-def]
    def take_away() -> None:
        for path in (tmp_path / "out").iterdir():
            path.unlink()
        (tmp_path / "out").rmdir()

    at_look(20, take_away)
    result = run(clip, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "out" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
