"""The released graph around a stand-in network that reads its boxes from the pixels."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs the extra test")

import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

from models.box_rule import LARGEST_AT_FULL_SIZE_PX  # noqa: E402
from models.graph import add_input_nodes, add_suppression, constant, look_twice  # noqa: E402

KINDS = 2


def core(boxes: list[list[float]], share_of_width: bool = False) -> "onnx.ModelProto":
    """A network that finds the same boxes everywhere: rows of cx, cy, w, h and channel scores.

    With `share_of_width` the boxes are shares of the input's width, so that a look at half size gives half the pixels.
    """
    rows = np.float32(boxes).T[None]
    unit = np.ones((1, rows.shape[1], 1), np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Shape", ["pixels"], ["shape"], start=3, end=4),
            helper.make_node("Cast", ["shape"], ["width"], to=TensorProto.FLOAT),
            helper.make_node("Where", ["is_place", "width", "one"], ["unit"]),
            helper.make_node("Mul", ["rows", "unit"], ["found"]),
        ],
        "core",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, ["n", rows.shape[1], rows.shape[2]])],
        [
            constant("rows", rows),
            constant("one", np.float32([1])),
            constant("is_place", (np.arange(rows.shape[1]) < 4)[None, :, None] & share_of_width & (unit > 0)),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def run(model: "onnx.ModelProto", side_px: int = 640, confidence: float = 0.1) -> dict[str, np.ndarray]:
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = ["picture", "xyxy", "score", "class"]
    images = np.zeros((1, side_px, side_px, 3), np.uint8)
    return dict(zip(names, session.run(names, {"images": images, "confidence": np.float32([confidence])}), strict=True))


def released(model: "onnx.ModelProto", kind_power: float | None, twice: bool = False) -> "onnx.ModelProto":
    add_input_nodes(model.graph)
    if twice:
        look_twice(model.graph)
    add_suppression(model.graph, KINDS, kind_power)
    return model


def test_a_vehicle_of_doubtful_kind_is_one_vehicle() -> None:
    found = run(released(core([[100, 100, 40, 20, 0.5, 0.4, 0.9], [101, 100, 40, 20, 0.4, 0.5, 0.8]]), kind_power=0.0))
    assert found["xyxy"].tolist() == [[80, 90, 120, 110]]
    assert found["score"] == pytest.approx([0.9])
    assert found["class"].tolist() == [0]


def test_with_a_kind_power_doubt_of_the_kind_lowers_the_score() -> None:
    """Odds of 1 to 1: each kind has half of it."""
    found = run(released(core([[100, 100, 40, 20, 0.5, 0.5, 0.8]]), kind_power=1.0))
    assert found["score"] == pytest.approx([0.4], abs=1e-4)


def test_a_kind_that_is_certain_gives_a_finite_score() -> None:
    found = run(released(core([[100, 100, 40, 20, 1.0, 0.0, 0.8]]), kind_power=0.5))
    assert found["score"] == pytest.approx([0.8], abs=1e-4)


def test_what_is_below_the_confidence_is_left_out() -> None:
    model = released(core([[100, 100, 40, 20, 0.9, 0.1, 0.3]]), kind_power=0.0)
    assert len(run(model, confidence=0.31)["score"]) == 0
    assert len(run(model, confidence=0.29)["score"]) == 1


def test_smoke_and_fire_lie_on_top_of_each_other() -> None:
    found = run(released(core([[100, 100, 40, 20, 0.7, 0.6]]), kind_power=None))
    assert sorted(found["class"].tolist()) == [0, 1]


def test_two_looks_find_small_ones_at_full_size_and_large_ones_at_half() -> None:
    """The stand-in finds the same share of the picture at both sizes; the large box must count only once, from half."""
    share = 0.5
    assert share * 1280 > LARGEST_AT_FULL_SIZE_PX
    once = run(released(core([[0.5, 0.5, share, share, 0.9, 0.1, 0.8]], True), 0.0), side_px=1280)
    assert len(once["score"]) == 1
    twice = run(released(core([[0.5, 0.5, share, share, 0.9, 0.1, 0.8]], True), 0.0, twice=True), side_px=1280)
    assert twice["xyxy"].tolist() == [[320, 320, 960, 960]]
    small = run(released(core([[0.5, 0.5, 0.1, 0.1, 0.9, 0.1, 0.8]], True), 0.0, twice=True), side_px=1280)
    assert small["xyxy"].tolist() == [[576, 576, 704, 704]]


def test_large_boxes_of_the_full_size_look_do_not_count() -> None:
    """Fixed pixels: at full size 400 px is dropped; at half size it is 800 px of the picture."""
    found = run(released(core([[300, 300, 400, 400, 0.9, 0.1, 0.8]]), 0.0, twice=True), side_px=1280)
    assert found["xyxy"].tolist() == [[200, 200, 1000, 1000]]
