from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets.classes import VEHICLE_LABELS
from models.truth import FRAMES, SourceError, boxed_kinds, smoke_fire_truth, source_of, vehicle_truth

DATASETS = Path(__file__).parents[3] / "shared" / "datasets"


def picture(shared: Path, source: str, name: str = "a", width_px: int = 200, split: str = "val") -> Path:
    path = shared / source / "images" / split / f"{name}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.zeros((100, width_px, 3), np.uint8))
    return path


def label(shared: Path, source: str, names: list[str], *lines: str) -> None:
    (shared / source / "data.yaml").write_text(f"names: [{', '.join(names)}]\n")
    (shared / source / "labels" / "val").mkdir(parents=True, exist_ok=True)
    (shared / source / "labels" / "val" / "a.txt").write_text("\n".join(lines))


def checked(shared: Path, *rows: str) -> None:
    header = "file,x0,y0,x1,y1,class,wreck,ignore"
    (shared / "zem" / "val_checked.csv").write_text("\n".join([header, *rows]) + "\n")


def test_boxes_are_in_pixels_of_the_picture_and_in_the_projects_classes(tmp_path: Path) -> None:
    picture(tmp_path, "obulka")
    label(tmp_path, "obulka", ["other", "tank"], "1 0.5 0.5 0.1 0.2", "0 0.2 0.2 0.1 0.1")
    [truth] = vehicle_truth(tmp_path, "obulka")
    np.testing.assert_allclose(truth.xyxy, [[90, 40, 110, 60]])
    assert [VEHICLE_LABELS[index] for index in truth.classes] == ["tank"]
    assert (truth.width_px, truth.height_px) == (200, 100)


def test_only_val_is_read(tmp_path: Path) -> None:
    picture(tmp_path, "obulka")
    picture(tmp_path, "obulka", "b", split="train")
    label(tmp_path, "obulka", ["other", "tank"])
    assert [truth.picture.stem for truth in vehicle_truth(tmp_path, "obulka")] == ["a"]


def test_of_zem_the_checked_boxes_count_and_not_its_labels(tmp_path: Path) -> None:
    picture(tmp_path, "zem")
    label(tmp_path, "zem", ["apc", "cars", "destroyed", "tank"], "3 0.5 0.5 0.1 0.2")
    checked(tmp_path, "a.webp,1,2,3,4,unknown,0,0", "a.webp,5,6,7,8,truck,0,1")
    [a] = vehicle_truth(tmp_path, "zem")
    assert a.xyxy.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert [VEHICLE_LABELS[index] for index in a.classes] == ["vehicle", "truck"]
    assert a.ignore.tolist() == [False, True]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("lost.webp,1,2,3,4,tank,0,0", r":3: 'lost\.webp' is no picture of zem's val"),
        ("a.webp,1,2,3,4,spaceship,0,0", ":3: class 'spaceship'"),
        ("a.webp,1,2,3,wide,tank,0,0", ":3: .*'wide'"),
        ("a.webp,1,2,3,nan,tank,0,0", ":3: .*'nan'"),
        ("a.webp,5,2,3,4,tank,0,0", ":3: .*'5'"),
        ("a.webp,1,2,3,4,tank,0,yes", ":3: ignore is 'yes'"),
        ("a.webp,1,2,3,4,tank", ":3: 6 fields"),
    ],
)
def test_a_checked_row_that_cannot_be_used_is_named(tmp_path: Path, row: str, message: str) -> None:
    picture(tmp_path, "zem")
    checked(tmp_path, "a.webp,1,2,3,4,tank,0,0", row)
    with pytest.raises(SourceError, match=rf"val_checked\.csv{message}"):
        vehicle_truth(tmp_path, "zem")


def test_a_picture_that_was_not_checked_is_not_taken_for_empty(tmp_path: Path) -> None:
    picture(tmp_path, "zem")
    picture(tmp_path, "zem", "b")
    checked(tmp_path, "a.webp,1,2,3,4,tank,0,0")
    with pytest.raises(SourceError, match=r"val_checked\.csv: no row of b\.webp"):
        vehicle_truth(tmp_path, "zem")


def test_a_picture_without_a_label_is_not_taken_for_empty(tmp_path: Path) -> None:
    picture(tmp_path, "obulka")
    picture(tmp_path, "obulka", "b")
    label(tmp_path, "obulka", ["other", "tank"])
    with pytest.raises(SourceError, match=r"labels/val/b\.txt: no label file"):
        vehicle_truth(tmp_path, "obulka")


@pytest.mark.parametrize(
    ("names", "line", "message"),
    [
        (["other", "tank"], "7 0.5 0.5 0.1 0.1", r"a\.txt:1: class 7"),
        (["other", "spaceship"], "0 0.5 0.5 0.1 0.1", r"data\.yaml: .*spaceship.*datasets/classes\.py"),
        ([], "", r"data\.yaml: .*names"),
    ],
)
def test_a_bad_label_is_named(tmp_path: Path, names: list[str], line: str, message: str) -> None:
    picture(tmp_path, "obulka")
    label(tmp_path, "obulka", names, line)
    with pytest.raises(SourceError, match=message):
        vehicle_truth(tmp_path, "obulka")


def test_pictures_without_a_vehicle_hold_no_box(tmp_path: Path) -> None:
    picture(tmp_path, "aryanraj_clear")
    [truth] = vehicle_truth(tmp_path, "aryanraj_clear")
    assert truth.xyxy.shape == (0, 4)


def test_frames_say_what_is_known_of_each_kind(tmp_path: Path) -> None:
    picture(tmp_path, "plasma")
    picture(tmp_path, "plasma", "b")
    (tmp_path / "frame_labels.csv").write_text(
        "file,split,smoke,fire,lookalike,view\n"
        "plasma/images/val/a.webp,val,1,,,\n"
        "plasma/images/val/b.webp,val,-1,0,fog,\n"
        "plasma/images/train/c.webp,train,1,1,,\n"
    )
    a, b = smoke_fire_truth(tmp_path, FRAMES)
    assert (dict(a.present), a.lookalike) == ({"smoke": True}, "")
    assert (dict(b.present), b.lookalike) == ({"fire": False}, "fog")
    assert source_of(a.picture) == "plasma"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["plasma/images/val/a.webp,val,yes,,,"], r"frame_labels\.csv:2: smoke is 'yes'"),
        (["plasma/images/val/a.webp,val,1,,,"] * 2, r"frame_labels\.csv:3: a second row"),
    ],
)
def test_a_frame_label_that_cannot_be_used_is_named(tmp_path: Path, rows: list[str], message: str) -> None:
    picture(tmp_path, "plasma")
    (tmp_path / "frame_labels.csv").write_text("\n".join(["file,split,smoke,fire,lookalike,view", *rows]) + "\n")
    with pytest.raises(SourceError, match=message):
        smoke_fire_truth(tmp_path, FRAMES)


def test_without_the_table_of_frames_its_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"frame_labels\.csv: not there"):
        smoke_fire_truth(tmp_path, FRAMES)


def test_a_source_boxes_only_some_kinds() -> None:
    assert boxed_kinds("liuzifan") == ("smoke", "fire")
    assert boxed_kinds("xiapinquan") == ("fire",)


@pytest.mark.parametrize("source", ["mian", "zem", "aryanraj_clear"])
def test_a_source_that_is_not_there_is_named_with_the_remedy(tmp_path: Path, source: str) -> None:
    with pytest.raises(SourceError, match=rf"{source}.*datasets/README\.md.*--sources"):
        vehicle_truth(tmp_path, source)


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    picture(tmp_path, "aryanraj_clear").write_bytes(b"no picture")
    with pytest.raises(SourceError, match=r"a\.webp"):
        vehicle_truth(tmp_path, "aryanraj_clear")


@pytest.mark.skipif(not DATASETS.is_dir(), reason="the open data is not here")
def test_the_checked_boxes_of_zem() -> None:
    truths = vehicle_truth(DATASETS, "zem")
    assert len(truths) == 80
    assert sum(int((~truth.ignore).sum()) for truth in truths) > 100
    assert sum(int(truth.ignore.sum()) for truth in truths) > 20
