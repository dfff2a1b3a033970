import numpy as np
import pytest

from detector.detections import Detections, FrameScores


def detections(scores: list[float]) -> Detections:
    count = len(scores)
    return Detections(np.ones((count, 4), np.float32), np.float32(scores), np.zeros(count, np.int64))


def test_none_is_empty() -> None:
    assert len(Detections.none()) == 0


def test_above_keeps_those_that_reach_the_score() -> None:
    assert detections([0.2, 0.5, 0.9]).above(0.5).scores.tolist() == pytest.approx([0.5, 0.9])


def test_parts_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="disagree in length"):
        Detections(np.ones((2, 4), np.float32), np.ones(1, np.float32), np.zeros(1, np.int64))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_numbers_of_a_broken_network_are_refused(broken: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        Detections(np.full((1, 4), broken, np.float32), np.ones(1, np.float32), np.zeros(1, np.int64))


def test_boxes_turned_inside_out_are_refused() -> None:
    with pytest.raises(ValueError, match="negative size"):
        Detections(np.array([[10, 10, 5, 20]], np.float32), np.ones(1, np.float32), np.zeros(1, np.int64))


def test_what_is_said_of_the_whole_picture_stays_with_the_boxes_that_are_chosen() -> None:
    frame = FrameScores(np.float32([0.7]), np.float32([[0, 0, 9, 9]]), 0.2)
    found = Detections(np.ones((2, 4), np.float32), np.float32([0.2, 0.9]), np.zeros(2, np.int64), frame)
    assert found.above(0.5).frame is frame
    assert Detections.none().frame is None


@pytest.mark.parametrize(
    ("scores", "regions", "look_alike", "named"),
    [
        ([0.5], np.zeros((2, 4)), 0.1, "disagree in length"),
        ([np.nan], np.zeros((1, 4)), 0.1, "not finite"),
        ([0.5], np.full((1, 4), np.inf), 0.1, "not finite"),
        ([0.5], np.zeros((1, 4)), np.nan, "not finite"),
    ],
)
def test_frame_scores_of_a_broken_network_are_refused(
    scores: list[float], regions: np.ndarray, look_alike: float, named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        FrameScores(np.float32(scores), regions.astype(np.float32), look_alike)
