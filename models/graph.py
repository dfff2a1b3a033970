"""What is put around the bare network when it is released: pixels as they come in front, final boxes behind.

Everything here edits an ONNX graph whose input is float32 (n, 3, h, w) BGR 0..255 and whose output is
(n, 4 + channels, anchors): centre, width and height in input pixels, then one sigmoid a channel.
"""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.box_rule import JUST_OVER_ONE, LARGEST_AT_FULL_SIZE_PX, LEAST_ODDS, MOST_BOXES, OVERLAP_IOU

node = helper.make_node


def constant(name: str, value: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value), name)


def add_input_nodes(graph: onnx.GraphProto) -> None:
    """uint8 NHWC in front of the network."""
    float_input = graph.input[0].name
    for each in graph.node:
        each.input[:] = ["bgr" if name == float_input else name for name in each.input]
    nodes = [
        node("Transpose", ["images"], ["images_nchw"], perm=[0, 3, 1, 2]),
        node("Cast", ["images_nchw"], ["bgr"], to=TensorProto.FLOAT),
    ]
    for added in reversed(nodes):
        graph.node.insert(0, added)
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("images", TensorProto.UINT8, ["pictures", "height", "width", 3]))
    graph.input.append(helper.make_tensor_value_info("confidence", TensorProto.FLOAT, [1]))


def look_twice(graph: onnx.GraphProto) -> None:
    """Let the network look at the picture and at its half, with the same weights: small and large vehicles in one go.

    At full size only boxes up to LARGEST_AT_FULL_SIZE_PX count: what is larger is cut or doubted there and seen whole
    at half size. Costs a quarter more than one look. Height and width must be multiples of 64.
    """
    kept = {weight.name for weight in graph.initializer} | {""}
    output = graph.output[0].name
    half = [onnx.NodeProto.FromString(each.SerializeToString()) for each in graph.node if "bgr" not in each.output]
    half = [each for each in half if "images" not in each.input]
    for each in half:
        each.name = f"half/{each.name}" if each.name else ""
        each.input[:] = [name if name in kept else f"half/{name}" for name in each.input]
        each.output[:] = [f"half/{name}" if name else "" for name in each.output]
    graph.node.append(node("AveragePool", ["bgr"], ["half/bgr"], kernel_shape=[2, 2], strides=[2, 2]))
    graph.node.extend(half)
    channels = graph.output[0].type.tensor_type.shape.dim[1].dim_value
    graph.initializer.extend(
        [
            constant("look_split", np.int64([4, channels - 4])),
            constant("centre_and_size", np.int64([2, 2])),
            constant("twice", np.float32(2)),
            constant("largest_px", np.float32(LARGEST_AT_FULL_SIZE_PX)),
        ]
    )
    graph.node.extend(
        [
            node("Split", [output, "look_split"], ["full_boxes", "full_scores"], axis=1),
            node("Split", [f"half/{output}", "look_split"], ["half_boxes", "half_scores"], axis=1),
            node("Mul", ["half_boxes", "twice"], ["half_boxes_full_size"]),
            node("Split", ["full_boxes", "centre_and_size"], ["full_centre", "full_size"], axis=1),
            node("ReduceMax", ["full_size"], ["longest_side"], axes=[1], keepdims=1),
            node("Less", ["longest_side", "largest_px"], ["is_small"]),
            node("Cast", ["is_small"], ["small"], to=TensorProto.FLOAT),
            node("Mul", ["full_scores", "small"], ["full_scores_small"]),
            node("Concat", ["full_boxes", "half_boxes_full_size"], ["both_boxes"], axis=2),
            node("Concat", ["full_scores_small", "half_scores"], ["both_scores"], axis=2),
            node("Concat", ["both_boxes", "both_scores"], ["both_looks"], axis=1),
        ]
    )
    graph.output[0].name = "both_looks"


def softmax_as_sums(graph: onnx.GraphProto) -> None:
    """Write the softmax over the distances of a box side, and its mean, as exponentials and two sums.

    The same numbers but for rounding. ONNX Runtime takes a softmax along an axis that is not the last row by row of 16
    values, which is 6 % of the network; these run over whole tensors. Logits count from -80 to 80, so that no sum
    overflows or vanishes.
    """
    for softmax in [each for each in graph.node if each.op_type == "Softmax" and "/dfl/" in each.name]:
        mean = next(each for each in graph.node if softmax.output[0] in each.input)
        at = softmax.name
        [distances] = [numpy_helper.to_array(each) for each in graph.initializer if each.name == mean.input[1]]
        graph.initializer.extend(
            [
                constant(f"{at}/sums", np.concatenate([distances, np.ones_like(distances)])),
                constant(f"{at}/lowest", np.float32(-80)),
                constant(f"{at}/highest", np.float32(80)),
                constant(f"{at}/one_each", np.int64([1, 1])),
            ]
        )
        sums = [
            node("Clip", [softmax.input[0], f"{at}/lowest", f"{at}/highest"], [f"{at}/bounded"]),
            node("Exp", [f"{at}/bounded"], [f"{at}/odds"]),
            node("Conv", [f"{at}/odds", f"{at}/sums"], [f"{at}/both"], kernel_shape=[1, 1]),
            node("Split", [f"{at}/both", f"{at}/one_each"], [f"{at}/weighted", f"{at}/total"], axis=1),
            node("Div", [f"{at}/weighted", f"{at}/total"], [mean.output[0]]),
        ]
        place = list(graph.node).index(softmax)
        graph.node.remove(softmax)
        graph.node.remove(mean)
        for offset, added in enumerate(sums):
            added.name = f"{at}/{added.op_type}"
            graph.node.insert(place + offset, added)


def add_vehicle_scores(graph: onnx.GraphProto, kind_count: int, kind_power: float) -> None:
    """`best_score` and `best_class` of every anchor from the kinds and the last channel, "a vehicle".

    The kinds were trained as a softmax but leave the network as sigmoids, so their shares come from the odds. The score
    is that of "a vehicle" times the share of the likeliest kind to the power `kind_power`.
    """
    graph.initializer.extend(
        [
            constant("kind_split", np.int64([kind_count, 1])),
            constant("one_and_a_bit", np.float32(JUST_OVER_ONE)),
            constant("least_odds", np.float32(LEAST_ODDS)),
            constant("kind_axis", np.int64([1])),
            constant("kind_power", np.float32(kind_power)),
        ]
    )
    graph.node.extend(
        [
            node("Split", ["channel_scores", "kind_split"], ["kind_scores", "vehicle_score"], axis=1),
            node("Sub", ["one_and_a_bit", "kind_scores"], ["kind_misses"]),
            node("Div", ["kind_scores", "kind_misses"], ["kind_odds"]),
            node("ArgMax", ["kind_odds"], ["best_class"], axis=1, keepdims=0),
            node("ReduceMax", ["kind_odds"], ["best_odds"], axes=[1], keepdims=1),
            node("ReduceSum", ["kind_odds", "kind_axis"], ["odds_sum"], keepdims=1),
            node("Max", ["odds_sum", "least_odds"], ["odds_sum_above_zero"]),
            node("Div", ["best_odds", "odds_sum_above_zero"], ["kind_share"]),
            node("Pow", ["kind_share", "kind_power"], ["kind_factor"]),
            node("Mul", ["vehicle_score", "kind_factor"], ["best_score"]),
        ]
    )


def add_suppression(graph: onnx.GraphProto, class_count: int, kind_power: float | None) -> None:
    """Final boxes behind the network.

    With a `kind_power` the classes are kinds of vehicle: they suppress each other whatever their kind, or one vehicle
    of doubtful kind would be counted twice. Without, each class stands alone: smoke and fire lie on top of each other.
    """
    of_vehicles = kind_power is not None
    graph.initializer.extend(
        [
            constant("split_sizes", np.int64([4, class_count + of_vehicles])),
            constant("most_boxes", np.int64([MOST_BOXES])),
            constant("overlap_iou", np.float32([OVERLAP_IOU])),
        ]
    )
    graph.node.extend(
        [
            node("Split", [graph.output[0].name, "split_sizes"], ["centres_channels", "channel_scores"], axis=1),
            node("Transpose", ["centres_channels"], ["centres"], perm=[0, 2, 1]),
        ]
    )
    if kind_power is not None:
        add_vehicle_scores(graph, class_count, kind_power)
    scores = "best_score" if of_vehicles else "channel_scores"
    selected_by = ["centres", scores, "most_boxes", "overlap_iou", "confidence"]
    graph.node.append(node("NonMaxSuppression", selected_by, ["selected"], center_point_box=1))
    add_selected_boxes(graph)
    if of_vehicles:
        add_score_and_kind(graph)
    else:
        add_score_and_class(graph)
    name_outputs(graph)


def add_selected_boxes(graph: onnx.GraphProto) -> None:
    """`picture` and `xyxy` of the `selected` rows of picture, class and anchor, and their `anchor_index`."""
    graph.initializer.extend(
        [
            constant("picture_column", np.int64([0])),
            constant("picture_and_anchor", np.int64([0, 2])),
            constant("column_axis", np.int64([1])),
            constant("half_factor", np.float32(0.5)),
            constant("halves", np.int64([2, 2])),
        ]
    )
    graph.node.extend(
        [
            node("Gather", ["selected", "picture_column"], ["picture_of_box"], axis=1),
            node("Squeeze", ["picture_of_box", "column_axis"], ["picture"]),
            node("Gather", ["selected", "picture_and_anchor"], ["anchor_index"], axis=1),
            node("GatherND", ["centres", "anchor_index"], ["cxcywh"]),
            node("Split", ["cxcywh", "halves"], ["centre", "size"], axis=1),
            node("Mul", ["size", "half_factor"], ["half_size"]),
            node("Sub", ["centre", "half_size"], ["top_left"]),
            node("Add", ["centre", "half_size"], ["bottom_right"]),
            node("Concat", ["top_left", "bottom_right"], ["xyxy"], axis=1),
        ]
    )


def add_score_and_kind(graph: onnx.GraphProto) -> None:
    """`score` and `class` of the selected anchors, as `add_vehicle_scores` has them."""
    graph.node.extend(
        [
            node("Squeeze", ["best_score", "column_axis"], ["best_score_flat"]),
            node("GatherND", ["best_score_flat", "anchor_index"], ["score"]),
            node("GatherND", ["best_class", "anchor_index"], ["class"]),
        ]
    )


def add_score_and_class(graph: onnx.GraphProto) -> None:
    """`score` and `class` of the selected rows, where each class stands alone."""
    graph.initializer.append(constant("class_column", np.int64([1])))
    graph.node.extend(
        [
            node("GatherND", ["channel_scores", "selected"], ["score"]),
            node("Gather", ["selected", "class_column"], ["class_of_box"], axis=1),
            node("Squeeze", ["class_of_box", "column_axis"], ["class"]),
        ]
    )


def name_outputs(graph: onnx.GraphProto) -> None:
    del graph.output[:]
    for name, kind, shape in (
        ("picture", TensorProto.INT64, ["boxes"]),
        ("xyxy", TensorProto.FLOAT, ["boxes", 4]),
        ("score", TensorProto.FLOAT, ["boxes"]),
        ("class", TensorProto.INT64, ["boxes"]),
    ):
        graph.output.append(helper.make_tensor_value_info(name, kind, shape))
