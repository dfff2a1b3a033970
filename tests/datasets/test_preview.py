from pathlib import Path

import cv2
import pytest

from datasets.build import build
from datasets.classes import VEHICLE_MAP
from datasets.labels import Box
from datasets.layout import BuiltPicture, LayoutError
from datasets.preview import COLOURS, TILE_HEIGHT_PX, TILE_WIDTH_PX, draw_sheet, draw_tile, write_sheets
from tests.datasets.samples import write_picture, write_prepared_sources


def picture_of(path: Path, *boxes: Box) -> BuiltPicture:
    return BuiltPicture("vehicles", "train", path, boxes, ())


def test_a_sheet_for_each_source_and_split(tmp_path: Path) -> None:
    build(write_prepared_sources(tmp_path / "sources"), tmp_path / "out", skip_bad=False)
    names = {path.name for path in write_sheets(tmp_path / "out", tmp_path / "sheets")}
    assert {f"vehicles_{source}_val.png" for source in VEHICLE_MAP} < names
    assert "smoke_fire_plasma_train.png" in names
    sheet = cv2.imread(str(tmp_path / "sheets" / "vehicles_mian_train.png"))
    assert sheet is not None
    assert sheet.shape == (3 * TILE_HEIGHT_PX, 4 * TILE_WIDTH_PX, 3)


def test_boxes_are_drawn_where_they_are(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png", (480, 320))
    tile = draw_tile(picture_of(path, Box(0, 0.5, 0.5, 0.5, 0.5)), ("tank",))
    for x, y in ((120, 160), (360, 160), (240, 240)):
        assert tuple(tile[y, x]) == COLOURS[0]


@pytest.mark.parametrize("size_px", [(1, 1), (900, 3), (3, 900)])
def test_pictures_of_any_shape_fit(tmp_path: Path, size_px: tuple[int, int]) -> None:
    path = write_picture(tmp_path / "a.png", size_px)
    assert draw_tile(picture_of(path), ()).shape == (TILE_HEIGHT_PX, TILE_WIDTH_PX, 3)


@pytest.mark.parametrize("data", [b"no picture", b""])
def test_a_picture_that_cannot_be_decoded_is_a_red_tile(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    assert (draw_tile(picture_of(tmp_path / "a.png"), ()) == (0, 0, 120)).all()


def test_a_link_to_nothing_is_a_red_tile(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")
    assert (draw_tile(picture_of(tmp_path / "a.png"), ()) == (0, 0, 120)).all()


def test_a_sheet_of_nothing_is_black() -> None:
    assert not draw_sheet([], ()).any()


def test_a_folder_that_was_not_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"data\.yaml"):
        write_sheets(tmp_path, tmp_path / "sheets")
