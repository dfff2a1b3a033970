"""Every benchmark has a test, and those whose command no other test runs are run here on next to nothing.

`accuracy`, `belief`, `events` and `input_size` need the open datasets and are tested piece by piece beside this file;
`tracking` and `yolo_track` need libraries that detect[test] does not bring, and are skipped without them.
"""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from benchmarks import (
    camera_motion,
    camera_motion_scenes,
    counting,
    drawing,
    frame_cost,
    memory,
    real_clips,
    shots,
    split,
    tracking_load,
    tracking_looks,
)
from benchmarks.tracking_candidates import own
from benchmarks.tracking_looks import WAYS
from benchmarks.tracking_truth import Sequence, as_detections
from datasets.convoy.settings import View
from detector import analysis
from detector.frame import ImagePicture
from tests.conftest import AnalysedClip
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TESTS = Path(__file__).parents[1]
COMMANDS = sorted(path.stem for path in BENCHMARKS.glob("*.py") if '__name__ == "__main__"' in path.read_text())


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the figures of this test are kept, in place of benchmarks/results."""
    monkeypatch.setattr("benchmarks.results.FOLDER", tmp_path / "results")
    return tmp_path / "results"


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of one clip with its truth: a truck for a second, and another place."""
    pictures = [noisy(with_squares(ground(1), [(20 + n, 40)]), n) for n in range(25)]
    pictures += [noisy(ground(2), n) for n in range(25)]
    write_pictures(tmp_path / "two_places.mp4", pictures)
    shot = {"kind": "footage", "certainty": "high", "smoke": [], "fire": [], "vehicles_armoured": 0}
    seen = [shot | {"start": 0, "end": 24, "vehicles_max": 1, "vehicles_unique": 1}]
    seen += [shot | {"start": 25, "end": 49, "vehicles_max": 0, "vehicles_unique": 0}]
    (tmp_path / "truth.json").write_text(json.dumps([{"file": "two_places.mp4", "frames": 50, "shots": seen}]))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, benchmark: Any, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", *map(str, arguments)])
    assert not benchmark.main()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_benchmark_is_named_in_a_test(name: str) -> None:
    imported = re.compile(rf"benchmarks\.{name} import|benchmarks import {name}\b|^    {name},$", re.MULTILINE)
    assert any(imported.search(path.read_text()) for path in TESTS.rglob("test_*.py"))


def test_real_clips_and_what_is_counted_on_them(
    clips: Path, results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    run(monkeypatch, real_clips, clips)
    assert "| two_places.mp4 | 1 / 1 |" in capsys.readouterr().out
    run(monkeypatch, counting)
    kept = json.loads((results / "counting.json").read_text())
    assert kept["agreement"]["all"] == kept["agreement"]["boundaries found"]
    assert kept["agreement"]["all"]["at_once_exact"] == 2


def test_shots(clips: Path, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [ImagePicture(noisy(ground(1 + n // 25), n)).scaled(256, 154).image for n in range(50)]
    made = SimpleNamespace(pictures=pictures, boundaries=[25], kinds=["footage", "footage"])
    plain = SimpleNamespace(name="plain", frame_rate=25.0)
    monkeypatch.setattr(shots, "sequences", lambda *_: [("cut", plain, made)])
    run(monkeypatch, shots, clips)
    kept = json.loads((results / "shots.json").read_text())
    assert kept["real"]["all"]["ours"]["right"] == kept["rendered"]["all rendered"]["ours"]["right"] == 1


def test_camera_motion(tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "datasets" / "visdrone" / "images" / "train"
    place.mkdir(parents=True)
    cv2.imwrite(str(place / "a.webp"), ground(1, 640, 384))
    (tmp_path / "clips").mkdir()
    write_pictures(tmp_path / "clips" / "drone_range_tank4.mp4", [ground(2, 640, 384)])
    monkeypatch.setattr(camera_motion, "CLIPS", {"596x336": 6})
    monkeypatch.setattr(camera_motion_scenes, "FRAMES", 4)
    monkeypatch.setattr(camera_motion, "candidates", lambda: {"ours": camera_motion.ours})
    run(monkeypatch, camera_motion, tmp_path)
    found = json.loads((results / "camera_motion.json").read_text())["596x336"]["ours"]
    assert (found["pairs"], found["featureless_pairs"]) == (15, 3)


def test_split(clips: Path, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    run(monkeypatch, split, clips / "two_places.mp4")
    found = json.loads((results / "split.json").read_text())["clips"]["two_places.mp4"]
    assert (found["frames"], found["parts"], found["looked_again"]) == (50, 2, 0)


def test_drawing(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SCENES", ((160, 96, 2),))
    run(monkeypatch, drawing)
    assert len(json.loads((results / "drawing.json").read_text())["scenes"]) == 1


def test_frame_cost(tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far_off = (View(62, 50, 18, 0.5, 1.0, 0.0),) * 2
    tiny = replace(frame_cost.RENDERED, width_px=128, height_px=64, frames=4, cut_frame=4, ground_m=110, views=far_off)
    monkeypatch.setattr(frame_cost, "RENDERED", tiny)
    monkeypatch.setattr(frame_cost, "ROUNDS", 1)
    run(monkeypatch, frame_cost, tmp_path)
    assert json.loads((results / "frame_cost.json").read_text())["rendered"]["frames"] == 4


def test_memory(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak is read from /proc")
    monkeypatch.setattr(memory, "FRAME_RATE", 1)  # so that a minute has sixty frames
    monkeypatch.setattr(memory, "MINUTES", (1, 2))
    monkeypatch.setattr(memory, "KINDS", ((2, 1),))
    run(monkeypatch, memory)
    kept = json.loads((results / "memory.json").read_text())["kinds"]
    assert kept["2 vehicles, every 1"]["runs"][0]["peak_kb"] > 1000


def test_report_page(analysed: AnalysedClip, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("selenium")
    from benchmarks import report_page
    from tests.outputs.html.chromium import CHROMIUM, DRIVER

    if not (CHROMIUM and DRIVER):
        pytest.skip("no chromium and chromedriver here; install them to test the page")
    monkeypatch.setattr(report_page, "DEMO", analysed.clip)
    monkeypatch.setattr(report_page, "analyze", lambda clip: analysed.report)
    monkeypatch.setattr(report_page, "COUNTS", (3,))
    monkeypatch.setattr(report_page, "OPENINGS", 1)
    monkeypatch.setattr(report_page, "material", lambda images, count: report_page.Material((1,), (), None, {}))
    run(monkeypatch, report_page)
    assert json.loads((results / "report_page.json").read_text())["3 tracks"]["open_s"] > 0


def test_tracking_under_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking_load, "COUNTS", (3,))
    figures = tracking_load.load_figures()
    assert figures["3 vehicles"]["tracks"] == 3


def test_the_candidate_of_our_own_follows_true_boxes() -> None:
    truth = {n: [(7, np.array([10.0 + n, 10, 40 + n, 30]))] for n in range(1, 13)}
    assert len(own(as_detections(Sequence("one vehicle", truth, 120, 60)), True)) == 1


def test_sequences_are_tracked_of_which_only_some_frames_are_looked_at() -> None:
    truth = {n: [(7, np.array([10.0 + n, 10, 40 + n, 30]))] for n in range(1, 25)}
    sequence = Sequence("one vehicle", truth, 120, 60)
    looks = {
        name: tracking_looks.tracked(sequence, as_detections(sequence), every, motion) for name, every, motion in WAYS
    }
    assert {name: len(tracks) for name, (tracks, _) in looks.items()} == dict.fromkeys(looks, 1)
    assert looks["every 1"][1] == looks["auto"][1] == 24, "every frame, since the camera's motion is not known"
    assert looks["every 2"][1] == 12
    assert looks["auto, taking the camera to stand still"][1] < 16


def test_trackers_are_compared_over_several_disturbances(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trackers.eval", reason="pip install trackers, in an environment of its own")
    from benchmarks import tracking

    truth = {n: [(7, np.array([10.0 + n, 10, 40 + n, 30]))] for n in range(1, 13)}
    sequence = Sequence("one vehicle", truth, 120, 60)
    rows = tracking.compare([sequence], {sequence.name: as_detections(sequence)})
    assert rows["own"]["HOTA"] > 90


def test_yolo_track_takes_its_turn(clips: Path) -> None:
    pytest.importorskip("ultralytics", reason="ultralytics is for training and comparison only")
    pytest.importorskip("lap", reason="ultralytics' trackers need lap")
    from benchmarks import speed_yolo
    from benchmarks.speed_turns import Stopwatch

    checkpoint = BENCHMARKS.parent / "models" / "vehicles" / "start.pt"
    work = speed_yolo.track(checkpoint, clips / "two_places.mp4", 64, "cpu", save=False, half=False)
    assert work(Stopwatch()) == 49
