"""What the tables of the speed benchmark say, and that only their own places in a document change."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import speed_tables
from benchmarks.results import write_results
from benchmarks.speed_growth import compared, side
from benchmarks.speed_tables import AIMS, GROWTH_AIMS, aims, circumstances, printed, refreshed, short, sides, stages
from benchmarks.speed_turns import Stopwatch, Turn
from tests.fakes import ground, noisy, write_pictures


def side_of(fps: float, **stages_ms: float) -> dict[str, Any]:
    figures: dict[str, Any] = {"frames": 9, "fps": fps, "wall_ms": 1000 / fps, "cpu_ms": 1.5, "peak_mib": 200}
    return figures | ({"stages_ms": stages_ms} if stages_ms else {})


GROWN = {"rows": {}, "times": 1.0, "times_without_networks": 1.0}
FIGURES: dict[str, Any] = {
    "commit": "abc",
    "date": "2026-01-02",
    "machine": {"architecture": "x86_64", "cores": 2, "flags": ["avx2", "fma"]},
    "load_before": 0.3,
    "threads": 2,
    "frames": 9,
    "rounds": 3,
    "versions": {"av": "18"},
    "device": {"used": "cpu", "reason": "there is no other", "providers": []},
    "clips": {
        "a": {
            "size_px": [640, 360],
            "sides": {"detect": side_of(60.0, decode=2.5), "yolo track": side_of(10.0)},
            "ratios": {"default_against_yolo": 6.0, "every_frame_against_ceiling": 1.2},
        },
        "b": {"size_px": [1920, 1080], "sides": {"detect": side_of(20.0, encoding=3.0)}, "ratios": {}},
    },
    "startup": {"help_s": 0.1, "first_frame_s": 0.8},
}


def test_an_aim_reached_is_bold_and_one_that_could_not_be_measured_is_empty() -> None:
    rows = aims(FIGURES).splitlines()
    assert rows[0] == "|  | aim | a | b |"
    assert rows[2] == f"| {AIMS[0].words} | at least 6 | **6** |  |"
    assert f"| {AIMS[3].words} | at most 1.15 | 1.2 |  |" in rows
    assert rows[-1].endswith("| not measured | not measured |")


def test_on_a_gpu_its_own_aims_are_measured_and_no_others() -> None:
    text = aims(FIGURES | {"device": {"used": "cuda"}})
    assert "| at least 3 | **6** | not measured |" in text
    assert AIMS[0].words not in text


def test_sides_that_are_missing_leave_their_cells_empty() -> None:
    assert "| yolo track | 10.0 / 1.5 / 200 |  |" in sides(FIGURES)
    assert short(FIGURES).splitlines()[-1] == "| yolo track | 10.0 |  |"


def test_stages_end_with_everything() -> None:
    assert stages(FIGURES, "detect").splitlines() == [
        "| ms a frame of detect | a | b |",
        "|---|---|---|",
        "| decode | 2.50 |  |",
        "| encoding |  | 3.00 |",
        "| everything | 16.67 | 50.00 |",
    ]
    assert stages(FIGURES, "yolo track").splitlines()[0] == "| ms a frame of yolo track |"


def test_commit_day_and_machine_are_one_sentence() -> None:
    assert circumstances(FIGURES) == (
        "Commit abc, 2026-01-02; 2 threads on 2 cores (x86_64: avx2, fma), where 0.3 processes wanted to run just "
        "before; networks on cpu (there is no other); 9 frames, medians of 3 rounds; av 18."
    )


def test_only_what_was_measured_is_printed() -> None:
    assert "| `detect --help` | under 0.3 | 0.1 |" in printed({"startup": FIGURES["startup"]})
    assert "detect" not in printed({})


def test_a_document_changes_between_its_marks_only() -> None:
    document = "before\n<!-- startup of benchmarks.speed -->\nold\n<!-- end of startup -->\nafter\n"
    made = refreshed(document, FIGURES)
    assert made.startswith("before\n<!-- startup of benchmarks.speed -->\n|  | aim | s |\n")
    assert made.endswith("\n<!-- end of startup -->\nafter\n")
    assert "old" not in made
    assert refreshed(made, FIGURES) == made
    assert refreshed("no marks", FIGURES) == "no marks"


def test_tables_of_one_run_leave_those_of_another_alone() -> None:
    document = "<!-- aims of benchmarks.speed in bf16 -->\nold\n<!-- end of aims -->"
    assert refreshed(document, FIGURES) == document
    assert "old" not in refreshed(document, FIGURES, "benchmarks.speed in bf16")


def test_a_run_on_a_gpu_fills_its_tables_and_a_run_that_is_not_kept_leaves_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "performance.md"
    marks = "<!-- aims of benchmarks.speed{} -->\nold\n<!-- end of aims -->\n"
    document.write_text(marks.format("") + marks.format(" on cuda"))
    monkeypatch.setattr(speed_tables, "DOCUMENTS", (document,))
    monkeypatch.setattr(speed_tables, "FOLDER", tmp_path)
    monkeypatch.setattr("benchmarks.results.FOLDER", tmp_path)
    ratios = {"default_against_yolo": 3.5, "default_against_decode": 1.2}
    clips = {"a": {"size_px": [640, 360], "sides": {"detect": side_of(60.0)}, "ratios": ratios}}
    figures = {**FIGURES, "device": {"used": "cuda", "reason": "it ran", "providers": []}, "clips": clips}
    write_results("speed_cuda", figures | {"growth": dict.fromkeys(GROWTH_AIMS, GROWN)})
    speed_tables.main()
    filled = document.read_text()
    assert "| at least 3 | **3.5** |" in filled
    assert "| at most 1.3 | **1.2** |" in filled
    assert filled.count("old") == 1


def test_every_run_has_its_tables_in_the_documents() -> None:
    documents = "".join((Path(__file__).parents[2] / path).read_text() for path in speed_tables.DOCUMENTS)
    for run in speed_tables.RUNS.values():
        for table in ("circumstances", "aims", "sides"):
            assert f"<!-- {table} of {run} -->" in documents


def test_growth_is_the_last_against_the_first_with_and_without_the_networks() -> None:
    rounds = [
        {"5": Turn(10, 1.0 * pace, 1.0, 50, {"x network": 0.5 * pace}), "100": Turn(10, 2.0 * pace, 1.0, 60, {})}
        for pace in (1, 3)
    ]
    found = compared(rounds, ["5", "100"])
    assert (found["times"], found["times_without_networks"]) == (2.0, 4.0)
    assert found["rows"]["5"] == {"frames": 10, "wall_ms": 200.0, "without_networks_ms": 100.0, "peak_mib": 50}


@pytest.mark.parametrize("blind", [True, False])
def test_growth_looks_at_every_frame_turn_after_turn(
    blind: bool, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detector.analysis import Networks
    from tests.fakes import square_networks

    monkeypatch.setattr(Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    pictures = (noisy(ground(1), number) for number in range(6))
    work = side(write_pictures(tmp_path_factory.mktemp("growth") / "clip.mp4", pictures), 9, blind)
    assert [work(Stopwatch()), work(Stopwatch())] == [6, 6]
