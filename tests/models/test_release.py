"""What every released network must have, whatever it is."""

import hashlib
import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from detector import load_network
from detector.clip import ClipReader
from models.card import text
from models.metrics import FALSE, match
from models.train import command_line
from models.truth import Truth

ROOT = Path(__file__).parents[2]
MODELS, RESULTS = ROOT / "models", ROOT / "benchmarks" / "results"
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


def manifest_of(name: str) -> dict[str, str]:
    listed: dict[str, str] = json.loads((MODELS / "manifest.json").read_text())["networks"][name]
    return listed


def release_of(name: str) -> dict[str, Any]:
    release: dict[str, Any] = yaml.safe_load((MODELS / name / "release.yaml").read_text())
    return release


@pytest.mark.parametrize("name", NETWORKS)
def test_its_card_is_what_models_card_writes_from_the_files_beside_it(name: str) -> None:
    card = text(
        name,
        json.loads((MODELS / name / "model.json").read_text()),
        json.loads((RESULTS / f"accuracy_{name}.json").read_text()),
        release_of(name),
        (MODELS / name / "failures.md").read_text(),
    )
    assert (MODELS / name / "README.md").read_text() == card, f"run python -m models.card {name}"


@pytest.mark.parametrize("name", NETWORKS)
def test_model_json_says_of_its_training_what_release_yaml_says(name: str) -> None:
    document, release = json.loads((MODELS / name / "model.json").read_text()), release_of(name)
    for part in ("description", "licence", "classes", "input", "training"):
        assert document[part] == release[part], f"{part}: run models.export and models.evaluate again"


@pytest.mark.parametrize("results", ["input_size", *(f"accuracy_{name}" for name in NETWORKS)])
def test_figures_are_of_the_graph_that_is_released(results: str) -> None:
    network = json.loads((RESULTS / f"{results}.json").read_text())["network"]
    assert network["sha256"] == manifest_of(network["name"])["model.onnx"], "run the benchmark again"


@pytest.mark.parametrize("name", NETWORKS)
def test_its_training_can_be_called_as_the_card_says(name: str) -> None:
    python, option, module, *words = shlex.split(release_of(name)["training"]["script"])
    assert (python, option, module) == ("python", "-m", "models.train")
    given = command_line().parse_args(words)
    config = yaml.safe_load((ROOT / given.config).read_text())
    assert config["data"].split("/")[0] == given.config.parent.name


def test_every_file_that_the_readme_of_the_networks_names_is_there() -> None:
    """Its links, and what it names below a network's folder; what a training makes is below runs/."""
    readme = (MODELS / "README.md").read_text()
    linked = re.findall(r"\]\(([^)#:]+)\)", readme)
    named = re.findall(r"(?<![\w./])((?:models/)?(?:vehicles|vehicles_accurate|smoke_fire)/[\w.]*)", readme)
    assert len(named) > 5
    here = [MODELS / path for path in linked] + [MODELS / path.removeprefix("models/") for path in named]
    assert [str(path) for path in here if not path.exists()] == []


def test_every_run_that_is_named_is_that_of_a_config() -> None:
    runs = {yaml.safe_load(config.read_text())["name"] for config in MODELS.glob("*/train.yaml")}
    files = [MODELS / "README.md", *MODELS.glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
    named = {(file.name, run) for file in files for run in re.findall(r"runs/(\w+)/", file.read_text())}
    assert len(named) > 3
    assert sorted((file, run) for file, run in named if run not in runs) == []


@pytest.mark.parametrize("name", NETWORKS)
def test_its_graph_looks_at_a_picture_at_its_own_size(name: str) -> None:
    network = load_network(name, "cpu")
    [found] = network.detect([np.random.default_rng(0).integers(0, 255, (90, 160, 3), np.uint8)], confidence=0.001)
    assert (found.xyxy >= 0).all()
    assert (found.xyxy <= [160, 90, 160, 90]).all()
    assert (np.diff(found.scores) <= 0).all()
    assert set(found.classes.tolist()) <= set(range(len(network.classes)))


@pytest.mark.parametrize("name", ["vehicles", "vehicles_accurate"])
def test_the_vehicle_networks_find_most_of_the_rendered_vehicles_of_the_demo(name: str) -> None:
    demo = ROOT / "detector" / "demo" / "demo.mp4"
    corners = np.array([row["xyxy"] for row in json.loads(demo.with_name("truth.json").read_text())["boxes"][0]])
    with ClipReader(demo) as reader:
        image = next(iter(reader)).image
    rendered = Truth(demo, 960, 540, corners, np.zeros(len(corners), np.int64), np.zeros(len(corners), bool))
    outcome = match(rendered, load_network(name, "cpu").detect([image])[0])
    assert len(corners) == 7
    assert (outcome >= 0).sum() >= 4
    assert (outcome == FALSE).sum() <= 1
