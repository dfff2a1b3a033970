import json
from pathlib import Path

import pytest

pytest.importorskip("faster_coco_eval", reason="needs the extra test")
pytest.importorskip("yaml", reason="needs the extra test")

from models.precisions import ANY, KINDS, Measured, beside_float32, release

ACCURACY = {
    "sources": {"mian": {"at_px": {"640": {"class_agnostic": {"ap50": 0.9}, "mean_over_classes": {"ap50": 0.6}}}}}
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vehicles").mkdir()
    (tmp_path / "vehicles" / "model.onnx").write_bytes(b"float")
    (tmp_path / "vehicles" / "model.json").write_text(json.dumps({"classes": ["tank"]}))
    return tmp_path / "vehicles"


def any_vehicle(ap50: float) -> list[dict[str, object]]:
    """What is lost where this was found of vehicles of any kind."""
    return beside_float32([Measured("mian", 640, ANY, ap50)], ACCURACY)


def precisions(folder: Path) -> dict[str, object] | None:
    found: dict[str, object] | None = json.loads((folder / "model.json").read_text()).get("precisions")
    return found


def test_what_is_lost_is_told_by_source_and_size() -> None:
    [row] = any_vehicle(0.897)
    assert (row["source"], row["size_px"], row["fp32"], row["lost"]) == ("mian", 640, 0.9, 0.003)


def test_kinds_that_are_told_apart_worse_count_too(folder: Path) -> None:
    measured = [Measured("mian", 640, ANY, 0.9), Measured("mian", 640, KINDS, 0.57)]
    assert not release(folder, "int8", beside_float32(measured, ACCURACY))


def test_a_precision_that_loses_a_point_at_most_is_released_with_what_it_loses(folder: Path) -> None:
    assert release(folder, "int8", any_vehicle(0.89))
    assert precisions(folder) == {"int8": {"ap50_lost": {"mian 640": 0.01}}}
    assert "model.json" in json.loads((folder.parent / "manifest.json").read_text())["networks"]["vehicles"]


def test_one_that_loses_more_is_taken_out_and_the_other_stays(folder: Path) -> None:
    release(folder, "bf16", any_vehicle(0.9))
    release(folder, "int8", any_vehicle(0.9))
    assert not release(folder, "int8", any_vehicle(0.889))
    assert list(precisions(folder) or ()) == ["bf16"]


def test_with_none_left_the_card_is_as_it_was(folder: Path) -> None:
    release(folder, "int8", any_vehicle(0.5))
    assert precisions(folder) is None
