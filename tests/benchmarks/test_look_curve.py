"""The curve of a tiny result."""

import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="detect[test] brings it")

from benchmarks import look_curve
from benchmarks.look_schedule import CONVOY
from benchmarks.results import write_results


def row(size: int | str, every: int | str, ms: float, hota: float | None) -> dict[str, Any]:
    convoy = {"network_ms_a_frame": 2 * ms} | ({} if hota is None else {"hota": hota})
    counts = {"shots": 4, "at_once_exact": 3, "distinct_inside": 2}
    return {"size": size, "every": every, "network_ms_a_frame": ms, "counts": counts, "clips": {CONVOY: convoy}}


def results(hota: float | None = 54.0) -> dict[str, Any]:
    rows = [row(640, 1, 50.0, hota), row(640, "auto", 25.0, hota), row("auto", "auto", 10.0, hota)]
    return {"processor_ms_a_look": {"640": 50.0}, "rows": rows}


def test_a_way_costs_what_it_takes_beside_one_look_at_640_px() -> None:
    every, _, default = look_curve.ways_of(results())
    assert (every.cost, every.convoy_cost, every.exact, every.in_range, every.hota) == (1.0, 2.0, 3, 2, 54.0)
    assert (default.size, default.every, default.cost) == ("auto", "auto", 0.2)


def test_the_curve_is_drawn_of_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.results.FOLDER", tmp_path)
    monkeypatch.setattr(look_curve, "PICTURE", tmp_path / "pictures" / "curve.svg")
    monkeypatch.setattr(look_curve, "STYLE", look_curve.STYLE | {"svg.fonttype": "none"})
    write_results("look_schedule", results())
    monkeypatch.setattr(sys, "argv", ["look_curve"])
    look_curve.main()
    drawn = look_curve.PICTURE.read_text()
    assert all(words in drawn for words in ("of 4 shots", "HOTA of convoy_oblique", "the default", "--size 640"))


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        look_curve.draw(results(), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


def test_hota_that_was_not_measured_leaves_its_panel_empty(tmp_path: Path) -> None:
    look_curve.draw(results(hota=None), tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").stat().st_size > 1000
