"""VisDrone annotations: categories that are not looked for, regions that do not count, damaged lines."""

from pathlib import Path

import pytest

from datasets.importers import visdrone
from tests.datasets.importers.originals import kinds, one, write_visdrone
from tests.datasets.samples import write_picture, write_text


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
