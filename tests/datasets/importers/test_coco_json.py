"""COCO documents: hostile names, damaged boxes, documents that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from datasets.importers import coco_json
from datasets.pictures import LabelledPicture, Problem
from tests.datasets.importers.originals import SIZE_PX, coco_document, kinds
from tests.datasets.samples import write_picture, write_text


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "/etc/passwd", "..\\secret.jpg", "C:\\secret.jpg", "", None, 7, "a\0b", "."]
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


def test_an_id_of_null_is_an_id(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", SIZE_PX)
    document = coco_document([[1, 1, 4, 4]])
    document["images"][0]["id"] = document["annotations"][0]["image_id"] = None
    document["annotations"].append({"image_id": 99, "category_id": 3, "bbox": [1, 1, 4, 4]})
    write_text(tmp_path / "coco.json", json.dumps(document))
    problem, picture = coco_json.read(tmp_path)
    assert isinstance(problem, Problem)
    assert isinstance(picture, LabelledPicture)
    assert "image_id '99'" in problem.what
    assert len(picture.boxes) == 1


def test_two_pictures_of_one_id_are_refused(tmp_path: Path) -> None:
    document = coco_document([])
    document["images"] *= 2
    write_text(tmp_path / "coco.json", json.dumps(document))
    assert kinds(coco_json.read(tmp_path)) == ["source"]
