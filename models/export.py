"""Export a trained checkpoint to the released form: model.onnx, model.json and their line in manifest.json.

    python -m models.export models/vehicles runs/vehicles_3/weights/last.pt

The graph takes `images`, uint8 (pictures, height, width, 3) BGR, already letterboxed, with height and width multiples
of the `stride` in model.json (32, and 64 where it looks twice), and `confidence`, float32 (1,); it gives one row a box
over all pictures: `picture` int64 (n,), `xyxy` float32 (n, 4) in input pixels, `score` float32 (n,), `class` int64
(n,). Colour order and scaling are folded into the first convolution; non-maximum suppression is inside. Where
release.yaml names a `frame_head`, the graph also gives what models/graph_frames.py says.
"""

import argparse
import hashlib
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "1")
os.environ.setdefault("YOLO_AUTOINSTALL", "0")

import onnx
import torch
import yaml
from ultralytics import YOLO

from benchmarks.results import write_whole
from detector.model import GRAPH_FILES
from models.box_rule import BoxRule
from models.frame_head import read_head
from models.graph import add_input_nodes, add_suppression, look_twice
from models.graph_frames import add_frame_scores
from models.manifest import write_manifest

OPSET = 17


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
        yolo.model.pt_path = str(Path(folder) / "core.pt")  # the exporter writes beside it; saving would round to half
        path = yolo.export(format="onnx", imgsz=640, dynamic=True, simplify=True, opset=OPSET, verbose=False)
        return onnx.load(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="models/<network>: holds release.yaml, receives model.onnx")
    parser.add_argument("checkpoint", type=Path)
    arguments = parser.parse_args()
    release = yaml.safe_load((arguments.folder / "release.yaml").read_text())

    model = export_core(arguments.checkpoint)
    add_input_nodes(model.graph)
    rule = BoxRule.of(release)
    if rule.look_twice:
        look_twice(model.graph)
    add_suppression(model.graph, rule.class_count, rule.kind_power)
    if "frame_head" in release:
        sha256 = hashlib.sha256(arguments.checkpoint.read_bytes()).hexdigest()
        add_frame_scores(model.graph, read_head(arguments.folder / release["frame_head"], sha256))
    del model.graph.value_info[:]
    del model.metadata_props[:]  # the exporter's date: the same checkpoint shall give the same bytes
    onnx.checker.check_model(model, full_check=True)
    part = arguments.folder / "model.onnx.part"
    onnx.save(model, part)
    os.replace(part, arguments.folder / "model.onnx")
    for of_another in GRAPH_FILES.values():  # models/quantise.py and models/halve.py make them anew
        (arguments.folder / of_another).unlink(missing_ok=True)
    document = {key: value for key, value in release.items() if key != "graph"}
    write_whole(arguments.folder / "model.json", json.dumps(document, indent=2) + "\n")
    write_manifest(arguments.folder.parent)


if __name__ == "__main__":
    main()
