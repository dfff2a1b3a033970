"""What goes into an int8 graph: which nodes, which ranges, which pictures; on graphs of a few nodes."""

from pathlib import Path

import cv2
import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs the extra test")

import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

from models import quantise  # noqa: E402
from models.graph import constant, softmax_as_sums  # noqa: E402


def test_pictures_come_from_train_only_and_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for split, grey in (("train", 10), ("val", 170)):
        (tmp_path / "mian" / "images" / split).mkdir(parents=True)
        for index in range(4):
            picture = np.full((72, 128, 3), grey + 20 * index, np.uint8)
            cv2.imwrite(str(tmp_path / "mian" / "images" / split / f"{index}.png"), picture)
    monkeypatch.setattr(quantise, "SOURCES", {"mian": 2})
    seen = list(quantise.calibration_pictures(tmp_path))
    assert [picture.shape for picture in seen] == [(384, 640, 3)] * 2
    assert [int(picture[192, 320, 0]) for picture in seen] == [10, 50]


def test_decoding_attention_and_the_first_layers_stay_in_float() -> None:
    names = {
        "/model.0/conv/Conv": True,
        "/model.2/cv1/conv/Conv": True,
        "half//model.2/cv1/conv/Conv": True,
        "/model.20/conv/Conv": False,
        "half//model.3/conv/Conv": False,
        "/model.10/m/m.0/attn/qkv/conv/Conv": True,
        "/model.23/cv2.0/cv2.0.2/Conv": False,
        "/model.23/dfl/conv/Conv": True,
        "/model.23/Concat_26": True,
        "decode/300": True,
    }
    graph = helper.make_graph([helper.make_node("Conv", ["x"], ["y"], name=name) for name in names], "g", [], [])
    assert quantise.nodes_in_float(graph) == [name for name, kept in names.items() if kept]


def silu_model() -> "onnx.ModelProto":
    """`wide`, ten times the pixel less 1000, and its SiLU."""
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["images"], ["pixels"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["pixels", "ten"], ["large"], name="large"),
            helper.make_node("Sub", ["large", "thousand"], ["wide"], name="wide"),
            helper.make_node("Sigmoid", ["wide"], ["gate"], name="gate"),
            helper.make_node("Mul", ["wide", "gate"], ["silu"], name="silu"),
        ],
        "g",
        [
            helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", "h", "w", 3]),
            helper.make_tensor_value_info("confidence", TensorProto.FLOAT, [1]),
        ],
        [helper.make_tensor_value_info("silu", TensorProto.FLOAT, ["n", "h", "w", 3])],
        [constant("ten", np.float32(10)), constant("thousand", np.float32(1000))],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def test_what_enters_a_silu_counts_from_minus_6_and_one_bright_picture_does_not_set_the_range() -> None:
    pictures = [np.full((2, 2, 3), grey, np.uint8) for grey in [0, *[110] * 18, 250]]
    found = quantise.ranges(silu_model(), ["wide", "silu"], iter(pictures))
    assert found["wide"].range_value == (-6, 100)
    assert found["silu"].range_value == (0, 100)


def test_the_mean_of_distances_is_the_same_without_softmax() -> None:
    distances = np.arange(4, dtype=np.float32).reshape(1, 4, 1, 1)
    graph = helper.make_graph(
        [
            helper.make_node("Softmax", ["logits"], ["shares"], name="/model.23/dfl/Softmax", axis=1),
            helper.make_node("Conv", ["shares", "distances"], ["mean"], name="/model.23/dfl/conv/Conv"),
        ],
        "g",
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4, 4, "anchors"])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, 1, 4, "anchors"])],
        [constant("distances", distances)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    logits = np.random.default_rng(0).normal(0, 5, (1, 4, 4, 30)).astype(np.float32)
    logits[..., 0], logits[..., 1] = 1e4, -1e4

    def run() -> np.ndarray:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, {"logits": logits})[0]

    before = run()
    softmax_as_sums(model.graph)
    onnx.checker.check_model(model, full_check=True)
    assert "Softmax" not in {each.op_type for each in model.graph.node}
    np.testing.assert_allclose(run(), before, atol=1e-5)
