"""Each part of benchmarks.stores on next to nothing; tests/batch has what the parts rest on."""

from pathlib import Path

import pytest

from benchmarks import stores
from detector.batch import command

pytest.importorskip("fsspec", reason="needs the extra urls")


def test_a_clip_of_a_store_costs_more_than_one_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "do_clip", command.do_clip)  # the benchmark replaces both
    monkeypatch.setattr(command.Networks, "load", command.Networks.load)
    figures = stores.overhead(tmp_path, clips=1, rounds=1)
    assert sorted(figures) == ["file_ms", "here_ms", "memory_ms"]
    assert len(list(tmp_path.glob("*/out/*.detect/report.json"))) == 2, "of files here and of file://"


def test_a_run_with_nothing_to_do_is_timed(tmp_path: Path) -> None:
    figures = stores.start(tmp_path, clips=2, rounds=1)
    assert figures["wall_s"] > 0
    assert len(list((tmp_path / "out").glob("*.detect"))) == 2, "none was done again"
