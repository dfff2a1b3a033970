import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.batch.entries import Entry, EntryError, FileMarks, RunLine, line_of, read_line
from detector.batch.manifest import MANIFEST_NAME, ManifestError, open_manifest
from tests.batch.quick import FIGURES

ENTRY = Entry(
    "done", "a.mp4", "5e", "2026-01-01T00:00:00+00:00", "ab", FileMarks(9, 1, 2), "a.detect", 1.5, 0, figures=FIGURES
)


@given(st.text(max_size=20), st.binary(max_size=20))
def test_names_of_any_letters_and_bytes_come_back(text: str, raw: bytes) -> None:
    for name in (text, os.fsdecode(raw)):
        entry = replace(ENTRY, clip=name)
        line = line_of(entry)
        assert line.count(b"\n") == 1
        assert read_line(line) == entry


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_the_error_that_says_so(line: bytes) -> None:
    with suppress(EntryError):
        read_line(line)


def test_what_was_added_is_there_for_the_next_run(tmp_path: Path) -> None:
    failed = replace(ENTRY, clip="b.mp4", state="failed", exit_code=3, sha256="cd", folder=None)
    with open_manifest(tmp_path / "new") as manifest:
        manifest.add(replace(ENTRY, state="started"))
        manifest.add(ENTRY)
        manifest.add(failed)
    with open_manifest(tmp_path / "new") as manifest:
        assert manifest.entries == {("a.mp4", "5e"): ENTRY, ("b.mp4", "5e"): failed}
        assert manifest.of_content("ab", "5e") == ENTRY
        assert manifest.of_content("cd", "5e") == failed
        assert manifest.of_content("ab", "other settings") is None
        assert manifest.owner("a.detect") == ("a.mp4", "5e")
        assert manifest.owner("b.detect") is None


@pytest.mark.parametrize("torn_off", [1, 30, 10_000])
def test_a_last_line_that_a_kill_left_torn_is_dropped(tmp_path: Path, torn_off: int) -> None:
    with open_manifest(tmp_path) as manifest:
        manifest.add(ENTRY)
        manifest.add(replace(ENTRY, clip="b.mp4"))
    path = tmp_path / MANIFEST_NAME
    last = path.read_bytes().splitlines(keepends=True)[-1]
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - min(torn_off, len(last) - 1))
    for _ in range(2):
        with open_manifest(tmp_path) as manifest:
            assert list(manifest.entries) == [("a.mp4", "5e")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"no json", "line 2"),
        (b"[1]", "no object"),
        (b'{"state":"eaten","clip":"a","settings":"b","at":"c"}', "eaten"),
        (b'{"state":"done","clip":7,"settings":"b","at":"c"}', "line 2"),
        (b'{"schema":"detect-batch/99"}', "another version"),
        (line_of(ENTRY).strip().replace(b"10.0", b"1e999"), "not finite"),
        (b"[" * 100_000, "line 2"),
        (b'"' + b"a" * 2_000_000 + b'"', "longer than any"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, line: bytes, says: str) -> None:
    with open_manifest(tmp_path) as manifest:
        manifest.add(ENTRY)
    lines = (tmp_path / MANIFEST_NAME).read_bytes().splitlines()
    (tmp_path / MANIFEST_NAME).write_bytes(b"\n".join([lines[0], line, lines[1], b""]))
    with pytest.raises(ManifestError, match=says), open_manifest(tmp_path):
        pass


def test_a_batch_json_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).write_text('{"jobs": []}\n')
    with pytest.raises(ManifestError, match="line 1"), open_manifest(tmp_path):
        pass
    assert (tmp_path / MANIFEST_NAME).read_text() == '{"jobs": []}\n'


def test_a_second_run_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    with (
        open_manifest(tmp_path),
        pytest.raises(ManifestError, match=f"process {os.getpid()} on .*, since 20"),
        open_manifest(tmp_path),
    ):
        pass


def test_the_lock_of_a_process_that_was_killed_does_not_count(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from detector.batch.manifest import open_manifest\n"
        "with open_manifest(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == -9
    with open_manifest(tmp_path) as manifest:
        assert not manifest.entries
    runs = [read_line(line) for line in (tmp_path / MANIFEST_NAME).read_bytes().splitlines()]
    assert all(isinstance(run, RunLine) for run in runs)
    assert len(runs) == 2


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(ManifestError, match="--out"), open_manifest(tmp_path / "taken"):
        pass


def test_lines_are_json_that_other_programs_read(tmp_path: Path) -> None:
    with open_manifest(tmp_path) as manifest:
        manifest.add(ENTRY)
    first, second = (json.loads(line) for line in (tmp_path / MANIFEST_NAME).read_text().splitlines())
    assert first["schema"] == "detect-batch/1"
    assert (second["state"], second["clip"], second["figures"]["distinct_best"]) == ("done", "a.mp4", 2)
