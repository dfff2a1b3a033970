import csv
from pathlib import Path

from detector.outputs.summary_csv import COLUMNS, write_summary_csv
from tests.clip_rows import failed, figures, row


def test_a_row_a_clip(tmp_path: Path) -> None:
    rows = [row(figures=figures(smoke_s=1.25, share_read=None)), failed(), row("b.mp4", same_as="a.mp4")]
    write_summary_csv(rows, tmp_path / "summary.csv")
    with (tmp_path / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert tuple(first) == COLUMNS
    counts = {"distinct_low": "1", "distinct_best": "2", "distinct_high": "4", "most_at_once": "2", "convoys": "0"}
    assert counts.items() <= first.items()
    assert (first["smoke_s"], first["fire_s"], first["share_read"], first["seconds"]) == ("1.25", "0.0", "", "20.5")
    assert (second["state"], second["exit_code"], second["reason"]) == ("failed", "3", "is no video")
    assert second["distinct_best"] == second["folder"] == ""
    assert third["same_as"] == "a.mp4"


def test_names_and_reasons_are_no_formulas(tmp_path: Path) -> None:
    write_summary_csv([failed("=1+1.mp4", "@SUM(A1)\n")], tmp_path / "summary.csv")
    text = (tmp_path / "summary.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1.mp4,failed,3,'@SUM(A1)\N{REPLACEMENT CHARACTER}," in text


def test_no_clip_at_all(tmp_path: Path) -> None:
    write_summary_csv([], tmp_path / "summary.csv")
    assert (tmp_path / "summary.csv").read_text(encoding="utf-8-sig").strip() == ",".join(COLUMNS)
