"""The command on clips in stores: the same outputs as of a clip here, and what is said where it cannot be."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from detector import analysis
from detector.batch.stores import files_in, put_file, read_bytes
from detector.url import Url
from tests.commands import run
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(autouse=True)
def fake_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *named: square_networks()))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    pictures = [noisy(with_squares(ground(1), [(20, 20), (90, 20)]), seed) for seed in range(12)]
    return write_pictures(tmp_path / "two.mp4", pictures)


def outputs(files: dict[str, bytes]) -> dict[str, Any]:
    """What two runs have in common: all but how long they took."""
    report = {key: value for key, value in json.loads(files["report.json"]).items() if key != "run"}
    return {**files, "report.json": report, "report.html": None, "SHA256SUMS": None}


def test_outputs_in_a_store_are_those_that_a_clip_has_here(store: Url, clip: Path, tmp_path: Path) -> None:
    put_file(clip, store / "archive" / "two.mp4")
    put_file(clip, store / "archive" / "zwei.mp4")
    assert run(clip, "--out", tmp_path / "here").exit_code == 0
    result = run(f"{store}/archive/", "--out", store / "results", "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "2 clips: 2 done." in result.output
    texts = {file.name: read_bytes(file) for file in files_in(store / "results" / "two.detect")}
    assert outputs(texts) == outputs({path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()})
    assert files_in(store / "results" / "zwei.detect") == [], "it is a copy of the other"
    assert tempfile.gettempdir().encode() not in b"".join(texts.values())


def test_a_list_may_hold_addresses_and_paths(store: Url, clip: Path, tmp_path: Path) -> None:
    put_file(clip, store / "a.mp4")
    (tmp_path / "list.txt").write_text(
        f"{store}/a.mp4\n{clip}\n{store}/gone.mp4\nhttp://example.org/a.mp4?token=hidden\n"
    )
    result = run("--list", tmp_path / "list.txt", "--out", tmp_path / "out", "--no-video", "--jobs", "1")
    assert result.exit_code == 3
    assert "gone.mp4: nothing is there, or no clip in it" in result.stderr
    assert "not streams, web addresses" in result.stderr
    assert "hidden" not in result.output
    assert "2 clips: 2 done." in result.stdout


@pytest.mark.parametrize(
    ("options", "exit_code", "says"),
    [
        (["http://example.org/a.mp4"], 3, "not streams, web addresses"),
        (["rtsp://camera:554/live"], 3, "not streams"),
        (["memory://none"], 3, "nothing is there"),
        (["memory://none/*.mp4"], 3, "nothing is there"),
        (["CLIP", "--out", "https://example.org/results"], 2, "not streams, web addresses"),
        (["CLIP", "--out", "s3://key:hidden@bucket"], 2, "leave that out"),
        (["STORED"], 2, "say where with --out"),
        (["STORED", "--out", "OUT", "--engine", "ray"], 2, "seen by this process alone"),
        (["STORED", "--out", "OUT", "--tracks", "CLIP"], 2, "on this machine"),
        (["STORED", "--out", "OUT", "--split"], 2, "one of this machine"),
        (["STORED", "--verify", "OUT"], 2, "copy clip and folder here"),
    ],
)
def test_what_cannot_be_is_said_with_cause_and_remedy(
    clip: Path, tmp_path: Path, options: list[str], exit_code: int, says: str
) -> None:
    pytest.importorskip("fsspec", reason="needs the extra urls")
    put_file(clip, Url("memory", f"{tmp_path.name}/a.mp4"))
    places = {"CLIP": str(clip), "STORED": f"memory://{tmp_path.name}/a.mp4", "OUT": str(tmp_path / "out")}
    result = run(*(places.get(option, option) for option in options))
    assert result.exit_code == exit_code
    assert says in re.sub(r"\s+", " ", result.stderr)
    assert "hidden" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_machine_without_the_package_is_told_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    result = run("s3://bucket/archive", "--out", tmp_path / "out")
    assert result.exit_code == 4
    assert "pip install 'detect-vehicles[urls]'" in result.stderr


def test_two_processes_share_the_clips_of_a_store(s3: str, clip: Path) -> None:
    from tests.stores import bucket

    store = bucket()
    put_file(clip, store / "archive" / "a.mp4")
    clip.write_bytes(clip.read_bytes() + b"\0\0\0\x0cfree\0\0\0\0")
    put_file(clip, store / "archive" / "b.mp4")
    command = [sys.executable, "-c", "from detector.cli import main; main()"]
    arguments = [f"{store}/archive/*.mp4", "--out", f"{store}/results", "--no-video", "--jobs", "2", "--to", "0.1"]
    result = subprocess.run([*command, *arguments], capture_output=True, text=True, env=os.environ, check=False)
    assert result.returncode == 0, result.stderr
    assert {"a.detect/report.json", "b.detect/report.json", "batch.json"} <= {
        file.relative_to(store / "results") for file in files_in(store / "results", depth=None)
    }
