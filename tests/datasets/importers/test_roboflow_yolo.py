"""YOLO labels as Roboflow and Darknet lay them out: one text file beside each picture."""

from pathlib import Path

import pytest

from datasets.importers import roboflow_yolo
from datasets.pictures import LabelledPicture
from tests.datasets.importers.originals import kinds, write_yolo
from tests.datasets.samples import write_picture, write_text


def test_a_label_without_a_file_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    write_yolo(tmp_path, [])
    (tmp_path / "train" / "labels" / "a.txt").unlink()
    assert kinds(roboflow_yolo.read(tmp_path)) == ["missing label"]


def test_darknet_labels_lie_beside_their_pictures(tmp_path: Path) -> None:
    write_picture(tmp_path / "DJI_0012.JPG")
    write_text(tmp_path / "DJI_0012.txt", "1 0.5 0.5 0.1 0.1\n")
    write_text(tmp_path / "DJI_0013.txt", "1 0.5 0.5 0.1 0.1\n")
    write_text(tmp_path / "notes.txt", "taken in spring\n")
    picture, without = roboflow_yolo.read(tmp_path, ("car", "truck"))
    assert isinstance(picture, LabelledPicture)
    assert isinstance(without, LabelledPicture)
    assert [box.name for box in picture.boxes] == ["truck"]
    assert [(p.kind, p.file.name) for p in without.problems] == [("missing picture", "DJI_0013.txt")]


def test_a_folder_called_like_a_label_is_none(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "a.txt", "0 0.5 0.5 0.1 0.1\n")
    (tmp_path / "b.txt").mkdir()
    [picture] = roboflow_yolo.read(tmp_path, ("car",))
    assert isinstance(picture, LabelledPicture)
    assert len(picture.boxes) == 1


@pytest.mark.parametrize(
    ("names", "read"), [("[a, b]", ("a", "b")), ("{0: a, 1: b}", ("a", "b")), ("{'1': b, '0': a}", ("a", "b"))]
)
def test_class_names_are_a_list_or_a_map(tmp_path: Path, names: str, read: tuple[str, ...]) -> None:
    assert roboflow_yolo.read_names(write_text(tmp_path / "data.yaml", f"names: {names}\n")) == read


@pytest.mark.parametrize(
    "text",
    ["", "names: 3", "names: []", "names: {0: a, 2: b}", "names: [1, 2]", "names: [", "\x00", "!!python/object:a.b"],
)
def test_a_data_yaml_that_names_no_classes_is_a_problem_of_the_source(tmp_path: Path, text: str) -> None:
    write_yolo(tmp_path, [(1, 1, 5, 5)])
    write_text(tmp_path / "data.yaml", text)
    assert kinds(roboflow_yolo.read(tmp_path)) == ["source"]


def test_bad_lines_are_named_by_their_numbers_and_blank_ones_count(tmp_path: Path) -> None:
    label = write_text(tmp_path / "a.txt", "0 0.5 0.5 0.1 0.1\n\n0 2 2 1 1\n1 0.5 0.5 0.2 0.1\n7 0.5 0.5 0.1 0.1\n")
    boxes, problems = roboflow_yolo.read_label(label, ("car", "truck"))
    assert [box.name for box in boxes] == ["car", "truck"]
    assert [(problem.file, problem.line, problem.kind) for problem in problems] == [
        (label, 3, "box outside"),
        (label, 5, "class"),
    ]


def test_a_label_that_is_no_text_is_named(tmp_path: Path) -> None:
    write_yolo(tmp_path, [])
    (tmp_path / "train" / "labels" / "a.txt").write_bytes(b"\xff\xfe\x00\x80")
    assert kinds(roboflow_yolo.read(tmp_path)) == ["label"]
