"""Make the int8 graph of a released network, model.int8.onnx beside model.onnx, and list it in manifest.json.

    python -m models.quantise models/vehicles ../shared/datasets

Static quantisation by ONNX Runtime's own tool: 8-bit activations, 8-bit weights by channel. Ranges come from train
pictures only. Attention, box decoding and suppression stay in float32, and so do the first three layers: their values
reach a hundred times what is usual there, which leaves too few steps for the rest, and all later layers inherit the
error. Two things are our own, see models/README.md for what each brings:

- What enters a SiLU counts from -6 upwards: below it SiLU is 0 to within 0.015, and finer steps are left for the rest.
- A range ends where nine pictures in ten end, not at the brightest spot of one.

The softmax over the 16 distances of each box side is written as exponentials and sums, which this runtime computes in
a quarter of the time. Whether the graph may be used is measured by benchmarks/network_variants.py, not here.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationMethod, QuantType
from onnxruntime.quantization.calibrate import TensorData, TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

from datasets.pictures import find_pictures
from detector.model import GRAPH_FILES, letterbox
from models.graph import softmax_as_sums
from models.manifest import write_manifest
from models.truth import read_picture

SOURCES = {"mian": 20, "zem": 12, "visdrone": 20, "obulka": 12}  # how many train pictures of each are looked at
SIZE_PX, STRIDE = 640, 32
OPERATORS = ("Conv", "Mul", "Sigmoid", "Concat", "Add", "MaxPool", "Resize", "Split")
IN_FLOAT = ("/model.0/", "/model.1/", "/model.2/", "/model.10/m/m.0/attn/", "/model.23/dfl/")
SILU_FROM = -6.0
PICTURES_WITHIN = 0.9


def calibration_pictures(shared: Path) -> Iterator[NDArray[np.uint8]]:
    """Train pictures as the network sees them, evenly from each source, in a fixed order."""
    for source, count in SOURCES.items():
        pictures = list(find_pictures(shared / source / "images" / "train"))
        for index in np.linspace(0, len(pictures), count, endpoint=False).astype(int):
            yield letterbox(read_picture(pictures[index]), SIZE_PX, STRIDE)[0]


def name_nodes(graph: onnx.GraphProto) -> None:
    """Give every node a name: the quantiser tells them apart by it."""
    for index, each in enumerate(graph.node):
        each.name = each.name or f"decode/{index}"


def nodes_in_float(graph: onnx.GraphProto, layers: tuple[str, ...] = IN_FLOAT) -> list[str]:
    """Names of the nodes that stay as they are: all behind the last convolutions, and those of `layers`."""

    def is_kept(name: str) -> bool:
        layer = name.removeprefix("half/")
        in_a_layer = layer.startswith("/model.") and (not layer.startswith("/model.23/") or layer.count("/") > 2)
        return layer.startswith(layers) or not in_a_layer

    return [each.name for each in graph.node if is_kept(each.name)]


def ranges(model: onnx.ModelProto, names: Sequence[str], pictures: Iterator[NDArray[np.uint8]]) -> TensorsData:
    """Lowest and highest value of each tensor that 8 bits shall tell apart."""
    graph = onnx.ModelProto.FromString(model.SerializeToString())
    del graph.graph.output[:]
    graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
    lowest, highest = [], []
    for picture in pictures:
        tensors = session.run(None, {"images": picture[None], "confidence": np.ones(1, np.float32)})
        lowest.append([tensor.min() for tensor in tensors])
        highest.append([tensor.max() for tensor in tensors])
    low = np.minimum(np.min(lowest, axis=0), 0)
    high = np.maximum(np.quantile(highest, PICTURES_WITHIN, axis=0), 1e-3)
    into_silu = {each.input[0] for each in model.graph.node if each.op_type == "Sigmoid"}
    found = {
        name: TensorData(
            lowest=np.float32(max(of_low, SILU_FROM) if name in into_silu else of_low), highest=np.float32(of_high)
        )
        for name, of_low, of_high in zip(names, low, high, strict=True)
    }
    return TensorsData(CalibrationMethod.MinMax, found)


def quantised(model: onnx.ModelProto, pictures: Iterator[NDArray[np.uint8]]) -> onnx.ModelProto:
    """The int8 graph of a released one, with the same inputs and outputs."""
    name_nodes(model.graph)
    softmax_as_sums(model.graph)
    in_float = nodes_in_float(model.graph)
    inferred = onnx.shape_inference.infer_shapes(model)
    chosen = [n for n in inferred.graph.node if n.op_type in OPERATORS and n.name not in in_float]
    weights = {weight.name for weight in inferred.graph.initializer}
    names = list(dict.fromkeys(t for n in chosen for t in (*n.input, *n.output) if t and t not in weights))
    extra: dict[str, Any] = {"ActivationSymmetric": False}
    quantiser = QDQQuantizer(
        inferred,
        per_channel=True,
        reduce_range=False,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=ranges(model, names, pictures),
        nodes_to_quantize=[],
        nodes_to_exclude=in_float,
        op_types_to_quantize=list(OPERATORS),
        extra_options=extra,
    )
    quantiser.quantize_model()
    quantiser.model.topological_sort()
    made: onnx.ModelProto = quantiser.model.model
    del made.graph.value_info[:]
    del made.metadata_props[:]
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="models/<network>: holds model.onnx, receives model.int8.onnx")
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    made = quantised(onnx.load(arguments.folder / "model.onnx"), calibration_pictures(arguments.shared))
    onnx.checker.check_model(made, full_check=True)
    part = arguments.folder / f"{GRAPH_FILES['int8']}.part"
    onnx.save(made, part)
    os.replace(part, arguments.folder / GRAPH_FILES["int8"])
    write_manifest(arguments.folder.parent)


if __name__ == "__main__":
    main()
