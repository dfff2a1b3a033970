"""Which pictures are trained on and how often each is drawn, from a layout of three pictures."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra train")

from datasets.build import write_data_yaml
from datasets.classes import VEHICLE_LABELS
from datasets.layout import LayoutError
from models.training_pictures import draw_weights, kind_weights, training_pictures
from tests.datasets.samples import write_picture, write_text

TANK, CAR = VEHICLE_LABELS.index("tank"), VEHICLE_LABELS.index("car")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Two pictures of mian in train, one with a tank and one with two cars, and one picture in val."""
    layout = tmp_path / "vehicles"
    for name, split, lines in (
        ("mian_00001", "train", f"{TANK} 0.5 0.5 0.2 0.4\n"),
        ("mian_00002", "train", f"{CAR} 0.5 0.5 0.2 0.4\n{CAR} 0.1 0.1 0.1 0.1\n"),
        ("mian_00003", "val", ""),
    ):
        write_picture(layout / "images" / split / f"{name}.webp")
        write_text(layout / "labels" / split / f"{name}.txt", lines)
    write_data_yaml(layout, VEHICLE_LABELS)
    return tmp_path


def test_only_train_is_trained_on_and_boxes_are_given_by_their_corners(built: Path) -> None:
    tank, cars = training_pictures(built, "vehicles")
    assert tank.boxes == pytest.approx(np.float32([[TANK, 0.4, 0.3, 0.6, 0.7]]))
    assert cars.boxes[:, 0].tolist() == [CAR, CAR]
    assert tank.source == cars.source == "mian"


def test_a_layout_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vehicles").mkdir()
    write_data_yaml(tmp_path / "vehicles", VEHICLE_LABELS)
    with pytest.raises(LayoutError, match=r"run datasets\.build first"):
        training_pictures(tmp_path, "vehicles")


@pytest.mark.parametrize("line", ["9 0.5 0.5 0.1 0.1", "tank", "0 0.5 0.5 nan 0.1"])
def test_a_label_that_says_no_box_is_refused_with_its_place(built: Path, line: str) -> None:
    write_text(built / "vehicles" / "labels" / "train" / "mian_00002.txt", line)
    with pytest.raises(LayoutError, match=r"1 bad labels, the first .*mian_00002\.txt:1"):
        training_pictures(built, "vehicles")


def test_a_picture_is_drawn_by_its_source_and_more_often_if_it_shows_a_rare_kind(built: Path) -> None:
    weights = draw_weights(training_pictures(built, "vehicles"), {"mian": 2.0}, {"mian": {"car": 3.0}})
    assert weights == pytest.approx([0.25, 0.75])


def test_a_kind_drawn_four_times_as_often_weighs_half(built: Path) -> None:
    weights = kind_weights(training_pictures(built, "vehicles"), np.array([0.8, 0.1]))  # 0.8 tanks to 2 x 0.1 cars
    assert float(weights[TANK]) * 2 == pytest.approx(float(weights[CAR]))
