"""Export a trained checkpoint to the released form: model.onnx, model.json and their line in manifest.json.

    python -m models.export models/vehicles runs/vehicles/weights/last.pt

The graph takes `images`, uint8 (pictures, height, width, 3) BGR with height and width multiples of 32, already
letterboxed, and `confidence`, float32 (1,); it gives one row a box over all pictures: `picture` int64 (n,), `xyxy`
float32 (n, 4) in input pixels, `score` float32 (n,), `class` int64 (n,). Colour order and scaling are folded into the
first convolution; non-maximum suppression is inside.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("YOLO_OFFLINE", "1")
os.environ.setdefault("YOLO_AUTOINSTALL", "0")

import numpy as np
import onnx
import torch
import yaml
from onnx import TensorProto, helper, numpy_helper
from ultralytics import YOLO

from models.manifest import write_manifest

OPSET = 17
MOST_BOXES = 600
OVERLAP_IOU = 0.6


def fold_preprocessing(model: torch.nn.Module) -> None:
    """Let the first convolution take BGR from 0 to 255 instead of RGB from 0 to 1: the same numbers come out."""
    weight = model.model[0].conv.weight
    weight.data = weight.data.flip(1) / 255.0


def export_core(checkpoint: Path) -> onnx.ModelProto:
    """The network itself: float32 (n, 3, h, w) BGR 0..255 in, (n, 4 + classes, anchors) out, any size."""
    yolo = YOLO(str(checkpoint))
    yolo.model.float().fuse()
    fold_preprocessing(yolo.model)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "core.pt"
        yolo.save(str(copy))
        path = YOLO(str(copy)).export(format="onnx", imgsz=640, dynamic=True, simplify=True, opset=OPSET, verbose=False)
        return onnx.load(path)


def constant(name: str, value: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value), name)


def add_input_nodes(graph: onnx.GraphProto) -> None:
    """uint8 NHWC in front of the core."""
    core_input = graph.input[0].name
    for node in graph.node:
        node.input[:] = ["bgr" if name == core_input else name for name in node.input]
    nodes = [
        helper.make_node("Transpose", ["images"], ["images_nchw"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["images_nchw"], ["bgr"], to=TensorProto.FLOAT),
    ]
    for node in reversed(nodes):
        graph.node.insert(0, node)
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("images", TensorProto.UINT8, ["pictures", "height", "width", 3]))
    graph.input.append(helper.make_tensor_value_info("confidence", TensorProto.FLOAT, [1]))


def add_suppression(graph: onnx.GraphProto, class_count: int, class_agnostic: bool) -> None:
    """Final boxes behind the core.

    Vehicles suppress each other whatever their class, or one vehicle of doubtful class would be counted twice; smoke
    and fire lie on top of each other and do not.
    """
    core_output = graph.output[0].name
    graph.initializer.extend(
        [
            constant("split_sizes", np.int64([4, class_count])),
            constant("most_boxes", np.int64([MOST_BOXES])),
            constant("overlap_iou", np.float32([OVERLAP_IOU])),
            constant("picture_column", np.int64([0])),
            constant("picture_and_anchor", np.int64([0, 2])),
            constant("column_axis", np.int64([1])),
            constant("half", np.float32(0.5)),
            constant("halves", np.int64([2, 2])),
        ]
    )
    node = helper.make_node
    nodes = [
        node("Split", [core_output, "split_sizes"], ["centres_channels", "class_scores"], axis=1),
        node("Transpose", ["centres_channels"], ["centres"], perm=[0, 2, 1]),
        node("ArgMax", ["class_scores"], ["best_class"], axis=1, keepdims=0),
        node("ReduceMax", ["class_scores"], ["best_score"], axes=[1], keepdims=1),
        node(
            "NonMaxSuppression",
            ["centres", "best_score" if class_agnostic else "class_scores", "most_boxes", "overlap_iou", "confidence"],
            ["selected"],
            center_point_box=1,
        ),
        node("Gather", ["selected", "picture_column"], ["picture_of_box"], axis=1),
        node("Squeeze", ["picture_of_box", "column_axis"], ["picture"]),
        node("Gather", ["selected", "picture_and_anchor"], ["anchor_index"], axis=1),
        node("GatherND", ["centres", "anchor_index"], ["cxcywh"]),
        node("Split", ["cxcywh", "halves"], ["centre", "size"], axis=1),
        node("Mul", ["size", "half"], ["half_size"]),
        node("Sub", ["centre", "half_size"], ["top_left"]),
        node("Add", ["centre", "half_size"], ["bottom_right"]),
        node("Concat", ["top_left", "bottom_right"], ["xyxy"], axis=1),
    ]
    if class_agnostic:
        graph.initializer.append(constant("only_class", np.int64([1])))
        nodes += [
            node("Squeeze", ["best_score", "only_class"], ["best_score_flat"]),
            node("GatherND", ["best_score_flat", "anchor_index"], ["score"]),
            node("GatherND", ["best_class", "anchor_index"], ["class"]),
        ]
    else:
        graph.initializer.append(constant("class_column", np.int64([1])))
        nodes += [
            node("GatherND", ["class_scores", "selected"], ["score"]),
            node("Gather", ["selected", "class_column"], ["class_of_box"], axis=1),
            node("Squeeze", ["class_of_box", "column_axis"], ["class"]),
        ]
    graph.node.extend(nodes)
    del graph.output[:]
    for name, kind, shape in (
        ("picture", TensorProto.INT64, ["boxes"]),
        ("xyxy", TensorProto.FLOAT, ["boxes", 4]),
        ("score", TensorProto.FLOAT, ["boxes"]),
        ("class", TensorProto.INT64, ["boxes"]),
    ):
        graph.output.append(helper.make_tensor_value_info(name, kind, shape))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="models/<network>: holds release.yaml, receives model.onnx")
    parser.add_argument("checkpoint", type=Path)
    arguments = parser.parse_args()
    release = yaml.safe_load((arguments.folder / "release.yaml").read_text())

    model = export_core(arguments.checkpoint)
    add_input_nodes(model.graph)
    add_suppression(model.graph, len(release["classes"]), release["class_agnostic_suppression"])
    del model.graph.value_info[:]
    del model.metadata_props[:]  # the exporter's date: the same checkpoint shall give the same bytes
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, arguments.folder / "model.onnx")
    document = {key: value for key, value in release.items() if key != "class_agnostic_suppression"}
    (arguments.folder / "model.json").write_text(json.dumps(document, indent=2) + "\n")
    write_manifest(arguments.folder.parent)


if __name__ == "__main__":
    main()
