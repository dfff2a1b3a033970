"""Pascal VOC documents: hostile XML and damaged boxes."""

from pathlib import Path

import pytest

from datasets.importers import pascal_voc
from tests.datasets.importers.originals import SIZE_PX, kinds, voc_document
from tests.datasets.samples import write_picture, write_text

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
