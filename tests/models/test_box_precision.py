import numpy as np
import pytest

from models.box_precision import SIZE_NAMES, agnostic_precision, class_precision, sizes_px
from models.metrics import average_precision, curve, judge
from models.truth import Truth
from tests.models.squares import found, truth


def test_the_size_of_an_object_is_told_as_the_input_of_640_px_sees_it() -> None:
    large = truth(0, side_px=30)
    assert sizes_px(Truth(large.picture, 1280, 720, large.xyxy, large.classes, large.ignore)).tolist() == [15]


class TestWithFasterCocoEval:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        pytest.importorskip("faster_coco_eval", reason="box AP needs the extra test")

    def test_perfect_boxes(self) -> None:
        overall, _ = agnostic_precision([truth(0, 50)], [found((0, 0.9), (50, 0.6))])
        assert (overall.ap50, overall.ap50_95) == (1, 1)

    def test_half_the_boxes_missed(self) -> None:
        overall, _ = agnostic_precision([truth(0, 50)], [found((0, 0.9))])
        assert overall.ap50 == pytest.approx(0.5, abs=0.01)

    def test_nothing_found(self) -> None:
        overall, _ = agnostic_precision([truth(0)], [found()])
        assert (overall.ap50, overall.ap50_95) == (0, 0)

    def test_nothing_to_find(self) -> None:
        overall, _ = agnostic_precision([truth(ignore=[0])], [found((0, 0.9))])
        assert overall.ap50 is None

    def test_ignored_boxes_are_neither_hit_nor_false(self) -> None:
        overall, _ = agnostic_precision([truth(0, ignore=[50])], [found((50, 0.95), (51, 0.94), (0, 0.9))])
        assert overall.ap50 == 1

    @pytest.mark.parametrize(("side_px", "name"), list(zip((15, 17, 33, 97), SIZE_NAMES, strict=True)))
    def test_boxes_count_under_their_size_alone(self, side_px: float, name: str) -> None:
        _, by_size = agnostic_precision([truth(0, side_px=side_px)], [found((0, 0.9), side_px=side_px)])
        assert {size: value.ap50 for size, value in by_size.items()} == {
            size: 1.0 if size == name else None for size in SIZE_NAMES
        }

    def test_by_class_a_box_of_another_class_is_false(self) -> None:
        mean, by_class = class_precision(
            [truth(0, 50, classes=[0, 1])], [found((0, 0.9), (50, 0.6), classes=[0, 0])], ["tank", "truck", "car"]
        )
        assert {name: value.ap50 for name, value in by_class.items()} == {"tank": 1, "truck": 0}
        assert mean.ap50 == pytest.approx(0.5)

    def test_a_true_box_of_unknown_class_is_ignored_for_every_class(self) -> None:
        _, by_class = class_precision(
            [truth(0, 50, classes=[0, 2])], [found((50, 0.95), (0, 0.9), classes=[0, 0])], ["tank", "truck"]
        )
        assert by_class["tank"].ap50 == 1

    def test_the_one_matching_agrees_with_it(self) -> None:
        random = np.random.default_rng(3)
        truths = [truth(*random.choice(600, 8), ignore=[610]) for _ in range(30)]
        detections = [
            found(*((box[0] + random.normal(0, 3), random.random()) for box in each.xyxy), (300, random.random()))
            for each in truths
        ]
        overall, _ = agnostic_precision(truths, detections)
        assert overall.ap50 == pytest.approx(average_precision(curve([judge(truths, detections)])), abs=0.03)
