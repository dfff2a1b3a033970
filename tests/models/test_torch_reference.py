import numpy as np
import pytest

from models.box_rule import LEAST_ODDS, BoxRule
from models.torch_reference import both_looks, postprocess, vehicle_scores

EACH_CLASS_ALONE = BoxRule(class_count=2, kind_power=None, look_twice=False)
VEHICLES = BoxRule(class_count=2, kind_power=0.5, look_twice=False)


def raw(*rows: tuple[float, ...]) -> np.ndarray:
    """Centre, size and channels of each anchor."""
    return np.array(rows, np.float32).T


def test_boxes_are_given_by_their_corners_best_first() -> None:
    found = postprocess(raw((10, 20, 4, 6, 0.3, 0), (50, 20, 4, 6, 0, 0.9)), EACH_CLASS_ALONE, 0.1)
    assert found.xyxy.tolist() == [[48, 17, 52, 23], [8, 17, 12, 23]]
    assert found.classes.tolist() == [1, 0]


def test_smoke_and_fire_in_one_place_both_stay() -> None:
    assert postprocess(raw((10, 20, 4, 6, 0.3, 0.9)), EACH_CLASS_ALONE, 0.1).classes.tolist() == [1, 0]


def test_one_vehicle_of_doubtful_kind_is_one_box() -> None:
    found = postprocess(raw((10, 20, 4, 6, 0.5, 0.2, 0.9), (10, 20, 4, 6, 0.2, 0.5, 0.8)), VEHICLES, 0.1)
    assert found.classes.tolist() == [0]


def test_nothing_above_the_confidence_gives_no_box() -> None:
    assert len(postprocess(raw((10, 20, 4, 6, 0.1, 0.1)), EACH_CLASS_ALONE, 0.1)) == 0


def test_the_score_is_that_of_a_vehicle_times_the_share_of_its_kind() -> None:
    scores, kinds = vehicle_scores(np.float32([[0.75, 0.5, 0.8]]), kind_power=1.0)
    assert kinds.tolist() == [0]
    assert scores[0] == pytest.approx(0.8 * 3 / (3 + 1), abs=1e-4)


def test_an_anchor_without_any_score_has_the_score_nought() -> None:
    scores, _ = vehicle_scores(np.zeros((1, 3), np.float32), kind_power=0.5)
    assert scores.tolist() == [0]


def test_kinds_below_the_least_odds_have_next_to_no_share_as_in_the_graph() -> None:
    scores, _ = vehicle_scores(np.float32([[LEAST_ODDS / 10, 0, 0.8]]), kind_power=1.0)
    assert scores[0] == pytest.approx(0.08, rel=1e-3)


def test_large_boxes_are_left_to_the_look_at_half_size() -> None:
    full = raw((100, 100, 300, 100, 0.9), (400, 100, 50, 50, 0.8))
    both = both_looks(full, raw((50, 50, 150, 50, 0.7)))
    assert both.T.tolist() == [
        [100, 100, 300, 100, 0],
        [400, 100, 50, 50, pytest.approx(0.8)],
        [100, 100, 300, 100, pytest.approx(0.7)],
    ]


@pytest.mark.parametrize("rule", [EACH_CLASS_ALONE, VEHICLES])
def test_it_gives_the_boxes_that_the_graph_gives(rule: BoxRule) -> None:
    onnx = pytest.importorskip("onnx", reason="needs the extra test")
    import onnxruntime

    from models import graph as exported

    channels = rule.class_count + (rule.kind_power is not None)
    random = np.random.default_rng(5)
    output = np.concatenate(
        [random.uniform(0, 200, (2, 400)), random.uniform(20, 60, (2, 400)), random.uniform(0, 1, (channels, 400))]
    ).astype(np.float32)
    tensor = onnx.helper.make_tensor_value_info("raw", onnx.TensorProto.FLOAT, [1, 4 + channels, 400])
    threshold = onnx.helper.make_tensor_value_info("confidence", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["raw"], ["found"])], "core", [tensor, threshold], [tensor]
    )
    graph.output[0].name = "found"
    exported.add_suppression(graph, rule.class_count, rule.kind_power)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = {"raw": output[None], "confidence": np.float32([0.2])}
    xyxy, scores, classes = session.run(["xyxy", "score", "class"], feed)
    order = np.argsort(-scores, kind="stable")
    found = postprocess(output, rule, 0.2)
    np.testing.assert_allclose(found.scores, scores[order], rtol=1e-5)
    np.testing.assert_allclose(found.xyxy, xyxy[order], rtol=1e-5, atol=1e-4)
    assert found.classes.tolist() == classes[order].tolist()
