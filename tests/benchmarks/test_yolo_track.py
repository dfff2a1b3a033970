"""The side-by-side with `yolo track`: what is counted, and that ultralytics' trackers take what our network gives."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.yolo_track import Boxes, counted, of_viewer, yolo_answers
from detector.detections import Detections
from tests.clips import write_clip


def test_identities_and_the_most_in_one_frame_are_counted() -> None:
    box = np.zeros(4)
    assert counted({}) == {"distinct": 0, "most_at_once": 0}
    assert counted({1: [(7, box), (8, box)], 2: [(9, box)]}) == {"distinct": 3, "most_at_once": 2}


def test_the_viewer_counts_footage_only() -> None:
    shots = [
        {"kind": "title", "vehicles_unique": 9, "vehicles_max": 9},
        {"kind": "footage", "vehicles_unique": 3, "vehicles_max": 2},
        {"kind": "footage", "vehicles_unique": 4, "vehicles_max": 4},
    ]
    assert of_viewer({"shots": shots}) == {"distinct": "3 + 4", "most_at_once": 4}


def test_boxes_are_told_as_corners_and_as_centres() -> None:
    boxes = Boxes(np.float32([0.5, 0.6]), np.float32([0, 1]), np.float32([[0, 0, 4, 2], [10, 20, 30, 60]]))
    assert boxes.xywh.tolist() == [[2, 1, 4, 2], [20, 40, 20, 40]]
    assert boxes[boxes.conf > 0.55].xywh.tolist() == [[20, 40, 20, 40]]


def test_both_trackers_keep_a_vehicle_that_stands(tmp_path: Path) -> None:
    pytest.importorskip("ultralytics", reason="ultralytics is for training and comparison only")
    pytest.importorskip("lap", reason="ultralytics' trackers need lap")
    clip = write_clip(tmp_path / "clip.mp4", frames=6, size=(128, 96))
    seen = Detections(np.float32([[40, 30, 80, 60]]), np.float32([0.9]), np.array([0]))
    answers = yolo_answers(clip, dict.fromkeys(range(6), seen))
    assert {name: counted(answer) for name, answer in answers.items()} == {
        "bytetrack": {"distinct": 1, "most_at_once": 1},
        "botsort": {"distinct": 1, "most_at_once": 1},
    }
