from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from datasets.build import Box, LabelError, build_smoke_fire, build_vehicles, map_boxes, read_boxes
from datasets.classes import (
    FRAME_LABELLED,
    SMOKE_FIRE_CLASSES,
    SMOKE_FIRE_MAP,
    VEHICLE_BACKGROUND,
    VEHICLE_CLASSES,
    VEHICLE_MAP,
)


def labels(folder: Path, text: str) -> Path:
    path = folder / "labels.txt"
    path.write_text(text)
    return path


def test_boxes_are_read(tmp_path: Path) -> None:
    boxes = read_boxes(labels(tmp_path, "1 0.5 0.5 0.2 0.1\n\n0 0.1 0.2 0.05 0.05\n"), class_count=2)
    assert boxes == [Box(1, 0.5, 0.5, 0.2, 0.1), Box(0, 0.1, 0.2, 0.05, 0.05)]


def test_no_label_file_means_no_boxes(tmp_path: Path) -> None:
    assert read_boxes(tmp_path / "missing.txt", class_count=2) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2 0.5 0.5 0.1 0.1", "class 2"),
        ("-1 0.5 0.5 0.1 0.1", "class -1"),
        ("0 1.5 0.5 0.1 0.1", "outside the picture"),
        ("0 0.5 0.5 0 0.1", "outside the picture"),
        ("0 0.5 0.5 nan 0.1", "outside the picture"),
        ("0 0.5 0.5 0.1", "not a box"),
        ("tank 0.5 0.5 0.1 0.1", "not a box"),
    ],
)
def test_a_bad_label_is_named_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(LabelError, match=rf"labels\.txt:2: .*{message}"):
        read_boxes(labels(tmp_path, f"0 0.5 0.5 0.1 0.1\n{line}\n"), class_count=2)


def test_classes_are_renamed_and_unwanted_ones_dropped() -> None:
    boxes = [Box(0, 0.5, 0.5, 0.1, 0.1), Box(1, 0.2, 0.2, 0.1, 0.1)]
    mapped = map_boxes(boxes, ["other", "APC"], {"other": None, "APC": "ifv_apc"}, VEHICLE_CLASSES)
    assert mapped == [Box(1, 0.2, 0.2, 0.1, 0.1)]


def test_every_mapping_ends_in_a_class_of_the_project() -> None:
    assert {to for mapping in VEHICLE_MAP.values() for to in mapping.values()} - {None} == set(VEHICLE_CLASSES)
    assert {to for mapping in SMOKE_FIRE_MAP.values() for to in mapping.values()} == set(SMOKE_FIRE_CLASSES)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A picture for each split of each source, with one box of the source's first class."""
    shared = tmp_path / "sources"
    rows = ["file,split,smoke,fire,lookalike,view"]
    for name in {*VEHICLE_MAP, *SMOKE_FIRE_MAP, *FRAME_LABELLED, *VEHICLE_BACKGROUND}:
        for split in ("train", "val"):
            for kind in ("images", "labels"):
                (shared / name / kind / split).mkdir(parents=True)
            cv2.imwrite(str(shared / name / "images" / split / f"{name}_{split}.webp"), np.zeros((8, 8, 3), np.uint8))
            (shared / name / "labels" / split / f"{name}_{split}.txt").write_text("0 0.5 0.5 0.5 0.5\n")
            rows.append(f"{name}/images/{split}/{name}_{split}.webp,{split},1,,,drone")
        names = list({**VEHICLE_MAP, **SMOKE_FIRE_MAP}.get(name, {}))
        (shared / name / "data.yaml").write_text(yaml.safe_dump({"names": names}))
    (shared / "frame_labels.csv").write_text("\n".join(rows) + "\n")
    return shared


def built(folder: Path, kind: str, split: str) -> set[str]:
    return {path.stem for path in (folder / kind / split).iterdir()}


def test_pictures_keep_their_split(sources: Path, tmp_path: Path) -> None:
    build_vehicles(sources, tmp_path / "vehicles")
    assert built(tmp_path / "vehicles", "images", "val") == {f"{name}_val" for name in VEHICLE_MAP}
    assert not built(tmp_path / "vehicles", "images", "train") & built(tmp_path / "vehicles", "images", "val")
    label = tmp_path / "vehicles" / "labels" / "train" / "zem_train.txt"
    assert label.read_text().startswith(f"{VEHICLE_CLASSES.index('ifv_apc')} 0.5")


def test_pictures_without_a_vehicle_are_placed_without_boxes(sources: Path, tmp_path: Path) -> None:
    build_vehicles(sources, tmp_path / "vehicles")
    assert (tmp_path / "vehicles" / "labels" / "train" / "aryanraj_clear_train.txt").read_text() == ""


def test_what_is_known_of_smoke_and_fire(sources: Path, tmp_path: Path) -> None:
    build_smoke_fire(sources, tmp_path / "smoke_fire")
    known = dict(line.split(",", 1) for line in (tmp_path / "smoke_fire" / "known.csv").read_text().splitlines())
    assert known["liuzifan_train.webp"] == "boxed,boxed"
    assert known["xiapinquan_train.webp"] == ",boxed", "its smoke is not boxed and so not known"
    assert known["zem_train.webp"] == "1,"
    assert built(tmp_path / "smoke_fire", "images", "train") == {
        Path(name).stem for name in known if name.endswith("_train.webp")
    }


def test_building_twice_is_the_same_as_once(sources: Path, tmp_path: Path) -> None:
    for _ in range(2):
        build_vehicles(sources, tmp_path / "vehicles")
    assert len(built(tmp_path / "vehicles", "images", "train")) == len(VEHICLE_MAP) + len(VEHICLE_BACKGROUND)
