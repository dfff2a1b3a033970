import json
import sys
from pathlib import Path

import pytest

from benchmarks import long_runs
from benchmarks.long_runs import Sample, growth
from detector import analysis
from tests.fakes import square_networks


def test_growth_is_that_of_the_later_half() -> None:
    warming_up = [Sample(done, 100.0 + 50 * done, 5 + done, 2) for done in range(4)]
    later = [Sample(done, 300.0 + 0.5 * done, 9, 2) for done in range(4, 8)]
    found = growth([*warming_up, *later], "1000 frames", 1000)["growth_per_1000_frames"]
    assert found == pytest.approx({"resident_mb": 500, "open_files": 0, "threads": 0}, abs=0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_short_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.results.FOLDER", tmp_path)
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_: square_networks()))
    monkeypatch.setattr(long_runs, "SIZE", (320, 192))
    for arguments in (["--clips", "4", "--minutes", "0"], ["--clips", "0", "--minutes", "0.04"]):
        monkeypatch.setattr(sys, "argv", ["long_runs", *arguments])
        long_runs.main()
    kept = json.loads((tmp_path / "long_runs.json").read_text())
    assert kept["many_clips"]["clips"] == 4
    assert kept["one_long_clip"]["frames"] == 60
    assert all(
        sample["open_files"] and sample["threads"] and sample["resident_mb"] for sample in kept["many_clips"]["samples"]
    )
