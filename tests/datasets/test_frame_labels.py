"""The table of whole-picture truth: what is known, and rows that cannot be used."""

from pathlib import Path

import pytest

from datasets.frame_labels import read_frame_labels
from datasets.tables import TableError
from tests.datasets.samples import write_text

HEADER = "file,split,smoke,fire,lookalike,view"


def table(folder: Path, *rows: str) -> Path:
    return write_text(folder / "frame_labels.csv", "\n".join([HEADER, *rows]) + "\n")


def test_a_row_says_what_is_known_of_each_kind(tmp_path: Path) -> None:
    labels, problems = read_frame_labels(table(tmp_path, "mian/images/val/a.webp,val,1,0,dust,drone"))
    label = labels["mian/images/val/a.webp"]
    assert (label.source, label.split, label.lookalike, problems) == ("mian", "val", "dust", [])
    assert dict(label.present) == {"smoke": True, "fire": False}


@pytest.mark.parametrize("value", ["", "-1"])
def test_what_cannot_be_told_is_not_known(tmp_path: Path, value: str) -> None:
    labels, problems = read_frame_labels(table(tmp_path, f"mian/images/val/a.webp,val,{value},1,,"))
    assert dict(labels["mian/images/val/a.webp"].present) == {"fire": True}
    assert problems == []


@pytest.mark.parametrize("value", ["yes", "2", " 1", "1.0"])
def test_a_value_that_says_nothing_known_is_named_with_its_line(tmp_path: Path, value: str) -> None:
    labels, [problem] = read_frame_labels(table(tmp_path, f"mian/images/val/a.webp,val,0,{value},,"))
    assert labels == {}
    assert (problem.line, problem.kind) == (2, "label")
    assert f"fire is {value!r}" in problem.what


def test_a_source_without_labelled_frames_is_named(tmp_path: Path) -> None:
    labels, [problem] = read_frame_labels(table(tmp_path, "nobody/images/val/a.webp,val,0,1,,"))
    assert labels == {}
    assert "'nobody'" in problem.what


def test_of_a_picture_with_two_rows_neither_counts(tmp_path: Path) -> None:
    row = "mian/images/val/a.webp,val,1,0,,"
    labels, [problem] = read_frame_labels(table(tmp_path, row, "mian/images/val/b.webp,val,1,0,,", row))
    assert set(labels) == {"mian/images/val/b.webp"}
    assert (problem.line, problem.kind) == (4, "label")
    assert "line 2" in problem.what


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,split,smoke\n", "no column fire, lookalike"),
        (f"{HEADER}\nmian/images/val/a.webp,val,1\n", ":2: 3 fields"),
        ("", "no column"),
    ],
)
def test_a_table_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_frame_labels(write_text(tmp_path / "frame_labels.csv", text))


def test_a_table_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"frame_labels\.csv: not there.*datasets/README\.md"):
        read_frame_labels(tmp_path / "frame_labels.csv")
