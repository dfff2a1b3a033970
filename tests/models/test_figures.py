from dataclasses import replace
from pathlib import Path

import numpy as np

from detector.detections import FrameScores
from models.figures import frame_scores, furthest_apart
from models.truth import Truth
from tests.models.measured import ap
from tests.models.squares import found


def sources(*pairs: tuple[float | None, float | None]) -> dict[str, object]:
    """One source a pair of AP50, of the graph and of the checkpoint."""
    kinds = ({"class_agnostic": {"onnx": ap(onnx), "torch": ap(torch)}} for onnx, torch in pairs)
    return {"sources": {f"source_{number}": kind for number, kind in enumerate(kinds)}}


def test_graph_and_checkpoint_are_as_far_apart_as_on_the_worst_source() -> None:
    assert furthest_apart(sources((0.5, 0.5), (0.7, 0.75))) == 0.75 - 0.7


def test_where_only_one_of_them_has_a_figure_nothing_is_compared() -> None:
    assert furthest_apart(sources((0.5, None), (None, 0.5), (None, None))) == 0


def test_a_frame_is_scored_by_what_the_network_says_of_it_or_else_by_its_best_box() -> None:
    boxes = found((0, 0.3), (50, 0.6), (90, 0.9), classes=[0, 0, 1])
    frame = FrameScores(np.float32([0.8, 0.1]), np.zeros((2, 4), np.float32), 0.0)
    truth = Truth(Path("zem/images/val/a.webp"), 640, 640, present={"smoke": True})
    _, judged = frame_scores([truth, truth], [boxes, replace(boxes, frame=frame)], "smoke")
    assert np.allclose(judged.scores, [0.6, 0.8])
    assert frame_scores([truth], [boxes], "fire")[0] == [], "it is not known whether it burns"
