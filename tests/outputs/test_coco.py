import json
from pathlib import Path

import pytest

from detector.outputs.coco import write_coco
from tests.reports import analysed, box, record, report, track

VEHICLES = (track(1), track(2, "truck"))
RECORDS = (
    record(0, box(1, (10.0, 20.0, 50.5, 40.0)), box(2, (100.0, 20.0, 150.0, 60.0), "truck", filled=True)),
    record(1),
    record(2, box(1, (12.0, 20.0, 52.5, 40.0))),
)


def test_frames_are_images_and_boxes_are_annotations(tmp_path: Path) -> None:
    write_coco(analysed(tmp_path, report(tracks=VEHICLES), *RECORDS), tmp_path / "coco.json")
    document = json.loads((tmp_path / "coco.json").read_text())
    assert [image["id"] for image in document["images"]] == [0, 1, 2]
    assert document["images"][0]["file_name"] == "000000.png"
    assert document["categories"] == [
        {"id": 1, "name": "tank"},
        {"id": 2, "name": "ifv_apc"},
        {"id": 3, "name": "truck"},
    ]
    first, second, third = document["annotations"]
    assert (first["bbox"], first["area"], first["category_id"], first["track"]) == (
        [10.0, 20.0, 40.5, 20.0],
        810.0,
        1,
        1,
    )
    assert (second["category_id"], second["filled"]) == (3, True)
    assert third["image_id"] == 2


def test_a_clip_without_vehicles_or_frames(tmp_path: Path) -> None:
    for records in ((), RECORDS[1:2]):
        write_coco(analysed(tmp_path, report(tracks=VEHICLES), *records), tmp_path / "coco.json")
        document = json.loads((tmp_path / "coco.json").read_text())
        assert (len(document["images"]), document["annotations"]) == (len(records), [])


def test_a_hostile_name_breaks_nothing(tmp_path: Path) -> None:
    name = 'a"}],\n<script>🔥' + "x" * 230
    write_coco(analysed(tmp_path, report(name)), tmp_path / "coco.json")
    assert name in json.loads((tmp_path / "coco.json").read_text())["info"]["description"]


def test_coco_tools_load_it(tmp_path: Path) -> None:
    faster_coco_eval = pytest.importorskip("faster_coco_eval")
    write_coco(analysed(tmp_path, report(tracks=VEHICLES), *RECORDS), tmp_path / "coco.json")
    coco = faster_coco_eval.COCO(str(tmp_path / "coco.json"))
    assert len(coco.getImgIds()) == 3
    assert len(coco.getAnnIds(imgIds=[0])) == 2
    assert [category["name"] for category in coco.loadCats(coco.getCatIds())] == ["tank", "ifv_apc", "truck"]
