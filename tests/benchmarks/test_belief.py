"""What the fit of belief reads from pictures, and whether it finds a line it was given."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.belief import Boxes, boxes_of, fitted, measured
from detector.belief import AT_USUAL_SCORE, PER_DOUBLING, PER_LOG_ODDS, probability
from detector.detections import Detections
from models.figures import Seen
from models.truth import Truth


def look(boxes: list[tuple[float, float, float, float]], scores: list[float]) -> Seen:
    """One picture of 640 px with one vehicle in it."""
    truth = Truth(
        Path("picture.webp"), 640, 480, np.array([[100.0, 100, 300, 200]]), np.zeros(1, int), np.zeros(1, bool)
    )
    found = Detections(np.array(boxes, np.float32), np.array(scores, np.float32), np.zeros(len(scores), np.int64))
    return Seen([truth], {640: [found]})


def test_what_is_right_and_what_lies_in_a_stronger_one() -> None:
    seen = look([(100, 100, 300, 200), (150, 100, 220, 140), (400, 0, 464, 64)], [0.8, 0.5, 0.4])
    boxes = boxes_of(seen)
    assert boxes.right.tolist() == [True, False, False]
    assert boxes.parts.tolist() == [False, True, False]
    assert boxes.sizes[2] == pytest.approx(0.1)
    assert boxes.weights.sum() == pytest.approx(1)


def test_the_line_is_found_again() -> None:
    random = np.random.default_rng(3)
    scores, sizes = random.uniform(0.1, 0.9, 20_000), random.uniform(0.02, 0.8, 20_000)
    chances = [probability(score, size, 0.27) for score, size in zip(scores, sizes, strict=True)]
    right = random.uniform(size=20_000) < chances
    boxes = Boxes(scores, sizes, right, np.zeros(20_000, bool), np.full(20_000, 1 / 20_000))
    assert fitted(boxes, 0.27) == pytest.approx([AT_USUAL_SCORE, PER_LOG_ODDS, PER_DOUBLING], abs=0.1)


def test_figures_name_what_is_in_use() -> None:
    random = np.random.default_rng(4)
    corners = [(x, 300.0, x + 40, 340.0) for x in np.linspace(0, 560, 9)]
    seen = look([(100, 100, 300, 200), (110, 110, 150, 150), *corners], [0.9, 0.3, *random.uniform(0.1, 0.9, 9)])
    figures = measured({"one": seen}, 0.27)
    assert figures["line_in_use"] == [AT_USUAL_SCORE, PER_LOG_ODDS, PER_DOUBLING]
    assert figures["parts"] == {"boxes": 1, "right": 0.0}
