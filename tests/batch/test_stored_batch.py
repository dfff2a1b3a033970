"""Whole runs over clips in stores, with results in stores, with a task that looks at nothing."""

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from detector.analysis import Networks
from detector.batch import command, stores, through_scratch
from detector.batch.clip_task import At, ClipOutcome, ClipTask
from detector.batch.command import Batch, run_batch
from detector.batch.scratch import PREFIX, scratch
from detector.batch.stored_clips import clips_in_store
from detector.batch.stores import StoreError, files_in, put_bytes, read_bytes, remove
from detector.outputs.folder import OutputFolder
from detector.url import Place, Url
from tests.batch.quick import FIGURES, quick_clip
from tests.batch.requests import request
from tests.stores import bucket, filled


@pytest.fixture(autouse=True)
def room(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where clips are copied to; nothing is left there by any test."""
    path = tmp_path_factory.mktemp("room")
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield path
    assert list(path.iterdir()) == []


@pytest.fixture(autouse=True)
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the clips hold that are done, as they are done by a task that looks at nothing."""
    did: list[str] = []

    def do(task: ClipTask, tell: Callable[[At], None], networks: Networks | None = None) -> ClipOutcome:
        assert isinstance(task.clip, Path)
        did.append(task.clip.read_text())
        return quick_clip(task, tell)

    monkeypatch.setattr(command, "do_clip", do)
    monkeypatch.setattr(command.Networks, "load", staticmethod(lambda *named: None))
    return did


def run(archive: Url, out: Place, retry_failed: bool = False, **asked: Any) -> int:
    clips = tuple(clips_in_store(archive))
    return run_batch(Batch(clips, out, False, "cpu", "fast", 1, retry_failed), request(**asked))


def names(folder: Url) -> list[str]:
    return sorted(file.relative_to(folder) or "" for file in files_in(folder, depth=None))


def summary(out: Url) -> dict[str, dict[str, str]]:
    """Rows of summary.csv by the name of the clip."""
    rows = csv.DictReader(io.StringIO(read_bytes(out / "summary.csv").decode("utf-8-sig")))
    return {row["clip"].rpartition("/")[2]: row for row in rows}


def lines(out: Url) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read_bytes(out / "batch.json").splitlines()]


def test_clips_of_a_store_and_results_in_it(store: Url, done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    archive, out = filled(store / "archive", a="1", b="bad", c="3"), store / "results"
    assert run(archive, out) == 3
    assert names(out) == [
        "a.detect/SHA256SUMS", "a.detect/report.json", "batch.json", "c.detect/SHA256SUMS", "c.detect/report.json",
        "index.html", "summary.csv",
    ]  # fmt: skip
    rows = summary(out)
    assert [rows[f"{name}.mp4"]["state"] for name in "abc"] == ["done", "failed", "done"]
    assert rows["b.mp4"]["reason"] == "is no video"
    assert rows["b.mp4"]["clip"] == f"{archive}/b.mp4"
    assert len(rows["b.mp4"]["sha256"]) == 64
    assert rows["a.mp4"]["folder"] == "a.detect"
    said = capsys.readouterr()
    assert said.err == ""
    assert "3 clips: 2 done, 1 failed" in said.out


def test_clips_of_a_store_and_results_here(store: Url, done: list[str], tmp_path: Path) -> None:
    archive = filled(store, a="1", b="2")
    for _ in range(2):
        assert run(archive, tmp_path / "out") == 0
    assert done == ["1", "2"]
    assert (tmp_path / "out" / "a.detect" / "report.json").read_text() == "1"
    assert f'"clip":"{archive}/a.mp4"' in (tmp_path / "out" / "batch.json").read_text()


def test_a_second_run_does_only_what_is_new_and_copies_nothing(
    store: Url, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, out = filled(store / "archive", a="1", b="2"), store / "results"
    assert run(archive, out) == 0
    before = [(file, file.listed) for file in files_in(out, depth=None)]
    fetched: list[str] = []
    fetch = stores.fetch

    def fetching(url: Url, path: Path) -> None:
        fetched.append(url.name)
        fetch(url, path)

    monkeypatch.setattr(through_scratch, "fetch", fetching)
    monkeypatch.setattr("detector.batch.clip_marks.fetch", fetching)
    assert run(archive, out) == 0
    assert [(file, file.listed) for file in files_in(out, depth=None)] == before, "nothing is written again"
    assert fetched == []
    filled(archive, c="further")
    assert run(archive, out) == 0
    assert fetched == ["c.mp4"], "once, for its size tells that it is none of the others"
    assert done == ["1", "2", "further"]


def test_what_changed_and_what_is_only_another_copy(store: Url, done: list[str]) -> None:
    archive, out = filled(store / "archive", a="1", b="1"), store / "results"
    assert run(archive, out) == 0
    assert summary(out)["b.mp4"]["same_as"] == f"{archive}/a.mp4"
    filled(archive, a="1", b="changed")  # the first is written again with the same content
    assert run(archive, out) == 0
    assert done == ["1", "changed"]
    assert read_bytes(out / "b.detect" / "report.json") == b"changed"
    filled(archive, a="new")
    assert run(archive, out) == 0
    assert read_bytes(out / "a.2.detect" / "report.json") == b"new"
    assert read_bytes(out / "a.detect" / "report.json") == b"1", "what was found in the old one is kept"


def test_a_report_that_was_taken_away_is_made_again(store: Url, done: list[str]) -> None:
    archive, out = filled(store / "archive", a="1"), store / "results"
    run(archive, out)
    remove(out / "a.detect" / "report.json")
    assert run(archive, out) == 0
    assert done == ["1", "1"]
    assert names(out / "a.detect") == ["SHA256SUMS", "report.json"]


def test_what_failed_is_left_until_it_is_asked_for(store: Url, done: list[str]) -> None:
    archive, out = filled(store / "archive", a="bad"), store / "results"
    for retry_failed in (False, False, True):
        assert run(archive, out, retry_failed) == 3
    assert done == ["bad", "bad"]


def test_a_clip_that_vanishes_after_it_was_listed_fails_alone_and_is_tried_again(store: Url, done: list[str]) -> None:
    archive, out = filled(store / "archive", a="1", gone="22"), store / "results"
    clips = tuple(clips_in_store(archive))
    remove(archive / "gone.mp4")
    assert run_batch(Batch(clips, out, False, "cpu", "fast", 1, False), request()) == 3
    assert summary(out)["a.mp4"]["state"] == "done"
    assert summary(out)["gone.mp4"]["reason"].startswith("is not there any more")
    filled(archive, gone="22")
    assert run(archive, out) == 0
    assert done == ["1", "22"]


@pytest.mark.parametrize("there", ["report.json", "tracks.txt"])
def test_outputs_of_somebody_else_are_not_replaced_unasked(store: Url, done: list[str], there: str) -> None:
    archive, out = filled(store / "archive", a="1"), store / "results"
    put_bytes(b"somebody's", out / "a.detect" / there)
    assert run(archive, out) == 2
    assert f"{there} already there; add --overwrite" in summary(out)["a.mp4"]["reason"]
    assert read_bytes(out / "a.detect" / there) == b"somebody's"
    assert run(archive, out, overwrite=True) == 0
    assert names(out / "a.detect") == ["SHA256SUMS", "report.json"], "and what is of no use now is gone"


def test_an_index_of_somebody_else_is_not_replaced_unasked(store: Url, capsys: pytest.CaptureFixture[str]) -> None:
    archive, out = filled(store / "archive", a="1"), store / "results"
    put_bytes(b"home", out / "index.html")
    assert run(archive, out) == 2
    assert "index.html already there" in capsys.readouterr().err
    assert names(out) == ["index.html"]
    assert run(archive, out, overwrite=True) == 0


def test_outputs_that_cannot_be_written_back_leave_no_report_and_are_tried_again(
    store: Url, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, out = filled(store / "archive", a="1"), store / "results"
    put = stores.put_file

    def broken(path: Path, url: Url) -> None:
        if url.name == "SHA256SUMS":
            raise stores.StoreError(f"{url}: cannot be written (the line is dead)")
        put(path, url)

    with monkeypatch.context() as cut:
        cut.setattr(through_scratch, "put_file", broken)
        assert run(archive, out) == 2
    assert "the line is dead" in summary(out)["a.mp4"]["reason"]
    assert run(archive, out) == 0
    assert done == ["1", "1"]


def several_outputs(task: ClipTask, tell: Callable[[At], None], networks: Networks | None = None) -> ClipOutcome:
    assert isinstance(task.folder, Path)
    with OutputFolder(task.folder) as outputs:
        for name in ("tracks.csv", "report.html", "report.json"):
            outputs.part(name).write_text(name)
    return ClipOutcome(0, "", 0.1, None, FIGURES)


def test_the_report_comes_last_but_for_what_lists_it(
    store: Url, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "do_clip", several_outputs)
    put: list[str] = []
    put_file = stores.put_file

    def putting(path: Path, url: Url) -> None:
        put.append(url.name)
        put_file(path, url)

    monkeypatch.setattr(through_scratch, "put_file", putting)
    assert run(filled(store / "archive", a="1"), store / "results") == 0
    assert put == ["tracks.csv", "report.html", "report.json", "SHA256SUMS"]


HOSTILE = ["../../climb.mp4", "..", "\x1b[2J.mp4", "x" * 900 + ".mp4", "a\\..\\b.mp4", ".mp4", "\u202egp4.mp4"]


def test_names_in_a_bucket_that_are_made_to_harm(s3: str, tmp_path: Path, done: list[str]) -> None:
    store = bucket()
    archive, out = store / "archive", store / "results"
    for number, key in enumerate(HOSTILE):
        put_bytes(b"x" * (number + 1), archive / key)
    before = {file.path for file in files_in(store, depth=None)}
    clips = clips_in_store(archive / "**")
    assert len(clips) == len(HOSTILE) - 2, "those without an ending are none"
    for place in (out, tmp_path / "out"):
        assert run_batch(Batch(tuple(clips), place, False, "cpu", "fast", 1, False), request()) == 0
    written = {file.path for file in files_in(store, depth=None)} - before
    assert all(path.startswith(out.path) and "/../" not in path and path.isprintable() for path in written)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert len(done) == 2 * len(clips)


def test_nothing_secret_is_written_or_said(s3: str, done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    store = bucket()
    out = store / "results"
    assert run(filled(store / "archive", a="1", b="bad"), out) == 3
    said = capsys.readouterr()
    everything = said.out + said.err + "".join(read_bytes(file).decode() for file in files_in(out, depth=None))
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in everything
    assert "Signature" not in everything
    assert "127.0.0.1" not in everything


def test_nothing_is_written_beside_clips_of_a_store(store: Url, capsys: pytest.CaptureFixture[str]) -> None:
    clips = tuple(clips_in_store(filled(store, a="1")))
    assert run_batch(Batch(clips, None, True, "cpu", "fast", 1, False), request()) == 2
    assert "say where with --out" in capsys.readouterr().err


def test_one_clip_alone_has_the_folder_to_itself(store: Url, done: list[str]) -> None:
    clips = tuple(clips_in_store(filled(store, a="1") / "a.mp4"))
    for _ in range(2):
        batch = Batch(clips, store / "results", True, "cpu", "fast", 1, False)
        assert run_batch(batch, request()) == 0
    assert done == ["1"]
    assert names(store / "results") == ["SHA256SUMS", "batch.json", "index.html", "report.json", "summary.csv"]


def test_killed_at_any_moment_every_clip_is_done_once(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fsspec", reason="needs the extra urls")
    room = tmp_path_factory.mktemp("killed")  # short: a socket of the stand-in lies in it
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    store = Url("file", str(tmp_path / "store"))
    clips = {str(number): "x" * number for number in range(1, 17)}
    archive, out = filled(store / "archive", **clips), store / "results"
    chance = random.Random(1)
    for kill in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.batch.quick", "2", str(out), str(archive)], cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(room)},
        )  # fmt: skip
        while process.poll() is None and len(known(out)) < 10 * (kill + 1):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert run(archive, out) == 0
    assert 0 < len(done) < 16
    finished = Counter(line["clip"] for line in lines(out) if line.get("state") == "done")
    assert finished == Counter(f"{archive}/{name}.mp4" for name in clips)
    assert sorted(names(out)) == sorted(
        [f"{name}.detect/{output}" for name in clips for output in ("SHA256SUMS", "report.json")]
        + ["batch.json", "index.html", "summary.csv"]
    )
    end = time.monotonic() + 30
    while any(room.glob(f"{PREFIX}*")):  # the processes of a run that was killed end a moment after it
        assert time.monotonic() < end, "what they had copied is taken away"
        for left in room.glob(f"{PREFIX}*"):
            os.utime(left, (1, 1))  # it is a minute later
        with scratch():
            time.sleep(0.05)


def known(out: Url) -> list[bytes]:
    """Lines of batch.json and of the files beside it."""
    there = [file for file in files_in(out, depth=2) if file.name == "batch.json" or "/line-" in file.path]
    with suppress(StoreError):  # they are brought together just now
        return [line for file in there for line in read_bytes(file).splitlines()]
    return []
