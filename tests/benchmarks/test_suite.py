"""The list of benchmarks: each is in it, and its figures are where it says."""

import json
from pathlib import Path

import pytest

from benchmarks.suite import SUITE, Benchmark, Figure

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PARTS_OF_OTHERS = {"look_curve", "speed_growth", "speed_sides", "speed_startup", "speed_tables", "speed_yolo", "run"}
"""What is started by another benchmark, or makes tables or a picture of one."""


def test_every_benchmark_is_in_the_list_once() -> None:
    commands = {path.stem for path in BENCHMARKS.glob("*.py") if '__name__ == "__main__"' in path.read_text()}
    names = [benchmark.name for benchmark in SUITE]
    assert sorted(names) == sorted(commands - PARTS_OF_OTHERS)


@pytest.mark.parametrize("benchmark", SUITE, ids=lambda benchmark: benchmark.name)
def test_figures_lead_to_numbers_of_the_kept_results(benchmark: Benchmark) -> None:
    kept = json.loads((BENCHMARKS / "results" / f"{benchmark.results}.json").read_text())
    assert [figure.words for figure in benchmark.figures if figure.of(kept) is None] == []


def test_a_figure_that_is_not_there_is_none_and_no_number() -> None:
    assert Figure("x", ("a", "b")).of({"a": {"c": 1}}) is None
    assert Figure("x", ("a", "b")).of({"a": 3}) is None
    assert Figure("x", ("a", "b")).of({"a": {"b": None}}) is None


def test_a_star_adds_up_what_is_there() -> None:
    crashes = Figure("crashes", ("*", "crash"), more_is_better=False)
    assert crashes.of({"cut": {"crash": 2, "right": 9}, "flipped": {"right": 1}, "swapped": {"crash": 1}}) == 3
    assert crashes.of({"cut": {"right": 9}}) == 0


def test_worse_is_what_lies_beyond_the_slack() -> None:
    accuracy = Figure("ap", ("ap",), slack=0.005)
    assert not accuracy.is_worse(0.9, 0.895)
    assert accuracy.is_worse(0.9, 0.89)
    assert not accuracy.is_worse(0.9, 0.99)
    time = Figure("s", ("s",), more_is_better=False, slack_share=0.5)
    assert not time.is_worse(2.0, 3.0)
    assert time.is_worse(2.0, 3.1)
    assert not time.is_worse(2.0, 0.1)
    assert Figure("crashes", ("n",), more_is_better=False).is_worse(0, 1)
