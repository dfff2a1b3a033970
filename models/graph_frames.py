"""What is put into a released graph so that it answers for whole frames: features to cells, cells to frame scores.

Like models/graph.py this edits an ONNX graph; the names of its tensors are those that the exporter gives.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper

from models.frame_head import ANSWERS, CELL_PX, FrameHead, FrameHeadError
from models.graph import constant, node

SURE = 1e-4  # a box score is held this far from 0 and 1, where its logit has no end


def add_cells(graph: onnx.GraphProto, layers: Sequence[str], strides: Sequence[int]) -> None:
    """`cells`, float32 (pictures, channels, rows, columns): the layers pooled to one grid.

    Raises:
        FrameHeadError: the graph has no such layer.
    """
    given = {output for each in graph.node for output in each.output}
    if missing := [layer for layer in layers if layer not in given]:
        raise FrameHeadError(f"the graph has no {', '.join(missing)}: correct `layers` of the head's config")
    parts = []
    for index, (layer, stride) in enumerate(zip(layers, strides, strict=True)):
        side = CELL_PX // stride
        if side == 1:
            parts.append(layer)
            continue
        for kind, pool in (("mean", "AveragePool"), ("most", "MaxPool")):
            parts.append(f"cells_{index}_{kind}")
            graph.node.append(node(pool, [layer], [parts[-1]], kernel_shape=[side, side], strides=[side, side]))
    graph.node.append(node("Concat", parts, ["cells"], axis=1))


def add_frame_scores(graph: onnx.GraphProto, head: FrameHead) -> None:
    """Answers for the whole frame, as further outputs of a graph that has `channel_scores` of smoke and fire.

    The logit of a kind is a mix of what the head answers and the best score of a box; see `FrameHead.mix`. Padding
    counts as cells: it was there in training too.

    Outputs:
        frame_score: float32 (pictures, 2), smoke and fire.
        look_alike_score: float32 (pictures,), dust, fog, cloud, snow or exhaust.
        cell_score: float32 (pictures, 2, rows, columns), what the head says of each cell of CELL_PX pixels.

    Raises:
        FrameHeadError: the graph lacks what the head reads.
    """
    add_cells(graph, head.layers, head.strides)
    _add_head(graph, head)
    kinds, answers = len(head.mix), len(ANSWERS)
    graph.initializer.extend(
        [
            constant("kinds_and_look_alike", np.int64([kinds, 1])),
            constant("least_sure", np.float32(SURE)),
            constant("most_sure", np.float32(1 - SURE)),
            constant("certain", np.float32(1)),
            constant("mix_of_answers", np.ascontiguousarray(head.mix[:, :answers].T)),
            constant("mix_of_box", head.mix[:, answers]),
            constant("mix_offset", head.mix[:, answers + 1]),
            constant("answer_axis", np.int64([1])),
        ]
    )
    graph.node.extend(
        [
            node("ReduceMax", ["channel_scores"], ["best_box"], axes=[2], keepdims=0),
            node("Clip", ["best_box", "least_sure", "most_sure"], ["best_box_unsure"]),
            node("Sub", ["certain", "best_box_unsure"], ["best_box_miss"]),
            node("Div", ["best_box_unsure", "best_box_miss"], ["best_box_odds"]),
            node("Log", ["best_box_odds"], ["box_logits"]),
            node("Mul", ["box_logits", "mix_of_box"], ["box_part"]),
            node("MatMul", ["frame_logits", "mix_of_answers"], ["answer_part"]),
            node("Add", ["answer_part", "box_part"], ["both_parts"]),
            node("Add", ["both_parts", "mix_offset"], ["mixed_logits"]),
            node("Sigmoid", ["mixed_logits"], ["frame_score"]),
            node("Split", ["frame_logits", "kinds_and_look_alike"], ["kind_logits", "look_alike_logit"], axis=1),
            node("Squeeze", ["look_alike_logit", "answer_axis"], ["look_alike_flat"]),
            node("Sigmoid", ["look_alike_flat"], ["look_alike_score"]),
            node("Split", ["cell_logits", "kinds_and_look_alike"], ["cell_kinds", "cell_look_alike"], axis=1),
            node("Sigmoid", ["cell_kinds"], ["cell_score"]),
        ]
    )
    for name, shape in (
        ("frame_score", ["pictures", kinds]),
        ("look_alike_score", ["pictures"]),
        ("cell_score", ["pictures", kinds, "rows", "columns"]),
    ):
        graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))


def _add_head(graph: onnx.GraphProto, head: FrameHead) -> None:
    """`frame_logits` (pictures, 3) and `cell_logits` (pictures, 3, rows, columns), the mean of the heads."""
    heads, hidden, channels = head.hidden_weight.shape
    answers = head.answer_weight.shape[1]
    mean = np.tile(np.eye(answers, dtype=np.float32), heads) / np.float32(heads)
    graph.initializer.extend(
        [
            constant("hidden_weight", head.hidden_weight.reshape(heads * hidden, channels, 1, 1)),
            constant("hidden_bias", head.hidden_bias.reshape(-1)),
            constant("answer_weight", head.answer_weight.reshape(heads * answers, hidden, 1, 1)),
            constant("answer_bias", head.answer_bias.reshape(-1)),
            constant("mean_of_heads", mean[:, :, None, None]),
            constant("mean_of_heads_flat", np.ascontiguousarray(mean.T)),
            constant("rows_axis", np.int64([2])),
            constant("after_columns", np.int64([4])),
        ]
    )
    graph.node.extend(
        [
            node("Conv", ["cells", "hidden_weight", "hidden_bias"], ["hidden"]),
            node("Sigmoid", ["hidden"], ["hidden_gate"]),
            node("Mul", ["hidden", "hidden_gate"], ["hidden_silu"]),
            node("Conv", ["hidden_silu", "answer_weight", "answer_bias"], ["head_cells"], group=heads),
            node("Conv", ["head_cells", "mean_of_heads"], ["cell_logits"]),
            node("ReduceLogSumExp", ["head_cells"], ["summed"], axes=[2, 3], keepdims=0),
            node("Shape", ["cells"], ["cells_shape"]),
            node("Slice", ["cells_shape", "rows_axis", "after_columns"], ["rows_and_columns"]),
            node("ReduceProd", ["rows_and_columns"], ["cell_count"], keepdims=0),
            node("Cast", ["cell_count"], ["cell_count_float"], to=TensorProto.FLOAT),
            node("Log", ["cell_count_float"], ["cell_count_log"]),
            node("Sub", ["summed", "cell_count_log"], ["head_frames"]),
            node("MatMul", ["head_frames", "mean_of_heads_flat"], ["frame_logits"]),
        ]
    )
