import csv
from pathlib import Path

import pytest

from detector.outputs.analysed import Analysed
from detector.outputs.formats import Writer
from detector.outputs.tables import (
    EVENT_COLUMNS,
    SHOT_COLUMNS,
    TRACK_COLUMNS,
    write_events_csv,
    write_shots_csv,
    write_tracks_csv,
)
from tests.reports import analysed, convoy, event, report, shot, track


def rows(write: Writer, found: Analysed) -> list[dict[str, str]]:
    path = found.frames_file.with_name("table.csv")
    write(found, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_track(tmp_path: Path) -> None:
    found = report(tracks=(track(7, burning=True), track(8, counted=False)), convoys=(convoy(7, 9),))
    first, second = rows(write_tracks_csv, analysed(tmp_path, found))
    assert first == {
        "clip": "clip.mp4", "track": "7", "class": "tank", "class_share": "0.6667", "score": "0.9", "counted": "1",
        "shot": "0", "first_frame": "0", "last_frame": "99", "first_s": "10.0", "last_s": "13.96",
        "frames_seen": "90", "convoy": "1", "burning": "1", "smoking": "0",
    }  # fmt: skip
    assert (second["convoy"], second["counted"]) == ("", "0")


def test_a_shot(tmp_path: Path) -> None:
    [row] = rows(write_shots_csv, analysed(tmp_path, report(shots=(shot(5, 54),))))
    assert (row["start_frame"], row["end_frame"], row["start_s"], row["end_s"]) == ("5", "54", "10.2", "12.16")
    assert (row["most_at_once"], row["distinct_low"], row["distinct_best"], row["distinct_high"]) == (
        "2",
        "1",
        "2",
        "3",
    )
    assert (row["monochrome"], row["same_place_as"], row["input_size_px"]) == ("0", "", "640")


def test_events_and_convoys_by_the_time_they_begin(tmp_path: Path) -> None:
    found = report(
        events=(event("smoke", 50, 60, tracks=(3, 4)), event("fire", 5, 9, region=None)),
        convoys=(convoy(1, 2, 3, start=20),),
    )
    table = rows(write_events_csv, analysed(tmp_path, found))
    assert [row["kind"] for row in table] == ["fire", "convoy", "smoke"]
    assert [row["tracks"] for row in table] == ["", "1 2 3", "3 4"]
    assert [row["left_px"] for row in table] == ["", "", "10.0"]
    assert [row["vehicles"] for row in table] == ["", "3", ""]


@pytest.mark.parametrize(
    ("write", "columns"),
    [(write_tracks_csv, TRACK_COLUMNS), (write_shots_csv, SHOT_COLUMNS), (write_events_csv, EVENT_COLUMNS)],
)
def test_a_table_without_rows_has_its_columns(tmp_path: Path, write: Writer, columns: tuple[str, ...]) -> None:
    write(analysed(tmp_path, report(shots=())), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == ("\ufeff" + ",".join(columns) + "\r\n").encode()


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=cmd|' /C calc'!A0.mp4", "'=cmd|' /C calc'!A0.mp4"),
        ("+1.mp4", "'+1.mp4"),
        ("-1.mp4", "'-1.mp4"),
        ("@SUM(A1).mp4", "'@SUM(A1).mp4"),
        ("\t=1.mp4", "'\ufffd=1.mp4"),
        ("\r=1.mp4", "'\ufffd=1.mp4"),
        ("a\nb\x1b[2J\x00.mp4", "a\ufffdb\ufffd[2J\ufffd.mp4"),
        ('a "quoted", <b>🔥</b>.mp4', 'a "quoted", <b>🔥</b>.mp4'),
        ("x" * 250, "x" * 250),
    ],
)
def test_a_hostile_name_is_neither_formula_nor_line_break(tmp_path: Path, name: str, cell: str) -> None:
    [row] = rows(write_tracks_csv, analysed(tmp_path, report(name, tracks=(track(1),))))
    assert row["clip"] == cell


def test_a_negative_time_stays_a_number(tmp_path: Path) -> None:
    [row] = rows(write_tracks_csv, analysed(tmp_path, report(tracks=(track(1, first_s=-0.04),))))
    assert row["first_s"] == "-0.04"


def test_three_thousand_tracks(tmp_path: Path) -> None:
    found = report(tracks=tuple(track(n) for n in range(3000)))
    assert len(rows(write_tracks_csv, analysed(tmp_path, found))) == 3000
