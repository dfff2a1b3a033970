"""Each importer on small files of its format: what it reads, and what it says of files that are damaged or hostile."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.importers import auair, coco_json, pascal_voc, roboflow_yolo, visdrone
from datasets.labels import NamedBox
from datasets.pictures import LabelledPicture, Problem
from tests.datasets.samples import write_picture, write_text

SIZE_PX = (64, 48)
Edges = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def write_yolo(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    width, height = SIZE_PX
    write_picture(folder / "train" / "images" / "a.jpg", SIZE_PX)
    lines = [
        f"0 {(x0 + x1) / 2 / width:.6f} {(y0 + y1) / 2 / height:.6f} {(x1 - x0) / width:.6f} {(y1 - y0) / height:.6f}"
        for x0, y0, x1, y1 in boxes
    ]
    write_text(folder / "train" / "labels" / "a.txt", "\n".join(lines))
    write_text(folder / "data.yaml", f"names: [{name}]\n")


def write_visdrone(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    category = visdrone.CATEGORIES.index(name) if name in visdrone.CATEGORIES else name
    write_picture(folder / "images" / "a.jpg", SIZE_PX)
    lines = [f"{x0},{y0},{x1 - x0},{y1 - y0},1,{category},0,0" for x0, y0, x1, y1 in boxes]
    write_text(folder / "annotations" / "a.txt", "\n".join(lines))


def coco_document(boxes: list[Any], name: str = "car", file_name: str = "a.jpg") -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": file_name, "width": SIZE_PX[0], "height": SIZE_PX[1]}],
        "categories": [{"id": 3, "name": name}],
        "annotations": [{"image_id": 7, "category_id": 3, "bbox": box} for box in boxes],
    }


def write_coco(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    write_picture(folder / "train" / "a.jpg", SIZE_PX)
    document = coco_document([[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in boxes], name)
    write_text(folder / "train" / "_annotations.coco.json", json.dumps(document))


def voc_document(boxes: list[Any], name: str = "car", filename: str = "a.jpg") -> str:
    edges = ("xmin", "ymin", "xmax", "ymax")
    things = "".join(
        f"<object><name>{name}</name><bndbox>"
        + "".join(f"<{edge}>{value}</{edge}>" for edge, value in zip(edges, box, strict=True))
        + "</bndbox></object>"
        for box in boxes
    )
    size = f"<size><width>{SIZE_PX[0]}</width><height>{SIZE_PX[1]}</height></size>"
    return f"<annotation><filename>{filename}</filename>{size}{things}</annotation>"


def write_voc(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    write_picture(folder / "JPEGImages" / "a.jpg", SIZE_PX)
    write_text(folder / "Annotations" / "a.xml", voc_document(boxes, name))


def write_auair(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    write_picture(folder / "images" / "a.jpg", SIZE_PX)
    entries = [{"left": x0, "top": y0, "width": x1 - x0, "height": y1 - y0, "class": 0} for x0, y0, x1, y1 in boxes]
    document = {"categories": [name.capitalize()], "annotations": [{"image_name": "a.jpg", "bbox": entries}]}
    write_text(folder / "annotations.json", json.dumps(document))


Write = Callable[[Path, list[Edges]], None]
Read = Callable[[Path], Iterator[LabelledPicture | Problem]]
FORMATS = [
    pytest.param(roboflow_yolo.read, write_yolo, id="roboflow_yolo"),
    pytest.param(visdrone.read, write_visdrone, id="visdrone"),
    pytest.param(coco_json.read, write_coco, id="coco_json"),
    pytest.param(pascal_voc.read, write_voc, id="pascal_voc"),
    pytest.param(auair.read, write_auair, id="auair"),
]


def one(items: Iterator[LabelledPicture | Problem]) -> LabelledPicture:
    [item] = items
    assert isinstance(item, LabelledPicture)
    return item


def kinds(items: Iterator[LabelledPicture | Problem]) -> list[str]:
    """The kinds of all problems, those of pictures and those by themselves."""
    return [p.kind for item in items for p in ([item] if isinstance(item, Problem) else item.problems)]


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


@pytest.mark.parametrize(("read", "write"), FORMATS)
def test_an_empty_folder_is_said_to_be_no_source(tmp_path: Path, read: Read, write: Write) -> None:
    assert kinds(read(tmp_path)) == ["source"]


# YOLO


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


def test_a_label_that_is_no_text_is_named(tmp_path: Path) -> None:
    write_yolo(tmp_path, [])
    (tmp_path / "train" / "labels" / "a.txt").write_bytes(b"\xff\xfe\x00\x80")
    assert kinds(roboflow_yolo.read(tmp_path)) == ["label"]


# VisDrone


@pytest.mark.parametrize("name", ["pedestrian", "people", "bicycle", "motor"])
def test_people_and_two_wheelers_are_not_read(tmp_path: Path, name: str) -> None:
    write_visdrone(tmp_path, [(1, 1, 5, 5)], name)
    assert one(visdrone.read(tmp_path)).boxes == ()


@pytest.mark.parametrize("line", ["1,1,4,4,0,0,0,0", "1,1,4,4,0,4,0,0,"])
def test_what_is_not_to_count_is_an_ignored_region(tmp_path: Path, line: str) -> None:
    write_visdrone(tmp_path, [])
    write_text(tmp_path / "annotations" / "a.txt", line)
    assert [box.name for box in one(visdrone.read(tmp_path)).boxes] == [visdrone.IGNORED]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("1,1,4,4,1,12,0,0", "class"),
        ("1,1,4,4,1,-1,0,0", "class"),
        ("1,1,4,4,1", "label"),
        ("1,1,4,4,1,4,0,0,9", "label"),
        ("a,b,c,d,e,f,g,h", "label"),
        ("nan,1,4,4,1,4,0,0", "box outside"),
        ("1e308,1,1e308,4,1,4,0,0", "box outside"),
        ("1,1,4,0,1,4,0,0", "box outside"),
    ],
)
def test_a_bad_visdrone_line_is_named_with_its_number(tmp_path: Path, line: str, kind: str) -> None:
    write_visdrone(tmp_path, [(1, 1, 5, 5)])
    path = tmp_path / "annotations" / "a.txt"
    path.write_text(path.read_text() + f"\n{line}\n")
    [problem] = one(visdrone.read(tmp_path)).problems
    assert (problem.kind, problem.line) == (kind, 2)


def test_a_picture_without_annotations_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path / "images" / "b.jpg")
    (tmp_path / "annotations").mkdir()
    assert kinds(visdrone.read(tmp_path)) == ["missing label"]


# COCO


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "/etc/passwd", "..\\secret.jpg", "C:\\secret.jpg", "", None, 7, "a\0b"]
)
def test_a_file_name_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path, name: Any) -> None:
    write_picture(tmp_path / "secret.jpg", SIZE_PX)
    write_text(tmp_path / "source" / "coco.json", json.dumps(coco_document([], file_name=name)))
    assert kinds(coco_json.read(tmp_path / "source")) == ["path"]


@pytest.mark.parametrize(
    ("bbox", "kind"),
    [
        ([1, 1, 4], "label"),
        ("1,1,4,4", "label"),
        (None, "label"),
        ([1, 1, "x", 4], "label"),
        ([float("nan"), 1, 4, 4], "box outside"),
        ([float("inf"), 1, 4, 4], "box outside"),
        ([10**400, 1, 4, 4], "label"),
        ([1, 1, 0, 4], "box outside"),
    ],
)
def test_a_bad_coco_box_is_named(tmp_path: Path, bbox: Any, kind: str) -> None:
    write_picture(tmp_path / "a.jpg", SIZE_PX)
    write_text(tmp_path / "coco.json", json.dumps(coco_document([bbox])))
    assert kinds(coco_json.read(tmp_path)) == [kind]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"category_id": 99}, "class"),
        ({"category_id": [3]}, "class"),
        ({"image_id": 99}, "label"),
        ({"iscrowd": 1}, "label"),
    ],
)
def test_an_annotation_of_nothing_known_is_named(tmp_path: Path, change: dict[str, Any], kind: str) -> None:
    write_picture(tmp_path / "a.jpg", SIZE_PX)
    document = coco_document([[1, 1, 4, 4]])
    document["annotations"][0] |= change
    write_text(tmp_path / "coco.json", json.dumps(document))
    assert kinds(coco_json.read(tmp_path)) == [kind]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"images": 3}', "[" * 100_000, '{"images": [1], "categories": []}']
)
def test_a_file_that_is_no_coco_is_a_problem_of_the_source(tmp_path: Path, text: str) -> None:
    write_text(tmp_path / "coco.json", text)
    assert kinds(coco_json.read(tmp_path)) == ["source"]


def test_two_pictures_of_one_id_are_refused(tmp_path: Path) -> None:
    document = coco_document([])
    document["images"] *= 2
    write_text(tmp_path / "coco.json", json.dumps(document))
    assert kinds(coco_json.read(tmp_path)) == ["source"]


def test_a_picture_of_another_size_than_said_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", (32, 24))
    write_text(tmp_path / "coco.json", json.dumps(coco_document([[1, 1, 4, 4]])))
    write_text(tmp_path / "a.xml", voc_document([[1, 1, 4, 4]]))
    assert kinds(coco_json.read(tmp_path)) == ["size"]
    assert kinds(pascal_voc.read(tmp_path)) == ["size"]


# Pascal VOC

BOMB = """<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<annotation><filename>&lol2;</filename></annotation>"""
READS_A_FILE = """<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<annotation><filename>&secret;</filename></annotation>"""


@pytest.mark.parametrize("text", [BOMB, READS_A_FILE])
def test_xml_with_entities_is_refused(tmp_path: Path, text: str) -> None:
    write_text(tmp_path / "a.xml", text)
    assert kinds(pascal_voc.read(tmp_path)) == ["source"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "label"),
        ("<annotation>", "label"),
        ("<?xml version='1.0' encoding='none'?><annotation/>", "label"),
        ("<annotation/>", "path"),
        (voc_document([], filename="../../a.jpg"), "path"),
        (voc_document([["x", 1, 4, 4]]), "label"),
        (voc_document([["nan", 1, 4, 4]]), "box outside"),
        (voc_document([["1e999", 1, 4, 4]]), "box outside"),
        (voc_document([[5, 1, 4, 4]]), "box outside"),
        (voc_document([[1, 1, 4, 4]], name=""), "class"),
        (voc_document([]).replace("<width>64", "<width>wide"), "size"),
    ],
)
def test_a_bad_voc_file_is_named(tmp_path: Path, text: str, kind: str) -> None:
    write_picture(tmp_path / "a.jpg", SIZE_PX)
    write_text(tmp_path / "a.xml", text)
    assert kinds(pascal_voc.read(tmp_path)) == [kind]


# AU-AIR


def test_people_and_two_wheelers_of_auair_are_not_read(tmp_path: Path) -> None:
    write_auair(tmp_path, [(1, 1, 5, 5)], "human")
    assert one(auair.read(tmp_path)).boxes == ()


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        ({"left": 1, "top": 1, "width": 4, "height": 4, "class": 1}, "class"),
        ({"left": 1, "top": 1, "width": 4, "class": 0}, "label"),
        ({"left": 1, "top": 1, "width": 4, "height": "x", "class": 0}, "label"),
        (["left"], "label"),
    ],
)
def test_a_bad_auair_box_is_named(tmp_path: Path, box: Any, kind: str) -> None:
    write_auair(tmp_path, [])
    document = {"categories": ["Car"], "annotations": [{"image_name": "a.jpg", "bbox": [box]}]}
    write_text(tmp_path / "annotations.json", json.dumps(document))
    assert kinds(auair.read(tmp_path)) == [kind]
