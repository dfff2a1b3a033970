import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.metrics import (
    FALSE,
    IGNORED,
    Judged,
    at_precision,
    average_precision,
    best_f1,
    confusion,
    curve,
    iou,
    judge,
    match,
    recall_at_false_boxes,
    reliability,
)
from models.truth import Truth
from tests.models.squares import found, truth

NOTHING = found()


def judged(*scored: tuple[float, bool], positives: int, pictures: int = 1) -> Judged:
    scores, hits = zip(*scored, strict=True) if scored else ((), ())
    return Judged(np.array(scores, float), np.array(hits, bool), positives, pictures)


@st.composite
def any_judged(draw: st.DrawFn) -> Judged:
    """Detections with many equal scores, at least one of them right."""
    scored = draw(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=40))
    scored.append((draw(st.integers(1, 20)), True))
    missed = draw(st.integers(0, 10))
    hits = sum(hit for _, hit in scored)
    return judged(*((score / 20, hit) for score, hit in scored), positives=hits + missed, pictures=7)


def ap(source: Judged) -> float:
    return average_precision(curve([source]))


def test_iou() -> None:
    box = np.array([[0, 0, 10, 10]])
    assert iou(box, np.array([[5, 0, 15, 10], [20, 0, 30, 10]])).tolist() == [[pytest.approx(1 / 3), 0]]


def test_each_box_is_hit_once_by_the_best_score() -> None:
    assert match(truth(0, 50), found((1, 0.8), (0, 0.9), (50, 0.7))).tolist() == [FALSE, 0, 1]


def test_a_detection_takes_the_box_it_fits_best() -> None:
    assert match(truth(0, 4), found((3, 0.9))).tolist() == [1]


def test_ignored_boxes_are_neither_hit_nor_false_however_often() -> None:
    assert match(truth(0, ignore=[50]), found((50, 0.95), (51, 0.94), (0, 0.9))).tolist() == [IGNORED, IGNORED, 0]


def test_a_small_box_inside_an_ignored_one_is_ignored_as_coco_does() -> None:
    assert match(truth(ignore=[0], side_px=100), found((20, 0.9), (300, 0.8))).tolist() == [IGNORED, FALSE]


def test_by_class_only_a_box_of_the_same_class_is_hit() -> None:
    two = truth(0, classes=[1])
    assert match(two, found((0, 0.9), classes=[0])).tolist() == [0]
    assert match(two, found((0, 0.9), classes=[0]), by_class=True).tolist() == [FALSE]


@pytest.mark.parametrize("boxes", [truth(), truth(0), truth(ignore=[0])])
def test_nothing_found_matches_nothing(boxes: Truth) -> None:
    assert match(boxes, NOTHING).shape == (0,)


def test_perfect_detections_have_an_average_precision_of_one() -> None:
    assert ap(judge([truth(0, 50)], [found((0, 0.9), (50, 0.6))])) == 1


def test_a_false_box_before_the_only_hit_halves_it() -> None:
    assert ap(judge([truth(0)], [found((200, 0.9), (0, 0.6))])) == 0.5


def test_a_false_box_after_every_hit_changes_nothing() -> None:
    assert ap(judge([truth(0)], [found((0, 0.9), (200, 0.6))])) == 1


def test_a_false_box_of_the_same_score_counts_before_the_hit() -> None:
    assert (
        ap(judged((0.5, True), (0.5, False), positives=1)) == ap(judged((0.5, False), (0.5, True), positives=1)) == 0.5
    )


def test_ignored_boxes_leave_average_precision_alone() -> None:
    assert ap(judge([truth(0, ignore=[50])], [found((50, 0.95), (0, 0.9))])) == 1


def test_nothing_found_has_an_average_precision_of_nought() -> None:
    assert ap(judge([truth(0)], [NOTHING])) == 0
    assert ap(judge([truth()], [NOTHING])) == 0


@given(any_judged())
def test_average_precision_asks_only_for_the_order_of_scores(source: Judged) -> None:
    rescaled = Judged(source.scores**3 / 2, source.hits, source.positives, source.pictures)
    assert ap(rescaled) == pytest.approx(ap(source))


def test_sources_weigh_the_same_whatever_their_number_of_boxes() -> None:
    many = judged(*[(0.9, True)] * 90, positives=100)
    few = judged((0.9, True), (0.9, False), positives=2)
    point = curve([many, few]).at(0.9)
    assert point.recall == pytest.approx((0.9 + 0.5) / 2)
    assert point.precision == pytest.approx((0.9 + 0.5) / (0.9 + 0.5 + 0.5))


def test_a_source_without_anything_to_find_costs_precision_alone() -> None:
    full, empty = judged((0.9, True), positives=1), judged((0.9, False), positives=0, pictures=4)
    point = curve([full, empty]).at(0.9)
    assert (point.precision, point.recall) == (pytest.approx(1 / 1.25), 1)


def test_above_every_score_nothing_is_found() -> None:
    point = curve([judged((0.5, True), positives=1)]).at(0.6)
    assert (point.precision, point.recall, point.f1) == (0, 0, 0)


def test_the_best_threshold_leaves_the_false_box_out() -> None:
    best = best_f1(curve([judge([truth(0, 50)], [found((0, 0.9), (50, 0.6), (200, 0.3))])]))
    assert (best.confidence, best.precision, best.recall, best.f1) == (pytest.approx(0.6), 1, 1, 1)


def test_a_second_box_on_one_vehicle_is_false() -> None:
    best = best_f1(curve([judge([truth(0, 50)], [found((0, 0.9), (1, 0.8), (50, 0.7))])]))
    assert (best.precision, best.recall) == (pytest.approx(2 / 3), 1)


@given(any_judged(), any_judged())
def test_no_threshold_has_a_better_f1_than_the_best(one: Judged, other: Judged) -> None:
    line = curve([one, other])
    best = best_f1(line)
    assert best.f1 == pytest.approx(line.at(best.confidence).f1)
    for threshold in np.arange(0, 1.05, 0.05):
        assert line.at(threshold).f1 <= best.f1 + 1e-9


def test_no_threshold_can_be_chosen_without_detections() -> None:
    with pytest.raises(ValueError, match="no detection on any source"):
        best_f1(curve([judge([truth(0)], [NOTHING])]))


NINETEEN_OF_TWENTY = judged(*[(0.9, True)] * 19, (0.8, False), *[(0.7, True)] * 2, *[(0.6, False)] * 5, positives=30)


def test_the_lowest_threshold_with_the_precision_is_taken() -> None:
    point, reached = at_precision(curve([NINETEEN_OF_TWENTY]), 0.95, least_detections=10)
    assert reached
    assert point.confidence == 0.7
    assert point.precision == pytest.approx(21 / 22)


def test_a_precision_never_reached_gives_the_highest_there_is() -> None:
    point, reached = at_precision(curve([NINETEEN_OF_TWENTY]), 0.99, least_detections=20)
    assert not reached
    assert (point.confidence, point.precision) == (0.7, pytest.approx(21 / 22))


def test_the_precision_of_few_detections_is_not_trusted() -> None:
    line = curve([judged((0.9, True), (0.8, False), (0.7, False), (0.6, True), positives=3)])
    assert at_precision(line, 0.95, least_detections=1)[0].confidence == 0.9
    point, reached = at_precision(line, 0.95, least_detections=3)
    assert (point.confidence, point.precision, reached) == (0.6, 0.5, False)


def test_recall_at_one_false_box_a_picture() -> None:
    pictures = [truth(0, 50), truth(0)]
    detections = [found((0, 0.9), (200, 0.8), (50, 0.5)), found((200, 0.7), (300, 0.6), (0, 0.4))]
    # Two pictures allow two false boxes: at 0.7 two are false and one of three is hit; the third false box is at 0.6.
    assert recall_at_false_boxes(judge(pictures, detections), 1.0) == pytest.approx(1 / 3)
    assert recall_at_false_boxes(judge(pictures, detections), 1.5) == 1
    assert recall_at_false_boxes(judge(pictures, [NOTHING, NOTHING]), 1.0) == 0


def test_expected_calibration_error() -> None:
    source = judged((0.2, True), (0.4, False), (0.7, True), (0.9, True), (0.05, False), positives=4)
    error, bins = reliability([source], (0.1, 0.5, 1.0))
    assert [(b.detections, b.mean_score, b.share_right) for b in bins] == [
        (2, pytest.approx(0.3), 0.5),
        (2, pytest.approx(0.8), 1.0),
    ]
    assert error == pytest.approx((0.2 + 0.2) / 2)


def test_a_bin_holds_its_lower_edge_and_the_last_one_also_its_upper() -> None:
    _, bins = reliability([judged((0.5, True), (1.0, True), positives=2)], (0.1, 0.5, 1.0))
    assert [(b.low, b.detections) for b in bins] == [(0.5, 2)]


def test_confusion_has_a_column_for_missed_boxes_and_a_row_for_false_alarms() -> None:
    pictures = [truth(0, 50, 100, ignore=[150], classes=[0, 0, 1, 1])]
    detections = [found((0, 0.9), (50, 0.8), (300, 0.7), (150, 0.6), classes=[0, 1, 1, 0])]
    assert confusion(pictures, detections, 2).tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]


def test_a_confusion_matrix_needs_every_class_told() -> None:
    with pytest.raises(ValueError, match="tells every class"):
        confusion([truth(0, classes=[2])], [NOTHING], 2)
