"""AU-AIR: people that are not read, damaged boxes."""

import json
from pathlib import Path
from typing import Any

import pytest

from datasets.importers import auair
from tests.datasets.importers.originals import kinds, one, write_auair
from tests.datasets.samples import write_text


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
