"""A lock on a folder: of two runs the second is told of the first; one that is gone locks nobody out."""

import errno
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from detector import one_run
from detector.one_run import RUN_NAME, AnotherRunError, only_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing keeps two runs apart there")


def hold(folder: Path, told: Connection) -> None:
    with only_run(folder):
        told.send("held")
        signal.pause()


@pytest.fixture
def holder(tmp_path: Path) -> multiprocessing.Process:
    """Another process that holds the folder."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=hold, args=(tmp_path, theirs), daemon=True)
    process.start()
    assert ours.recv() == "held"
    return process


def test_the_second_is_told_of_the_first(tmp_path: Path, holder: multiprocessing.Process) -> None:
    with (
        pytest.raises(AnotherRunError, match=rf"process {holder.pid} on \S+, since 2\S+\); wait for it"),
        only_run(tmp_path),
    ):
        pass
    holder.kill()
    holder.join()


def test_a_dead_owner_locks_nobody_out(tmp_path: Path, holder: multiprocessing.Process) -> None:
    holder.kill()
    holder.join()
    assert (tmp_path / RUN_NAME).exists()
    with only_run(tmp_path):
        assert f'"pid":{os.getpid()}' in (tmp_path / RUN_NAME).read_text()
    assert not (tmp_path / RUN_NAME).exists()


def test_also_within_one_process(tmp_path: Path) -> None:
    with only_run(tmp_path):
        with pytest.raises(AnotherRunError, match=f"process {os.getpid()} on"), only_run(tmp_path):
            pass
        with pytest.raises(AnotherRunError), only_run(tmp_path):
            pass
    with only_run(tmp_path):
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 9000, b'{"pid":"x"}', b"[" * 4000])
def test_a_mark_that_makes_no_sense_names_nobody(tmp_path: Path, content: bytes) -> None:
    with only_run(tmp_path):
        (tmp_path / RUN_NAME).write_bytes(content)
        with pytest.raises(AnotherRunError, match="it has not said which"), only_run(tmp_path):
            pass


def test_a_lock_that_is_taken_away_just_then_is_none(tmp_path: Path) -> None:
    first, second = only_run(tmp_path), only_run(tmp_path)
    first.__enter__()
    (tmp_path / RUN_NAME).unlink()
    second.__enter__()
    first.__exit__(None, None, None)
    assert (tmp_path / RUN_NAME).exists(), "it is no longer that of the first"
    second.__exit__(None, None, None)
    assert not (tmp_path / RUN_NAME).exists()


def test_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(KeyError), only_run(tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_where_a_file_system_knows_no_locks_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(one_run.fcntl, "flock", without)
    with only_run(tmp_path), only_run(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
