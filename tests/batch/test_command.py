"""Whole runs over many clips, with a task that looks at nothing; with real clips see tests/test_clips_command.py."""

import csv
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from detector.batch import command
from detector.batch.command import Batch, run_batch
from detector.batch.manifest import open_manifest
from tests.batch.quick import quick_clip
from tests.batch.requests import request


def clips_of(folder: Path, *texts: str) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.mp4" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


@pytest.fixture(autouse=True)
def quick_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "do_clip", quick_clip)
    monkeypatch.setattr(command.Networks, "load", staticmethod(lambda *named: None))


def run(clips: list[Path], out: Path | None, jobs: int | None = 1, **asked: Any) -> int:
    return run_batch(Batch(tuple(clips), out, False, "cpu", "fast", jobs, False), request(**asked))


def summary(out: Path) -> list[dict[str, str]]:
    """All of summary.csv but how long it took."""
    with (out / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def entries(out: Path, state: str) -> Counter[str]:
    documents = [json.loads(line) for line in (out / "batch.json").read_text().splitlines()]
    return Counter(document["clip"] for document in documents if document.get("state") == state)


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_bad_clip_does_not_stop_the_rest(tmp_path: Path, jobs: int, capsys: pytest.CaptureFixture[str]) -> None:
    clips = clips_of(tmp_path / "clips", "a", "bad", "c", *(["killed", "ends"] if jobs > 1 else []), "f")
    code = run([*clips, tmp_path / "gone.mp4"], tmp_path / "out", jobs)
    assert code == 3
    rows = {Path(row["clip"]).name: row for row in summary(tmp_path / "out")}
    assert [row["state"] for row in rows.values()].count("done") == 3
    assert rows["1.mp4"]["reason"] == "is no video"
    assert "No such file" in rows["gone.mp4"]["reason"]
    if jobs > 1:
        assert "killed (signal 9): out of memory?" in rows["3.mp4"]["reason"]
        assert "exit code 7" in rows["4.mp4"]["reason"]
    assert (tmp_path / "out" / "index.html").is_file()
    said = capsys.readouterr()
    assert "3 done" in said.out
    assert "is no video" in said.out
    assert said.err == ""


def test_a_clip_that_eats_all_memory_fails_alone_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "share_of_memory", lambda jobs, memory_bytes: 400_000_000)
    clips = clips_of(tmp_path / "clips", "a", "greedy", "c")
    assert run(clips, tmp_path / "out", 2) == 3
    rows = {Path(row["clip"]).name: row for row in summary(tmp_path / "out")}
    assert [rows[name]["state"] for name in ("0.mp4", "1.mp4", "2.mp4")] == ["done", "failed", "done"]
    assert "of memory, more than its share of what was free; use fewer --jobs" in rows["1.mp4"]["reason"]


def test_the_second_run_has_nothing_to_do_and_ends_as_the_first(tmp_path: Path) -> None:
    clips = clips_of(tmp_path / "clips", "a", "bad")
    assert run(clips, tmp_path / "out") == 3
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir() if path.name != "batch.json"}
    assert run(clips, tmp_path / "out") == 3
    assert before == {
        path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir() if path.name != "batch.json"
    }


def test_without_out_all_lies_beside_the_clips(tmp_path: Path) -> None:
    assert run(clips_of(tmp_path / "clips", "a", "b"), None) == 0
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == [
        "0.detect", "0.mp4", "1.detect", "1.mp4", "batch.json", "index.html", "summary.csv",
    ]  # fmt: skip


def test_an_index_of_someone_else_is_not_replaced_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips = clips_of(tmp_path / "clips", "a", "b")
    (tmp_path / "clips" / "index.html").write_text("home")
    assert run(clips, None) == 2
    assert "index.html already there" in capsys.readouterr().err
    assert not (tmp_path / "clips" / "batch.json").exists()
    assert run(clips, None, overwrite=True) == 0


def test_two_runs_on_the_same_outputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips = clips_of(tmp_path / "clips", "a", "b")
    with open_manifest(tmp_path / "out"):
        assert run(clips, tmp_path / "out") == 2
    assert f"process {os.getpid()} on" in capsys.readouterr().err


@dataclass(frozen=True)
class Begun:
    """A run in a process, and process group, of its own, by the number of the process."""

    number: int
    out: Path
    _answers: IO[str]

    def ended(self) -> int:
        """Wait for its exit code."""
        return int(self._answers.readline())

    @property
    def said(self) -> str:
        return Path(f"{self.out}.said").read_text()


Begin = Callable[[Path, list[Path]], Begun]


@pytest.fixture(scope="module")
def begin() -> Iterator[Begin]:
    """Begins runs with two jobs; they share one start of Python, which takes longer than all of them."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.batch.quick"], text=True, bufsize=1, cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def begin_one(out: Path, clips: list[Path]) -> Begun:
            stdin.write(shlex.join(["2", str(out), *map(str, clips)]) + "\n")
            return Begun(int(stdout.readline()), out, stdout)

        yield begin_one


def until_lines(out: Path, count: int) -> None:
    """Wait until batch.json has so many lines."""
    path, end = out / "batch.json", time.monotonic() + 30
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < end
        time.sleep(0.002)


def test_killed_at_any_moment_every_clip_is_done_once_and_the_summary_is_the_same(tmp_path: Path, begin: Begin) -> None:
    clips = clips_of(tmp_path / "clips", *(f"clip {number}" for number in range(16)))
    assert run(clips, tmp_path / "unbroken") == 0
    chance = random.Random(1)
    for kill in range(6):
        begun = begin(tmp_path / "out", clips)
        until_lines(tmp_path / "out", 5 * (kill + 1))
        time.sleep(chance.uniform(0, 0.03))
        os.kill(begun.number, signal.SIGKILL)
        begun.ended()
    assert 0 < len(entries(tmp_path / "out", "done")) < 16
    begun = begin(tmp_path / "out", clips)
    assert begun.ended() == 0, begun.said
    assert entries(tmp_path / "out", "done") == Counter(f"../clips/{number}.mp4" for number in range(16))
    assert summary(tmp_path / "out") == summary(tmp_path / "unbroken")
    assert not list((tmp_path / "out").rglob(".part-*"))


def test_ctrl_c_is_told_in_the_manifest_and_gone_on_with(tmp_path: Path, begin: Begin) -> None:
    clips = clips_of(tmp_path / "clips", "a", "slow", "b", "slow too", "c")
    begun = begin(tmp_path / "out", clips)
    until_lines(tmp_path / "out", 7)  # two clips are done, two are slow
    os.killpg(begun.number, signal.SIGINT)
    assert begun.ended() == 130, begun.said
    assert "Traceback" not in begun.said
    assert entries(tmp_path / "out", "interrupted") == {"../clips/1.mp4": 1, "../clips/3.mp4": 1}
    assert [row["state"] for row in summary(tmp_path / "out")].count("interrupted") == 2
    for number, text in ((1, "quick"), (3, "quick too")):
        clips[number].write_text(text)
    begun = begin(tmp_path / "out", clips)
    assert begun.ended() == 0, begun.said
    assert [row["state"] for row in summary(tmp_path / "out")] == ["done"] * 5
