"""The head in a graph against the same sums in numpy, around a stand-in network whose layers are averages of pixels."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs the extra test")

import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

from models.frame_head import FrameHead, FrameHeadError  # noqa: E402
from models.graph import add_input_nodes, add_suppression, constant  # noqa: E402
from models.graph_frames import add_frame_scores  # noqa: E402
from tests.models.test_frame_head import head  # noqa: E402

BOX_SCORES = (0.8, 0.25)  # of the one box: smoke, fire


def core() -> "onnx.ModelProto":
    """One box, and two layers: `fine` has one channel at stride 16, `coarse` three at stride 32."""
    box = np.float32([32, 32, 20, 20, *BOX_SCORES]).reshape(1, 6, 1)
    grey = np.full((1, 3, 1, 1), 1 / 3 / 255, np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["pixels", "grey"], ["luma"]),
            helper.make_node("AveragePool", ["luma"], ["fine"], kernel_shape=[16, 16], strides=[16, 16]),
            helper.make_node("Mul", ["pixels", "share"], ["shares"]),
            helper.make_node("AveragePool", ["shares"], ["coarse"], kernel_shape=[32, 32], strides=[32, 32]),
            helper.make_node("Identity", ["box"], ["found"]),
        ],
        "core",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, [1, 6, 1])],
        [constant("box", box), constant("grey", grey), constant("share", np.float32(1 / 255))],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def run(frame_head: FrameHead, picture: np.ndarray) -> list[np.ndarray]:
    model = core()
    add_input_nodes(model.graph)
    add_suppression(model.graph, 2, None)
    add_frame_scores(model.graph, frame_head)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    inputs = {"images": picture[None], "confidence": np.float32([0.5])}
    outputs: list[np.ndarray] = session.run(["frame_score", "look_alike_score", "cell_score", "score"], inputs)
    return outputs


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def pooled(picture: np.ndarray) -> np.ndarray:
    """(rows, columns, channels): mean and maximum of `fine`, then `coarse`."""
    shares = picture.astype(np.float64) / 255
    rows, columns = picture.shape[0] // 32, picture.shape[1] // 32
    fine = shares.mean(axis=2).reshape(rows * 2, 16, columns * 2, 16).mean(axis=(1, 3))
    fine = fine.reshape(rows, 2, columns, 2)
    coarse = shares.reshape(rows, 32, columns, 32, 3).mean(axis=(1, 3))
    return np.concatenate([fine.mean(axis=(1, 3))[..., None], fine.max(axis=(1, 3))[..., None], coarse], axis=2)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (160, 32)])
def test_the_graph_answers_what_the_sums_say(height: int, width: int) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    given = head()
    answers, cells = [], []
    for heads in range(2):
        hidden = pooled(picture) @ given.hidden_weight[heads].T + given.hidden_bias[heads]
        logits = (hidden * sigmoid(hidden)) @ given.answer_weight[heads].T + given.answer_bias[heads]
        cells.append(logits)
        answers.append(np.log(np.exp(logits).mean(axis=(0, 1))))
    of_head = np.mean(answers, axis=0)
    box = np.log(np.array(BOX_SCORES) / (1 - np.array(BOX_SCORES)))
    expected = sigmoid(given.mix[:, :3] @ of_head + given.mix[:, 3] * box + given.mix[:, 4])

    frame_score, look_alike_score, cell_score, _ = run(given, picture)
    np.testing.assert_allclose(frame_score, [expected], rtol=1e-4)
    np.testing.assert_allclose(look_alike_score, [sigmoid(of_head[2])], rtol=1e-4)
    np.testing.assert_allclose(cell_score[0], sigmoid(np.mean(cells, axis=0))[..., :2].transpose(2, 0, 1), rtol=1e-4)


def test_boxes_stay_as_they_were() -> None:
    scores = run(head(), np.zeros((64, 64, 3), np.uint8))[3]
    np.testing.assert_allclose(scores, [0.8])


def test_a_head_that_reads_a_layer_that_is_not_there_is_refused() -> None:
    model = core()
    model.graph.node[1].output[0] = "another"
    with pytest.raises(FrameHeadError, match="the graph has no fine: correct `layers`"):
        add_frame_scores(model.graph, head())
