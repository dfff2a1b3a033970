import numpy as np
import pytest

from detector.detections import Detections


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
