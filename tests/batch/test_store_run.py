import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detector.batch import store_run, stored_manifest
from detector.batch.entries import Entry
from detector.batch.manifest import Manifest, ManifestError
from detector.batch.store_run import OnlyRun, StoreMark
from detector.batch.stored_manifest import open_stored_manifest
from detector.batch.stores import files_in, put_bytes, read_bytes
from detector.one_run import AnotherRunError, RunMark
from detector.url import Url
from tests.batch.test_manifest import ENTRY

OLD = "2020-01-01T00:00:00+00:00"
ELSEWHERE = RunMark(7, "elsewhere", OLD)


def mark(store: Url, number: int, run: RunMark = ELSEWHERE, **told: Any) -> Url:
    place = store / f"run-{number:06}"
    put_bytes(msgspec.json.encode(StoreMark(run, **told)), place)
    return place


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_second_run_is_refused_and_told_of_the_first(store: Url) -> None:
    first, second = OnlyRun(store, store), OnlyRun(store, store)
    with first.held():
        with (
            pytest.raises(AnotherRunError, match=r"another run writes here \(process \d+ on .*, since 20"),
            second.held(),
        ):
            pass
        assert len(files_in(store)) == 1
    assert files_in(store) == []


def test_a_run_of_another_machine_counts_as_long_as_its_mark_is_written_anew(store: Url) -> None:
    mark(store, 3, boot="another")
    with pytest.raises(AnotherRunError, match="process 7 on elsewhere"), OnlyRun(store, store).held():
        pass
    mark(store, 3, boot="another", at=OLD)
    with OnlyRun(store, store).held():
        assert [file.name for file in files_in(store)] == ["run-000004"]


def test_a_run_of_this_machine_that_was_killed_does_not_count(store: Url) -> None:
    if not StoreMark(ELSEWHERE).boot:
        pytest.skip("only Linux tells when it was started")
    mark(store, 1, replace(RunMark(), pid=dead_pid()))
    with OnlyRun(store, store).held():
        assert [file.name for file in files_in(store)] == ["run-000002"]


def test_a_mark_that_makes_no_sense_is_none(store: Url) -> None:
    put_bytes(b"{", store / "run-000001")
    put_bytes(b"", store / "run-")
    with OnlyRun(store, store).held():
        pass


def test_a_run_that_was_taken_for_dead_writes_no_more(store: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_run, "BEAT_S", 0.01)
    work = store / stored_manifest.WORK_NAME

    def write_on(manifest: Manifest) -> None:
        mark(work, 9, boot="another")
        for number in range(1000):
            manifest.add(replace(ENTRY, clip=f"{number}.mp4"))

    with pytest.raises(ManifestError, match="elsewhere"), open_stored_manifest(store) as manifest:
        write_on(manifest)
    assert "run-000009" in [file.name for file in files_in(work)], "the mark of the other stays"


def test_lines_are_in_the_store_at_once_and_in_one_file_at_the_end(store: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_manifest, "LINES_APART", 4)
    entries = [replace(ENTRY, clip=f"{number}.mp4") for number in range(6)]
    with open_stored_manifest(store) as manifest:
        for number, entry in enumerate(entries):
            manifest.add(entry)
            assert known(store) == entries[: number + 1]
    assert [file.name for file in files_in(store, depth=None)] == ["batch.json"]
    with open_stored_manifest(store) as manifest:
        assert list(manifest.entries.values()) == entries
        assert manifest.is_there("batch.json")
        assert not manifest.is_there("a.detect/report.json")


def known(store: Url) -> list[Entry]:
    """What a run would know that came after a kill at this moment."""
    lines = stored_manifest._Lines(store, OnlyRun(store, store))
    return list(stored_manifest.read_entries(store, lines.whole))


def test_a_run_killed_while_it_brings_lines_together_loses_none_and_doubles_none(
    store: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: Any) -> None:
        raise KeyboardInterrupt

    def killed_in(name: str) -> None:
        with monkeypatch.context() as cut, open_stored_manifest(store) as manifest:
            manifest.add(replace(ENTRY, clip=f"{name}.mp4"))
            cut.setattr(stored_manifest, name, killed)

    for name in ("remove", "put_bytes"):
        with pytest.raises(KeyboardInterrupt):
            killed_in(name)
    with open_stored_manifest(store) as manifest:
        assert [clip for clip, _ in manifest.entries] == ["remove.mp4", "put_bytes.mp4"]
    lines = [json.loads(line) for line in read_bytes(store / "batch.json").splitlines()]
    assert [line["clip"] for line in lines if "clip" in line] == ["remove.mp4", "put_bytes.mp4"]


def test_a_batch_json_of_another_program_is_left_alone(store: Url) -> None:
    put_bytes(b'{"jobs": []}\n', store / "batch.json")
    with pytest.raises(ManifestError, match="line 1"), open_stored_manifest(store):
        pass
    assert read_bytes(store / "batch.json") == b'{"jobs": []}\n'


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "taken").touch()
    with pytest.raises(OSError, match="cannot be"), open_stored_manifest(Url("file", str(tmp_path / "taken" / "out"))):
        pass
