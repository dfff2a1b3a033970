"""All benchmarks in one command: what is run, what is left out, and what is called worse."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import results, run
from benchmarks.suite import Benchmark, Figure

SCORE = Figure("score", ("score",), slack=0.5)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where figures are kept in this test."""
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    return tmp_path


def answering(monkeypatch: pytest.MonkeyPatch, kept: Path, name: str, score: float | None, code: int = 0) -> None:
    """Stand in for the process of a benchmark, which keeps this score."""

    def started(command: list[str], **_: object) -> SimpleNamespace:
        assert command[:3] == [sys.executable, "-m", f"benchmarks.{name}"]
        (kept / f"{name}.json").write_text(json.dumps({} if score is None else {"score": score}))
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr("subprocess.run", started)


@pytest.mark.parametrize(
    ("before", "now", "regression"),
    [(90.0, 91.0, False), (90.0, 89.6, False), (90.0, 89.0, True), (90.0, None, True), (None, 1.0, False)],
)
def test_a_figure_stands_beside_the_last_one_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch, before: float | None, now: float | None, regression: bool
) -> None:
    if before is not None:
        (kept / "race.json").write_text(json.dumps({"score": before}))
    answering(monkeypatch, kept, "race", now)
    found = run.run_all([Benchmark("race", (SCORE,))])
    assert found["figures"] == [
        {"benchmark": "race", "words": "score", "before": before, "now": now, "regression": regression}
    ]
    assert ("**worse**" in run.table(found)) == regression


def test_what_cannot_run_here_is_left_out_and_named(kept: Path) -> None:
    found = run.run_all([Benchmark("race", (SCORE,), needs=("../no such folder", "no_such_module", "json"))])
    assert found["left_out"] == {"race": "needs ../no such folder and no_such_module"}
    assert "race is left out: needs ../no such folder and no_such_module" in run.table(found)


def test_one_that_breaks_off_does_not_stop_the_rest(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, kept, "race", 1.0, code=7)
    found = run.run_all([Benchmark("race", (SCORE,)), Benchmark("race", (SCORE,))])
    assert found["broke_off"] == {"race": "exit code 7"}
    assert found["figures"] == []
    assert "**race broke off**: exit code 7" in run.table(found)


def test_what_takes_hours_is_run_only_if_named() -> None:
    assert "long_runs" not in [benchmark.name for benchmark in run.chosen(None)]
    assert [benchmark.name for benchmark in run.chosen("long_runs,counting")] == ["counting", "long_runs"]
    with pytest.raises(SystemExit, match="no benchmark nonsense; there are accuracy,"):
        run.chosen("nonsense")


def test_the_command_keeps_its_table_and_fails_on_a_regression(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "SUITE", (Benchmark("race", (SCORE,)),))
    monkeypatch.setattr(run, "circumstances", lambda threads: {"commit": "abc", "threads": threads})
    monkeypatch.setattr(sys, "argv", ["run"])
    answering(monkeypatch, kept, "race", 5.0)
    assert run.main() == 0
    answering(monkeypatch, kept, "race", 1.0)
    assert run.main() == 1
    assert "| race | score | 5 | 1 | **worse** |" in capsys.readouterr().out
    assert json.loads((kept / "run.json").read_text())["commit"] == "abc"
