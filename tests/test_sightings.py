import numpy as np
import pytest

from detector.detections import Detections, FrameScores
from detector.sightings import LOOK_ALIKE, Sighting, sighting_of

BOXES = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], np.float32)
FOUND = Detections(BOXES, np.array([0.8, 0.4, 0.6], np.float32), np.array([0, 0, 1]))


def test_a_frame_scores_what_its_best_box_does() -> None:
    seen = sighting_of(3, 0.12, FOUND, ("smoke", "fire"))
    assert (seen.score("smoke"), seen.score("fire")) == (pytest.approx(0.8), pytest.approx(0.6))
    assert (seen.region("smoke"), seen.region("fire")) == ((0, 0, 10, 10), (40, 0, 50, 10))
    assert seen.look_alike_score is None


def test_nothing_seen_scores_nothing() -> None:
    seen = sighting_of(3, 0.12, Detections.none(), ("smoke",))
    assert (seen.score("smoke"), seen.region("smoke"), seen.score("fire"), seen.region("fire")) == (0, None, 0, None)


def test_where_the_network_scores_the_frame_its_boxes_say_only_where() -> None:
    boxes = {"smoke": FOUND[FOUND.classes == 0]}
    seen = Sighting(3, 0.12, boxes, {"smoke": 0.2, "fire": 0.7, LOOK_ALIKE: 0.5})
    assert (seen.score("smoke"), seen.score("fire"), seen.look_alike_score) == (0.2, 0.7, 0.5)
    assert seen.region("smoke") == (0, 0, 10, 10)
    np.testing.assert_allclose(seen.places("smoke").scores, [0.2, 0.1])


def test_what_the_network_says_of_the_whole_frame_goes_before_its_boxes() -> None:
    frame = FrameScores(np.float32([0.7, 0.1]), np.float32([[1, 2, 3, 4], [5, 6, 7, 8]]), 0.2)
    seen = sighting_of(3, 0.12, Detections(BOXES[:1], np.float32([0.4]), np.array([0]), frame), ("smoke", "fire"))
    assert [seen.score("smoke"), seen.score("fire"), seen.look_alike_score] == pytest.approx([0.7, 0.1, 0.2])
    assert seen.region("smoke") == (0, 0, 10, 10)
    assert seen.region("fire") == (5, 6, 7, 8), "no box of fire: where the frame's answer comes from"
