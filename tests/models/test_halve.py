"""What becomes of a graph in float16: which numbers are rounded, which are not, and what the released one finds."""

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs the extra test")

import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

from detector.clip import ClipReader  # noqa: E402
from detector.model import GRAPH_FILES, letterbox, networks_folder  # noqa: E402
from models.graph import constant  # noqa: E402
from models.halve import halved, rounded  # noqa: E402

DEMO = Path(__file__).parents[2] / "detector" / "demo" / "demo.mp4"
A_THIRD, A_TENTH = np.float32(1 / 3), np.float32(0.1)


def small_model() -> "onnx.ModelProto":
    """A layer of the network, twice as large, and what decoding makes of it; both use the same weight."""
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["images"], ["pixels"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["pixels", "third"], ["layer"], name="/model.1/Mul"),
            helper.make_node("Resize", ["layer", "", "scales"], ["larger"], name="/model.1/Resize", mode="nearest"),
            helper.make_node("Mul", ["larger", "tenth"], ["centre"], name="/model.23/Mul"),
            helper.make_node("Add", ["centre", "third"], ["xyxy"]),
        ],
        "g",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", 1, 2, 3])],
        [helper.make_tensor_value_info("xyxy", TensorProto.FLOAT, ["n", 1, 4, 3])],
        [constant("third", A_THIRD), constant("tenth", A_TENTH), constant("scales", np.float32([1, 1, 2, 1]))],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def run(model: "onnx.ModelProto", **inputs: np.ndarray) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(None, inputs)
    return found


def test_layers_are_rounded_to_float16_and_decoding_is_not() -> None:
    """The CPU provider leaves the rounding out where two operators of a layer follow each other."""
    images = np.arange(1, 7, dtype=np.uint8).reshape(1, 1, 2, 3)
    model = halved(small_model())
    onnx.checker.check_model(model, full_check=True)
    layer = (images.astype(np.float16) * np.float16(A_THIRD)).astype(np.float32).repeat(2, axis=2)
    [found], [on_the_cpu] = run(rounded(model), images=images), run(model, images=images)
    assert found.dtype == on_the_cpu.dtype == np.float32
    np.testing.assert_array_equal(found, layer * A_TENTH + A_THIRD)
    np.testing.assert_allclose(on_the_cpu, found, atol=1e-4)


def test_the_released_graph_is_made_of_the_released_float32_one() -> None:
    folder = networks_folder() / "vehicles"
    made = halved(onnx.load(folder / "model.onnx"))
    assert made.SerializeToString() == (folder / GRAPH_FILES["fp16"]).read_bytes(), "run models.halve again"


def test_it_finds_what_the_float32_one_finds() -> None:
    """To a quarter of a pixel of its input and half a hundredth of score, on pictures of the demo."""
    folder = networks_folder() / "vehicles"
    half = rounded(onnx.load(folder / GRAPH_FILES["fp16"]))
    with ClipReader(DEMO) as reader:
        canvases = [letterbox(frame.image, 640, 32)[0] for frame in reader if frame.index in (0, 200)]
    for canvas in canvases:
        inputs = {"images": canvas[None], "confidence": np.float32([0.4])}
        (_, boxes, scores, _), (_, xyxy, found, _) = (
            run(onnx.load(folder / "model.onnx"), **inputs),
            run(half, **inputs),
        )
        assert len(boxes) > 2
        assert len(xyxy) == len(boxes)
        np.testing.assert_allclose(xyxy[np.argsort(-found)], boxes[np.argsort(-scores)], atol=0.25)
        np.testing.assert_allclose(np.sort(found), np.sort(scores), atol=0.005)
