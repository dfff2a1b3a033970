"""What every released network must have, whatever it is."""

import hashlib
import json
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[2] / "models"
NETWORKS = sorted(path.parent.name for path in MODELS.glob("*/release.yaml"))


def test_every_network_is_here() -> None:
    assert NETWORKS == ["smoke_fire", "vehicles", "vehicles_accurate"]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_manifest_lists_its_hashes(name: str) -> None:
    listed = json.loads((MODELS / "manifest.json").read_text())["networks"][name]
    for file in ("model.onnx", "model.json"):
        assert listed[file] == hashlib.sha256((MODELS / name / file).read_bytes()).hexdigest()


@pytest.mark.parametrize("name", NETWORKS)
def test_its_card_says_what_it_is_trained_on_and_how_well_it_does(name: str) -> None:
    document = json.loads((MODELS / name / "model.json").read_text())
    assert document["licence"] == "AGPL-3.0-or-later"
    assert document["training"]["data"]
    assert document["metrics_on_val"]
    assert 0 < document["thresholds"]["typical"]["confidence"] < 1
    assert document["thresholds"]["typical"]["chosen"] != "provisional"
    assert (MODELS / name / "README.md").exists()
