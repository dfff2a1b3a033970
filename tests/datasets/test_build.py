import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datasets.build import build
from datasets.classes import (
    SMOKE_FIRE_CLASSES,
    SMOKE_FIRE_MAP,
    VEHICLE_LABELS,
    VEHICLE_MAP,
)
from tests.datasets.samples import write_index, write_picture, write_prepared_sources, write_text


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_prepared_sources(tmp_path / "sources")


def built(folder: Path, kind: str, split: str) -> set[str]:
    return {path.stem for path in (folder / kind / split).iterdir()}


def add_to_index(sources: Path, file: str, original: str) -> None:
    with (sources / "index.csv").open("a", newline="") as table:
        csv.writer(table).writerow([file, "train", 0, 0, 0, original])


def problems(out: Path) -> list[tuple[str, str, str]]:
    """Name of the file, line and kind of each row of problems.csv."""
    with (out / "problems.csv").open(newline="") as file:
        return [(Path(row["file"]).name, row["line"], row["kind"]) for row in csv.DictReader(file)]


def test_every_mapping_ends_in_a_class_of_the_project() -> None:
    assert {to for mapping in VEHICLE_MAP.values() for to in mapping.values()} - {None} == set(VEHICLE_LABELS)
    assert {to for mapping in SMOKE_FIRE_MAP.values() for to in mapping.values()} == set(SMOKE_FIRE_CLASSES)


def test_pictures_keep_their_split(sources: Path, tmp_path: Path) -> None:
    assert build(sources, tmp_path / "out", skip_bad=False) == 0
    vehicles = tmp_path / "out" / "vehicles"
    assert built(vehicles, "images", "val") == {f"{name}_val" for name in VEHICLE_MAP}
    assert not built(vehicles, "images", "train") & built(vehicles, "images", "val")
    label = vehicles / "labels" / "train" / "zem_train.txt"
    assert label.read_text() == f"{VEHICLE_LABELS.index('ifv_apc')} 0.500000 0.500000 0.500000 0.500000\n"
    assert problems(tmp_path / "out") == []


def test_pictures_are_linked_not_copied(sources: Path, tmp_path: Path) -> None:
    build(sources, tmp_path / "out", skip_bad=False)
    link = tmp_path / "out" / "vehicles" / "images" / "val" / "mian_val.webp"
    assert link.is_symlink()
    assert link.resolve() == (sources / "mian" / "images" / "val" / "mian_val.webp").resolve()


def test_pictures_without_a_vehicle_are_placed_without_boxes_and_in_train_only(sources: Path, tmp_path: Path) -> None:
    build(sources, tmp_path / "out", skip_bad=False)
    vehicles = tmp_path / "out" / "vehicles"
    assert (vehicles / "labels" / "train" / "aryanraj_clear_train.txt").read_text() == ""
    assert "aryanraj_clear_val" not in built(vehicles, "images", "val")


def test_what_is_known_of_smoke_and_fire(sources: Path, tmp_path: Path) -> None:
    build(sources, tmp_path / "out", skip_bad=False)
    smoke_fire = tmp_path / "out" / "smoke_fire"
    known = dict(line.split(",", 1) for line in (smoke_fire / "known.csv").read_text().splitlines())
    assert known["liuzifan_train.webp"] == "boxed,boxed"
    assert known["xiapinquan_train.webp"] == ",boxed", "its smoke is not boxed and so not known"
    assert known["zem_train.webp"] == "1,"
    assert built(smoke_fire, "images", "train") == {Path(name).stem for name in known if name.endswith("_train.webp")}


def test_building_twice_is_the_same_as_once(sources: Path, tmp_path: Path) -> None:
    def everything() -> dict[Path, str | bytes]:
        files = [path for path in (tmp_path / "out").rglob("*") if not path.is_dir()]
        return {path: os.readlink(path) if path.is_symlink() else path.read_bytes() for path in files}

    build(sources, tmp_path / "out", skip_bad=False)
    once = everything()
    build(sources, tmp_path / "out", skip_bad=False)
    assert everything() == once
    assert {path.name for path in once} >= {"mian_train.webp", "mian_train.txt", "data.yaml", "known.csv"}


@pytest.mark.parametrize("file", ["images/train/aryanraj_clear_00083.webp", "Train_Data/Non_Fire/NF_0.jpg"])
def test_a_landscape_that_shows_a_vehicle_is_not_placed_as_empty(sources: Path, tmp_path: Path, file: str) -> None:
    """Neither as prepared nor as its publisher has it."""
    add_to_index(sources, "aryanraj_clear/images/train/aryanraj_clear_00083.webp", "o__r/Train_Data/Non_Fire/NF_0.jpg")
    write_picture(sources / "aryanraj_clear" / file)
    assert build(sources, tmp_path / "out", skip_bad=False) == 0
    placed = built(tmp_path / "out" / "vehicles", "images", "train")
    assert "aryanraj_clear_train" in placed
    assert "aryanraj_clear_00083" not in placed


def damage(sources: Path) -> list[tuple[str, str, str]]:
    """One fault of each sort in mian, zem, obulka, cats and worldkpax, and how problems.csv has to name them."""
    write_text(sources / "mian" / "labels" / "train" / "mian_train.txt", "0 0.5 0.5 0.1 0.1\n6 0.5 0.5 0.1 0.1\n")
    write_text(sources / "zem" / "labels" / "val" / "zem_val.txt", "0 0.95 0.5 0.2 0.1\n")
    (sources / "obulka" / "images" / "val" / "obulka_val.webp").unlink()
    (sources / "cats" / "labels" / "val" / "cats_val.txt").unlink()
    picture = sources / "worldkpax" / "images" / "train" / "worldkpax_train.webp"
    picture.write_bytes(picture.read_bytes()[:-200])
    return [
        ("cats_val.txt", "", "missing label"),
        ("mian_train.txt", "2", "class"),
        ("obulka_val.txt", "", "missing picture"),
        ("worldkpax_train.webp", "", "corrupt picture"),
        ("zem_val.txt", "1", "box outside"),
    ]


def test_bad_input_is_refused_with_all_of_it_named(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = damage(sources)
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert sorted(problems(tmp_path / "out")) == named
    assert not (tmp_path / "out" / "vehicles").exists()
    errors = capsys.readouterr().err
    assert all(file in errors for file, _, _ in named)


def test_bad_pictures_are_left_out_whole_named_and_counted(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = damage(sources)
    assert build(sources, tmp_path / "out", skip_bad=True) == 0
    assert sorted(problems(tmp_path / "out")) == named
    vehicles = tmp_path / "out" / "vehicles"
    assert "mian_train" not in built(vehicles, "images", "train"), "its one good box is not the whole truth"
    assert built(vehicles, "images", "val") == {f"{name}_val" for name in set(VEHICLE_MAP) - {"zem", "obulka", "cats"}}
    captured = capsys.readouterr()
    assert all(file in captured.err for file, _, _ in named)
    assert "1 x corrupt picture" in captured.out


def test_a_picture_that_has_gone_bad_is_taken_out_of_an_earlier_build(sources: Path, tmp_path: Path) -> None:
    build(sources, tmp_path / "out", skip_bad=True)
    damage(sources)
    build(sources, tmp_path / "out", skip_bad=True)
    assert "mian_train" not in built(tmp_path / "out" / "vehicles", "images", "train")
    assert "mian_train" not in built(tmp_path / "out" / "vehicles", "labels", "train")


def test_a_class_that_the_map_does_not_know_is_a_problem(sources: Path, tmp_path: Path) -> None:
    write_text(sources / "cats" / "data.yaml", "names: [spaceship]\n")
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("cats_train.webp", "", "class"), ("cats_val.webp", "", "class")]


def test_a_source_that_is_not_there_is_named(sources: Path, tmp_path: Path) -> None:
    (sources / "jekhor").rename(tmp_path / "elsewhere")
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("jekhor", "", "source")]


@pytest.mark.parametrize("file", ["index.csv", "frame_labels.csv"])
def test_without_the_tables_nothing_is_built(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    (sources / file).unlink()
    assert build(sources, tmp_path / "out", skip_bad=True) == 1
    assert f"{file}: not there" in capsys.readouterr().err


def test_originals_are_built_in_the_split_of_the_index_and_the_rest_is_left_out(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """cats as its publisher has it: no data.yaml, one folder, and more pictures than the index lists."""
    (sources / "cats").rename(tmp_path / "prepared")
    rows = [line.split(",") for line in (sources / "index.csv").read_text().splitlines()[1:]]
    listed = [(row[0], row[1], f"CATS-Lab__Set/images/{row[1]}.jpg") for row in rows if row[0].startswith("cats/")]
    write_index(sources, [*((r[0], r[1], r[5]) for r in rows if not r[0].startswith("cats/")), *listed])
    for name in ("train", "val", "held_out"):
        write_picture(sources / "cats" / "images" / f"{name}.jpg", seed=len(name))
        write_text(sources / "cats" / "labels" / f"{name}.txt", "0 0.5 0.5 0.25 0.25\n")
    assert build(sources, tmp_path / "out", skip_bad=False) == 0
    vehicles = tmp_path / "out" / "vehicles"
    assert (vehicles / "images" / "val" / "cats_val.jpg").is_symlink()
    assert (vehicles / "labels" / "train" / "cats_train.txt").read_text().endswith("0.250000 0.250000\n")
    assert problems(tmp_path / "out") == [("held_out.jpg", "", "unlisted")]
    assert "1 pictures left out that index.csv does not list" in capsys.readouterr().out


def test_one_picture_under_two_names_is_refused(sources: Path, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        write_picture(sources / "worldkpax" / folder / "train" / "images" / "worldkpax_train_original.jpg")
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert {kind for _, _, kind in problems(tmp_path / "out")} == {"source"}


def write_originals(sources: Path, source: str) -> dict[str, str]:
    """Put the pictures of a source as its publisher has them in place of the prepared ones; their names by split."""
    shutil.rmtree(sources / source)
    names = {split: f"{source}_{split}_original.jpg" for split in ("train", "val")}
    for split, name in names.items():
        write_picture(sources / source / split / name)
    return names


def write_coco_export(folder: Path, *pictures: str) -> None:
    """An image entry with one box for each name."""
    size_px = {"width": 64, "height": 48}
    document: dict[str, Any] = {
        "images": [{"id": n, "file_name": picture, **size_px} for n, picture in enumerate(pictures)],
        "categories": [{"id": 0, "name": "vehicles"}, {"id": 1, "name": "ART"}],
        "annotations": [{"image_id": n, "category_id": 1, "bbox": [16, 12, 32, 24]} for n in range(len(pictures))],
    }
    write_text(folder / "_annotations.coco.json", json.dumps(document))


def write_voc_export(folder: Path, picture: str) -> None:
    box = "<bndbox><xmin>16</xmin><ymin>12</ymin><xmax>48</xmax><ymax>36</ymax></bndbox>"
    thing = f"<object><name>ART</name>{box}</object>"
    write_text(
        folder / picture.replace(".jpg", ".xml"), f"<annotation><filename>{picture}</filename>{thing}</annotation>"
    )


@pytest.mark.parametrize("write_export", [write_coco_export, write_voc_export])
def test_an_export_in_another_format_is_built_alike(
    sources: Path, tmp_path: Path, write_export: Callable[[Path, str], None]
) -> None:
    exported = write_originals(sources, "mian")
    for split, picture in exported.items():
        write_export(sources / "mian" / split, picture)
    assert build(sources, tmp_path / "out", skip_bad=False) == 0
    for split in ("train", "val"):
        label = tmp_path / "out" / "vehicles" / "labels" / split / f"mian_{split}.txt"
        assert label.read_text() == f"{VEHICLE_LABELS.index('artillery')} 0.500000 0.500000 0.500000 0.500000\n"


@pytest.mark.parametrize("write_export", [write_coco_export, write_voc_export])
def test_a_picture_that_no_annotation_tells_of_has_no_label(
    sources: Path, tmp_path: Path, write_export: Callable[[Path, str], None]
) -> None:
    exported = write_originals(sources, "mian")
    write_export(sources / "mian" / "train", exported["train"])
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("mian_val_original.jpg", "", "missing label")]


def test_a_label_whose_picture_the_index_lists_misses_it_under_any_suffix(sources: Path, tmp_path: Path) -> None:
    add_to_index(sources, "jekhor/images/train/jekhor_00001.webp", "owner__jekhor/DJI_0001.JPG")
    write_text(sources / "jekhor" / "labels" / "DJI_0001.txt", "0 0.5 0.5 0.5 0.5\n")
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("DJI_0001.txt", "", "missing picture")]


def test_a_picture_that_an_export_lists_twice_is_left_out_whole(sources: Path, tmp_path: Path) -> None:
    """Each entry has some of its boxes; none has the whole truth."""
    exported = write_originals(sources, "mian")
    write_coco_export(sources / "mian" / "train", exported["train"], exported["train"])
    write_coco_export(sources / "mian" / "val", exported["val"])
    assert build(sources, tmp_path / "out", skip_bad=True) == 0
    assert problems(tmp_path / "out") == [("mian_train_original.jpg", "", "source")]
    assert not built(tmp_path / "out" / "vehicles", "images", "train") & {"mian_train"}
    assert "mian_val" in built(tmp_path / "out" / "vehicles", "images", "val")


HOSTILE_NAMES = ["../../etc/passwd.jpg", ".", "a" * 5000 + ".jpg", "a/" * 2500 + "b.jpg", "\udc80.jpg"]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=["climbs out", "nothing", "long", "deep", "surrogate"])
def test_a_hostile_name_in_a_coco_export_is_refused_and_named(sources: Path, tmp_path: Path, name: str) -> None:
    exported = write_originals(sources, "mian")
    write_coco_export(sources / "mian" / "train", exported["train"], name)
    write_coco_export(sources / "mian" / "val", exported["val"])
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("_annotations.coco.json", "", "path")]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=["climbs out", "nothing", "long", "deep", "surrogate"])
def test_a_hostile_name_in_auair_is_refused_and_named(sources: Path, tmp_path: Path, name: str) -> None:
    exported = write_originals(sources, "auair")
    names = [f"{split}/{picture}" for split, picture in exported.items()]
    entries = [{"image_name": name, "bbox": []} for name in [*names, name]]
    write_text(sources / "auair" / "annotations.json", json.dumps({"categories": ["Car"], "annotations": entries}))
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("annotations.json", "", "path")]


def test_what_utf8_cannot_write_is_escaped_in_the_list_of_problems(sources: Path, tmp_path: Path) -> None:
    exported = write_originals(sources, "mian")
    for split, picture in exported.items():
        write_coco_export(sources / "mian" / split, picture)
    document = sources / "mian" / "val" / "_annotations.coco.json"
    document.write_text(document.read_text().replace("[16, 12, 32, 24]", r'"\udc80"'))
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("_annotations.coco.json", "", "label")]
    assert r"\udc80" in (tmp_path / "out" / "problems.csv").read_text()


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("mian/images/val/mian_lost.webp,val,1,,,", "lists no such picture"),
        ("cats/images/val/cats_val.webp,val,1,,,", "cats"),
        ("mian/images/val/mian_val.webp,val,0,1,,", "line"),
    ],
)
def test_a_frame_label_that_cannot_be_used_is_named(sources: Path, tmp_path: Path, row: str, what: str) -> None:
    table = sources / "frame_labels.csv"
    table.write_text(table.read_text() + row + "\n")
    line = str(len(table.read_text().splitlines()))
    assert build(sources, tmp_path / "out", skip_bad=False) == 1
    assert problems(tmp_path / "out") == [("frame_labels.csv", line, "label")]
    assert what in (tmp_path / "out" / "problems.csv").read_text()


def test_a_frame_label_of_another_split_than_the_index_is_named(sources: Path, tmp_path: Path) -> None:
    table = sources / "frame_labels.csv"
    table.write_text(table.read_text().replace("plasma_val.webp,val", "plasma_val.webp,train"))
    assert build(sources, tmp_path / "out", skip_bad=True) == 0
    assert [kind for _, _, kind in problems(tmp_path / "out")] == ["label"]
    assert "plasma_val.webp" not in (tmp_path / "out" / "smoke_fire" / "known.csv").read_text()
