"""What every importer promises, whatever its format."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.importers import auair, coco_json, pascal_voc, roboflow_yolo, visdrone
from datasets.labels import NamedBox
from datasets.pictures import LabelledPicture, Problem
from tests.datasets.importers.originals import (
    SIZE_PX,
    Edges,
    coco_document,
    kinds,
    one,
    voc_document,
    write_auair,
    write_coco,
    write_visdrone,
    write_voc,
    write_yolo,
)
from tests.datasets.samples import turn, write_picture, write_text

Write = Callable[[Path, list[Edges]], None]
Read = Callable[[Path], Iterator[LabelledPicture | Problem]]
FORMATS = [
    pytest.param(roboflow_yolo.read, write_yolo, id="roboflow_yolo"),
    pytest.param(visdrone.read, write_visdrone, id="visdrone"),
    pytest.param(coco_json.read, write_coco, id="coco_json"),
    pytest.param(pascal_voc.read, write_voc, id="pascal_voc"),
    pytest.param(auair.read, write_auair, id="auair"),
]


def edges_px(box: NamedBox) -> list[float]:
    width, height = SIZE_PX
    x, y = box.cx * width, box.cy * height
    half_width, half_height = box.width * width / 2, box.height * height / 2
    return [x - half_width, y - half_height, x + half_width, y + half_height]


@st.composite
def boxes_px(draw: st.DrawFn) -> Edges:
    left, top = draw(st.integers(0, SIZE_PX[0] - 2)), draw(st.integers(0, SIZE_PX[1] - 2))
    return left, top, draw(st.integers(left + 1, SIZE_PX[0])), draw(st.integers(top + 1, SIZE_PX[1]))


@pytest.mark.parametrize(("read", "write"), FORMATS)
@settings(max_examples=20, deadline=None)
@given(boxes=st.lists(boxes_px(), max_size=4))
def test_every_box_comes_back_where_it_was(read: Read, write: Write, boxes: list[Edges]) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), boxes)
        picture = one(read(Path(folder)))
    assert picture.problems == ()
    assert picture.path.name == "a.jpg"
    assert [box.name for box in picture.boxes] == ["car"] * len(boxes)
    for box, (left, top, right, bottom) in zip(picture.boxes, boxes, strict=True):
        assert edges_px(box) == pytest.approx([left, top, right, bottom], abs=0.01)


@pytest.mark.parametrize(("read", "write"), FORMATS)
def test_a_box_outside_the_picture_is_named(tmp_path: Path, read: Read, write: Write) -> None:
    write(tmp_path, [(1, 1, 5, 5), (60, 40, 90, 44)])
    picture = one(read(tmp_path))
    assert [problem.kind for problem in picture.problems] == ["box outside"]
    assert len(picture.boxes) == 1


@pytest.mark.parametrize(("read", "write"), FORMATS)
def test_a_missing_picture_is_named(tmp_path: Path, read: Read, write: Write) -> None:
    write(tmp_path, [(1, 1, 5, 5)])
    next(tmp_path.rglob("*.jpg")).unlink()
    assert kinds(read(tmp_path)) == ["missing picture"]


@pytest.mark.parametrize(("read", "write"), [one for one in FORMATS if one.id != "roboflow_yolo"])
def test_a_picture_without_a_readable_header_is_named(tmp_path: Path, read: Read, write: Write) -> None:
    write(tmp_path, [(1, 1, 5, 5)])
    next(tmp_path.rglob("*.jpg")).write_bytes(b"no picture at all")
    assert kinds(read(tmp_path)) == ["corrupt picture"]


@pytest.mark.parametrize(("read", "write"), [one for one in FORMATS if one.id != "roboflow_yolo"])
def test_boxes_in_pixels_are_not_placed_in_a_picture_that_is_to_be_turned(
    tmp_path: Path, read: Read, write: Write
) -> None:
    write(tmp_path, [(1, 1, 5, 5)])
    turn(next(tmp_path.rglob("*.jpg")), 6)
    assert kinds(read(tmp_path)) == ["size"]


@pytest.mark.parametrize(("read", "write"), FORMATS)
def test_an_empty_folder_is_said_to_be_no_source(tmp_path: Path, read: Read, write: Write) -> None:
    assert kinds(read(tmp_path)) == ["source"]


def test_a_picture_of_another_size_than_said_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", (32, 24))
    write_text(tmp_path / "coco.json", json.dumps(coco_document([[1, 1, 4, 4]])))
    write_text(tmp_path / "a.xml", voc_document([[1, 1, 4, 4]]))
    assert kinds(coco_json.read(tmp_path)) == ["size"]
    assert kinds(pascal_voc.read(tmp_path)) == ["size"]
