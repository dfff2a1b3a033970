import numpy as np
import pytest

from detector.detections import Detections
from models.evaluate import average_precision, best_f1, coco_summary, iou


def box(left: float, ignore: bool = False) -> dict[str, object]:
    return {"xyxy": np.array([left, 0, left + 10, 10]), "class": 0, "ignore": ignore}


def found(*boxes: tuple[float, float]) -> Detections:
    """Left edge and score of each."""
    xyxy = np.array([[left, 0, left + 10, 10] for left, _ in boxes], np.float32).reshape(-1, 4)
    return Detections(xyxy, np.array([score for _, score in boxes], np.float32), np.zeros(len(boxes), np.int64))


def test_iou() -> None:
    assert iou(np.array([0, 0, 10, 10]), np.array([5, 0, 15, 10])) == pytest.approx(1 / 3)
    assert iou(np.array([0, 0, 10, 10]), np.array([20, 0, 30, 10])) == 0


def test_the_best_threshold_leaves_the_false_box_out() -> None:
    threshold, f1, precision, recall = best_f1([[box(0), box(50)]], [found((0, 0.9), (50, 0.6), (200, 0.3))])
    assert threshold == pytest.approx(0.6)
    assert (f1, precision, recall) == (1, 1, 1)


def test_a_second_box_on_one_vehicle_is_false() -> None:
    _, _, precision, recall = best_f1([[box(0), box(50)]], [found((0, 0.9), (1, 0.8), (50, 0.7))])
    assert precision == pytest.approx(2 / 3)
    assert recall == 1


def test_ignored_boxes_are_neither_hit_nor_false() -> None:
    _, f1, precision, _ = best_f1([[box(0), box(50, ignore=True)]], [found((50, 0.95), (0, 0.9))])
    assert (f1, precision) == (1, 1)


def test_average_precision() -> None:
    scores, labels = np.array([0.9, 0.8, 0.7, 0.6]), np.array([1.0, 0.0, 1.0, 0.0])
    assert average_precision(scores, labels) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(scores, np.zeros(4)) == 0


def test_perfect_boxes_have_an_average_precision_of_one() -> None:
    pytest.importorskip("faster_coco_eval", reason="box AP needs the extra train")
    summary = coco_summary([[box(0), box(50)]], [found((0, 0.9), (50, 0.6))], class_count=1)
    assert summary == {"ap50": 1.0, "ap50_95": 1.0}
    missed = coco_summary([[box(0), box(50)]], [found((0, 0.9))], class_count=1)
    assert missed["ap50"] == pytest.approx(0.5, abs=0.01)
