import json
from pathlib import Path

import pytest

from benchmarks import results
from models.card import CardError, table, text, write_card
from tests.models.measured import DOCUMENT, SMOKE_FIRE_FIGURES, VEHICLE_FIGURES

RELEASE = {
    "description": "Vehicles from above.",
    "licence": "AGPL-3.0-or-later",
    "classes": ["tank", "ifv_apc"],
    "training": {
        "script": "python -m models.train models/vehicles/train.yaml",
        "how": "Fine-tuned from COCO weights.",
        "time": "about 80 minutes",
        "machine": "two CPU cores",
        "data": {"mian": "CC BY 4.0", "cats": "none stated"},
    },
}
CARD = text("vehicles", DOCUMENT, VEHICLE_FIGURES, RELEASE, "- Trucks are called ifv_apc.\n")
FRAME_CARD = text("smoke_fire", DOCUMENT, SMOKE_FIRE_FIGURES, RELEASE, "- Thin smoke.\n")


@pytest.mark.parametrize(
    "said",
    [
        "| mian | CC BY 4.0 |",
        "About 80 minutes on two CPU cores.",
        "| mian | 220 | 276 | 0.900 / 0.450 |",
        "| mian | - (0) | 0.100 (6) | 0.200 (70) | 0.300 (200) | 0.700 |",
        "| mian | 0.800 / 0.400 (200) | 0.400 / 0.200 (76) | 0.600 / 0.300 |",
        "| tank | 150 | 30 | 20 |",
        "| false alarm | 7 | 8 |  |",
        "| aryanraj_clear | 640 px | 2 of 50 | 5 |",
        "differ by at most 0.0010 mAP",
        "`typical`: 0.25. Chosen: by hand: on eight clips.",
        "`conservative`: 0.6, smoke frames 0.9.",
        "expected calibration error 0.083",
        "| 0.1 to 0.2 | 66 | 0.139 | 0.113 |",
        "- Trucks are called ifv_apc.",
        "Licence AGPL-3.0-or-later.",
    ],
)
def test_the_card_says(said: str) -> None:
    assert said in CARD


@pytest.mark.parametrize(
    "said",
    [
        "| zem and mian | 0.870 (50 of 141) | 0.870 (50 of 141) |",
        "| clear | 7 of 256 | 7 of 256 |",
        "| clear, with fog | 1 of 17 | 1 of 17 |",
        "| smoke | 0.004 | 0.980 | 0.300 |",
    ],
)
def test_the_card_of_a_network_of_frames_says(said: str) -> None:
    assert said in FRAME_CARD


@pytest.mark.parametrize("card", [CARD, FRAME_CARD])
def test_no_line_of_prose_is_too_long(card: str) -> None:
    assert all(len(line) <= 120 for line in card.splitlines() if not line.startswith("|"))


def test_table() -> None:
    assert table(["a", "b"], [["1", ""]]) == "| a | b |\n|---|---|\n| 1 |  |"


def test_figures_of_another_network_make_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    results.write_results("accuracy_vehicles", VEHICLE_FIGURES)
    (tmp_path / "vehicles").mkdir()
    manifest = {"networks": {"vehicles": {"model.onnx": "00" * 32}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CardError, match=r"another model\.onnx.*run models\.evaluate again"):
        write_card(tmp_path / "vehicles")
