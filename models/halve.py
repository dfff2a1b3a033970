"""Make the float16 graph of a released network, model.fp16.onnx beside model.onnx, and list it in manifest.json.

    python -m models.halve models/vehicles

For CUDA alone: ONNX Runtime's CPU provider computes it in float32. Pixels come in and boxes go out as in model.onnx;
from the distances of box sides on all is in float32, since float16 knows only every half pixel above 512 and every
whole one above 1024. ONNX Runtime's own converter (onnxruntime.transformers.float16) was tried and left: it rounds to
float16 between any two operators that are to stay in float32. Whether the graph may be used is measured by
models/precisions.py.
"""

import argparse
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from detector.model import GRAPH_FILES
from models.manifest import write_manifest
from models.quantise import name_nodes, nodes_in_float

BOX_DISTANCES = ("/model.23/dfl/",)
SCALES_OF_RESIZE = 2  # an input that stays in float32 whatever is resized


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The float16 graph of a released one, with the same inputs and outputs."""
    name_nodes(model.graph)
    in_float = set(nodes_in_float(model.graph, BOX_DISTANCES))
    made = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    graph = made.graph
    weights = {each.name: each for each in graph.initializer if each.data_type == TensorProto.FLOAT}
    floats = {each.name for each in graph.value_info if each.type.tensor_type.elem_type == TensorProto.FLOAT}
    halves = {name for each in graph.node if each.name not in in_float for name in each.output if name in floats}
    floats = (floats | weights.keys()) - halves
    nodes: list[onnx.NodeProto] = []
    casts: set[str] = set()
    half_weights: dict[str, onnx.TensorProto] = {}
    for each in graph.node:
        is_half = each.name not in in_float
        for place in _of_the_other_type(each, floats if is_half else halves):
            name = each.input[place]
            each.input[place] = other = f"{name}/{'half' if is_half else 'float'}"
            if name in weights:
                weight = numpy_helper.to_array(weights[name]).astype(np.float16)
                half_weights[other] = numpy_helper.from_array(weight, other)
            elif other not in casts:
                to = TensorProto.FLOAT16 if is_half else TensorProto.FLOAT
                nodes.append(helper.make_node("Cast", [name], [other], to=to, name=other))
                casts.add(other)
        nodes.append(each)
    _put(graph, nodes)
    _put_weights(graph, half_weights.values())
    del graph.value_info[:]
    return made


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """A float32 graph that gives what the float16 one gives where every operator rounds its result to float16.

    ONNX Runtime's CPU provider computes a float16 graph in float32 and rounds only between some of its operators; a GPU
    rounds between all that it does not fuse. Sums within an operator stay in float32 here.
    """
    made = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    graph = made.graph
    halves = {each.name for each in graph.value_info if each.type.tensor_type.elem_type == TensorProto.FLOAT16}
    for weight in graph.initializer:
        if weight.data_type == TensorProto.FLOAT16:
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float32), weight.name))
    _put(graph, [added for each in graph.node for added in _with_rounding(each, halves)])
    del graph.value_info[:]
    return made


def _with_rounding(node: onnx.NodeProto, halves: set[str]) -> Iterator[onnx.NodeProto]:
    outputs = list(node.output)
    node.output[:] = [f"{name}/exact" if name in halves else name for name in outputs]
    yield node
    for name in outputs:
        if name in halves:
            yield helper.make_node("Cast", [f"{name}/exact"], [f"{name}/rounded"], to=TensorProto.FLOAT16)
            yield helper.make_node("Cast", [f"{name}/rounded"], [name], to=TensorProto.FLOAT)


def _of_the_other_type(node: onnx.NodeProto, tensors: set[str]) -> list[int]:
    """Places of the inputs that are among the tensors, but for what no graph may hold in float16."""
    stays = {SCALES_OF_RESIZE} if node.op_type == "Resize" else set()
    return [place for place, name in enumerate(node.input) if name in tensors and place not in stays]


def _put_weights(graph: onnx.GraphProto, added: Iterable[onnx.TensorProto]) -> None:
    """Those that are still used, and the new ones."""
    used = {name for each in graph.node for name in each.input}
    kept = [*(each for each in graph.initializer if each.name in used), *added]
    copies = [onnx.TensorProto.FromString(each.SerializeToString()) for each in kept]
    del graph.initializer[:]
    graph.initializer.extend(copies)


def _put(graph: onnx.GraphProto, nodes: list[onnx.NodeProto]) -> None:
    copies = [onnx.NodeProto.FromString(each.SerializeToString()) for each in nodes]
    del graph.node[:]
    graph.node.extend(copies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="models/<network>: holds model.onnx, receives model.fp16.onnx")
    folder = parser.parse_args().folder
    made = halved(onnx.load(folder / "model.onnx"))
    onnx.checker.check_model(made, full_check=True)
    part = folder / f"{GRAPH_FILES['fp16']}.part"
    onnx.save(made, part)
    os.replace(part, folder / GRAPH_FILES["fp16"])
    write_manifest(folder.parent)


if __name__ == "__main__":
    main()
