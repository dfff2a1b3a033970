"""Each part of benchmarks.batch on next to nothing; tests/batch has what the parts rest on."""

from pathlib import Path

from benchmarks.batch import kills, start


def test_kills_lose_nothing(tmp_path: Path) -> None:
    figures = kills(tmp_path, count=1, clips=2)
    assert figures["clips"] == figures["done_once"] == 2
    assert figures["same_summary"]


def test_a_run_with_nothing_to_do_is_timed(tmp_path: Path) -> None:
    figures = start(tmp_path, clips=2, rounds=1)
    assert figures["wall_s"] > 0
    assert len(list((tmp_path / "out").glob("*.detect"))) == 2, "none was done again"
