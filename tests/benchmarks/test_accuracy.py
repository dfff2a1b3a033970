"""The accuracy benchmark on pictures drawn here and a network that finds what is bright in them."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import accuracy, results
from benchmarks.accuracy import FLOOR, all_sources, figures_of, is_of_vehicles, see
from benchmarks.accuracy_tables import tables
from datasets.classes import SMOKE_FIRE_CLASSES, VEHICLE_CLASSES
from detector.detections import Detections
from detector.device import Device
from detector.model_card import ModelCard, Threshold
from models.figures import Seen, differences, smoke_fire_figures, vehicle_figures
from models.truth import FRAMES, SourceError, Truth
from tests.models.measured import SMOKE_FIRE_FIGURES, VEHICLE_FIGURES
from tests.models.squares import found, truth

VEHICLE_CARD = ModelCard("vehicles", VEHICLE_CLASSES, 640, 32, {"typical": Threshold(0.5, {})}, "0" * 64)
SMOKE_FIRE_CARD = ModelCard("smoke_fire", SMOKE_FIRE_CLASSES, 384, 32, {}, "0" * 64)


class BrightFinder:
    """Stands for a `Network`: all that is bright is one tank."""

    card = VEHICLE_CARD
    device = Device("cpu", "cpu", "the test asked for it", ("CPUExecutionProvider",))

    def __init__(self) -> None:
        self.asked: list[tuple[float | None, int | None]] = []

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        self.asked.append((confidence, size_px))
        return [self._bright(image) for image in images]

    def _bright(self, image: NDArray[np.uint8]) -> Detections:
        rows, columns = np.nonzero(image[:, :, 0] > 128)
        if not len(rows):
            return Detections.none()
        box = np.float32([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]])
        return Detections(box, np.float32([0.9]), np.int64([0]))


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """One picture of a tank, and one of nothing."""
    for source in ("obulka", "aryanraj_clear"):
        (tmp_path / source / "images" / "val").mkdir(parents=True)
        image = np.zeros((100, 200, 3), np.uint8)
        if source == "obulka":
            image[40:60, 80:120] = 255
        cv2.imwrite(str(tmp_path / source / "images" / "val" / "a.webp"), image)
    (tmp_path / "obulka" / "labels" / "val").mkdir(parents=True)
    (tmp_path / "obulka" / "labels" / "val" / "a.txt").write_text("1 0.5 0.5 0.2 0.2\n")
    (tmp_path / "obulka" / "data.yaml").write_text("names: [other, tank]\n")
    return tmp_path


def test_each_picture_is_looked_at_once_a_size_from_the_floor_up(shared: Path) -> None:
    network = BrightFinder()
    seen = see(network, shared, ["obulka", "aryanraj_clear"], [640, 1280], lambda _: None)
    assert network.asked == [(FLOOR, 640), (FLOOR, 1280)] * 2
    assert {source: sorted(look.found) for source, look in seen.items()} == {
        "obulka": [640, 1280],
        "aryanraj_clear": [640, 1280],
    }


def test_a_source_that_is_not_there_stops_it_before_any_look(shared: Path) -> None:
    network = BrightFinder()
    with pytest.raises(SourceError, match="jekhor"):
        see(network, shared, ["obulka", "jekhor"], [640], lambda _: None)
    assert network.asked == []


def test_a_perfect_network_has_perfect_figures(shared: Path) -> None:
    pytest.importorskip("faster_coco_eval", reason="box AP needs the extra test")
    network = BrightFinder()
    seen = see(network, shared, ["obulka", "aryanraj_clear"], [640], lambda _: None)
    figures = figures_of(network, seen, VEHICLE_CARD.threshold())
    at_640 = figures["sources"]["obulka"]["at_px"]["640"]
    assert at_640["class_agnostic"]["ap50"] == at_640["by_class"]["tank"]["ap50"] == 1
    assert at_640["by_size"]["over 96 px"]["ap50"] is None
    assert at_640["by_size"]["32 to 96 px"]["ap50"] == 1  # 40 by 20 px at 200 px are 128 by 64 at 640: 90 px
    assert at_640["recall_at_1_false_box_a_picture"] == 1
    assert figures["empty"]["aryanraj_clear"]["at_px"]["640"] == {"pictures_with_a_box": 0, "boxes": 0}
    assert figures["network"]["sha256"] == VEHICLE_CARD.sha256
    assert figures["pictures"] == {"obulka": 1, "aryanraj_clear": 1}
    assert json.loads(json.dumps(figures)) == figures


def test_false_alarms_on_empty_scenes_are_counted_at_the_operating_threshold() -> None:
    look = Seen([truth(), truth(), truth()], {640: [found((0, 0.9), (50, 0.6)), found((0, 0.4)), found()]})
    empty = vehicle_figures({"aryanraj_clear": look}, 640, 0.5)["empty"]["aryanraj_clear"]
    assert empty["at_px"] == {"640": {"pictures_with_a_box": 1, "boxes": 2}}


def test_frames_are_judged_by_their_best_box_and_only_where_it_is_known() -> None:
    def frame(present: dict[str, bool], lookalike: str = "") -> Truth:
        return Truth(Path("zem/images/val/a.webp"), 640, 640, present=present, lookalike=lookalike)

    smoke = [0]
    look = Seen(
        [frame({"smoke": True}), frame({"smoke": False}, "fog"), frame({"smoke": False}), frame({"fire": False})],
        {
            384: [
                found((0, 0.9), classes=smoke),
                found((0, 0.8), classes=smoke),
                found(),
                found((0, 0.7), classes=smoke),
            ]
        },
    )
    frames = smoke_fire_figures({FRAMES: look}, {"smoke": 0.5, "fire": 0.5})["frames"]["at_px"]["384"]["smoke"]
    assert frames["groups"]["all"] == {"frames": 3, "showing_it": 1, "average_precision": 1.0}
    assert frames["showing_it"] == {"frames": 1, "flagged": 1}
    assert frames["clear"] == {"frames": 2, "flagged": 1}
    assert frames["lookalikes"] == {"fog": {"frames": 1, "flagged": 1}}


def test_the_graph_and_the_checkpoint_are_set_side_by_side() -> None:
    pytest.importorskip("faster_coco_eval", reason="box AP needs the extra test")
    graph = {"mian": Seen([truth(0)], {640: [found((0, 0.9))]})}
    torch = {"mian": Seen([truth(0)], {640: [found()]})}
    beside = differences(graph, torch, VEHICLE_CLASSES)["mian"]["class_agnostic"]
    assert (beside["onnx"]["ap50"], beside["torch"]["ap50"]) == (1, 0)
    assert "DO NOT AGREE" in tables(
        {"sources": {}, "torch": {"size_px": 640, "sources": {"mian": {"class_agnostic": beside}}}}
    )


def test_what_a_network_finds_says_which_sources_it_is_measured_on() -> None:
    assert is_of_vehicles(VEHICLE_CARD)
    assert all_sources(VEHICLE_CARD)[0] == "mian"
    assert all_sources(SMOKE_FIRE_CARD) == ("liuzifan", "xiapinquan", FRAMES)


@pytest.mark.parametrize("figures", [VEHICLE_FIGURES, SMOKE_FIRE_FIGURES])
def test_tables_fit_a_terminal_of_80_columns(figures: dict[str, object]) -> None:
    assert max(map(len, tables(figures).splitlines())) <= 80


@pytest.mark.parametrize(
    "line",
    [
        "mian         640   276  0.900  0.450      -  0.100  0.200  0.300   0.700",
        "mian         640   0.800   0.400  0.600  0.300",
        "aryanraj_clear 640 px at 0.25: a box on 2 of 50 pictures, 5 in all",
        "furthest apart, AP50 too: 0.0010; to 0.002 they agree",
    ],
)
def test_the_tables_say(line: str) -> None:
    assert line in tables(VEHICLE_FIGURES)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--torch", "last.pt"], True),
        (["--torch", "last.pt", "--sizes", "640", "960", "1280"], True),
        ([], False),
        (["--torch", "last.pt", "--sources", "mian", "zem"], False),
        (["--torch", "last.pt", "--sizes", "640"], False),
    ],
)
def test_only_a_run_of_everything_replaces_the_record_of_the_release(
    options: list[str], kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(accuracy, "load_network", lambda *_, **__: BrightFinder())
    monkeypatch.setattr(accuracy, "see", lambda *_: {})
    monkeypatch.setattr(accuracy, "figures_of", lambda *_: {"sources": {}})
    monkeypatch.setattr(accuracy, "beside_torch", lambda *_: {"size_px": 640, "sources": {}})
    monkeypatch.setattr("sys.argv", ["accuracy", "datasets", *options])
    results.write_results("accuracy_vehicles", VEHICLE_FIGURES)
    accuracy.main()
    assert (results.read_results("accuracy_vehicles") != VEHICLE_FIGURES) == kept
    assert ("accuracy_vehicles.json is left as it is" in capsys.readouterr().out) != kept


def test_results_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    results.write_results("accuracy", {"b": 1, "a": 2})
    with pytest.raises(TypeError):
        results.write_results("accuracy", {"b": object()})
    assert list(results.read_results("accuracy")) == ["b", "a"]
    assert [path.name for path in tmp_path.iterdir()] == ["accuracy.json"]
