from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs the extra train")

from models.scenes import SMALLEST_BOX_PX, Canvas, Labelled, SceneDataset, cut_boxes, draw_whole, draw_window

SQUARE, WIDE = Canvas(128, 128, 0.5), Canvas(96, 160, 0.5)
RED = (0, 0, 255)


def picture(folder: Path, name: str, boxes: list[tuple[int, int, int, int]]) -> Labelled:
    """Grey ground of 200x120 with red vehicles of class 2 at these xyxy pixels."""
    image = np.full((120, 200, 3), 90, np.uint8)
    for left, top, right, bottom in boxes:
        image[top:bottom, left:right] = RED
    path = folder / name
    cv2.imwrite(str(path), image)
    relative = [[2, left / 200, top / 120, right / 200, bottom / 120] for left, top, right, bottom in boxes]
    return Labelled(path, "mian", np.array(relative, np.float32).reshape(-1, 5))


@pytest.fixture
def dataset(tmp_path: Path) -> SceneDataset:
    pictures = [
        picture(tmp_path, "one.png", [(20, 30, 80, 70)]),
        picture(tmp_path, "many.png", [(10, 10, 22, 20), (60, 60, 75, 70), (150, 90, 170, 105)]),
        picture(tmp_path, "none.png", []),
    ]
    return SceneDataset(pictures, np.array([0.5, 0.4, 0.1]), [SQUARE, WIDE], scenes_an_epoch=24, whole_pictures=False)


def test_a_batch_shares_one_canvas_and_over_time_meets_every_canvas(dataset: SceneDataset) -> None:
    shapes = {tuple(dataset.collate_fn([0, 1, 2, 0])["img"].shape) for _ in range(30)}
    assert shapes == {(4, 3, 128, 128), (4, 3, 96, 160)}


def test_boxes_are_relative_and_belong_to_a_picture_of_the_batch(dataset: SceneDataset) -> None:
    batch = dataset.collate_fn([0, 1, 2, 0])
    assert len(batch["cls"]) == len(batch["bboxes"]) == len(batch["batch_idx"])
    assert 0 <= batch["bboxes"].min() <= batch["bboxes"].max() <= 1
    assert set(batch["batch_idx"].tolist()) <= {0, 1, 2, 3}
    assert set(batch["cls"].flatten().tolist()) <= {2.0}


def test_a_batch_without_any_vehicle_is_a_batch(dataset: SceneDataset) -> None:
    dataset.close_mosaic(None)
    batch = dataset.collate_fn([2, 2])
    assert batch["bboxes"].shape == (0, 4)


def test_pictures_are_drawn_by_their_weight(dataset: SceneDataset) -> None:
    drawn = np.bincount([dataset[0] for _ in range(2000)], minlength=3) / 2000
    assert np.allclose(drawn, [0.5, 0.4, 0.1], atol=0.05)


def test_after_the_mosaic_is_closed_a_scene_is_one_picture(dataset: SceneDataset) -> None:
    dataset.close_mosaic(None)
    boxes = [len(dataset.scene(0, SQUARE, np.random.default_rng(seed))[1]) for seed in range(20)]
    assert max(boxes) == 1


def test_a_whole_picture_is_shown_with_all_its_vehicles(tmp_path: Path) -> None:
    labelled = picture(tmp_path, "edge.png", [(0, 0, 30, 20), (170, 100, 200, 120)])
    for seed in range(30):
        window = np.full((100, 140, 3), 114, np.uint8)
        boxes = draw_whole(window, labelled.read(), labelled.boxes, np.random.default_rng(seed))
        assert len(boxes) == 2
        for left, top, right, bottom in np.round(boxes[:, 1:]).astype(int):
            assert (window[top + 2 : bottom - 2, left + 2 : right - 2, 0] < 30).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), grid=st.sampled_from([1, 2, 3]))
def test_boxes_lie_on_what_they_name(tmp_path_factory: pytest.TempPathFactory, seed: int, grid: int) -> None:
    """Whatever scale, place and mirroring are drawn: a box holds the red vehicle and all of it, and only one that the
    window cuts through may go without."""
    labelled = picture(tmp_path_factory.mktemp("one"), "one.png", [(60, 40, 110, 80)])
    window = np.full((100, 140, 3), 90, np.uint8)
    boxes = draw_window(window, labelled.read(), labelled.boxes, grid, np.random.default_rng(seed))
    red = (window[:, :, 2].astype(int) - window[:, :, 0] > 80).astype(np.uint8)
    for left, top, right, bottom in np.round(boxes[:, 1:]).astype(int):
        assert red[top + 2 : bottom - 2, left + 2 : right - 2].all()
        red[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = 0
    if len(boxes):
        assert red.sum() == 0
    else:
        shown, cut = red.sum(), red.sum() > red[2:-2, 2:-2].sum()
        assert cut or shown < SMALLEST_BOX_PX**2, "a whole vehicle without a box"


@given(
    corners=st.lists(st.tuples(*[st.floats(-300, 300)] * 2, *[st.floats(0.5, 300)] * 2), max_size=8),
)
def test_cut_boxes_stay_inside_and_are_worth_a_label(corners: list[tuple[float, ...]]) -> None:
    boxes = np.array([[0, x, y, x + w, y + h] for x, y, w, h in corners], np.float32).reshape(-1, 5)
    cut: NDArray[np.float32] = cut_boxes(boxes, np.array([100, 80], np.float32))
    assert (cut[:, 1:] >= 0).all()
    assert (cut[:, [1, 3]] <= 100).all()
    assert (cut[:, [2, 4]] <= 80).all()
    assert ((cut[:, 3:5] - cut[:, 1:3]).prod(1) >= SMALLEST_BOX_PX**2).all()


def test_a_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"lost\.webp: not a picture"):
        Labelled(tmp_path / "lost.webp", "mian", np.zeros((0, 5), np.float32)).read()
