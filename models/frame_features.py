"""Features of whole training pictures, for the head that judges frames: seen once, kept on disk.

A round shows every picture once: the first as it is, the others mirrored, cut and harmed as found footage is.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.random import Generator
from numpy.typing import NDArray
from onnx import TensorProto, helper

from datasets.classes import BOXED_KINDS, SMOKE_FIRE_CLASSES, SMOKE_FIRE_MAP
from datasets.frame_labels import read_frame_labels
from datasets.importers.roboflow_yolo import label_path, read_label, read_names
from datasets.labels import project_boxes
from datasets.pictures import find_pictures
from detector.model import letterbox
from models.degrade import degrade
from models.frame_head import ANSWERS, CELL_PX
from models.graph import add_input_nodes
from models.graph_frames import add_cells
from models.truth import read_picture

LOOK_ALIKES = frozenset({"dust", "fog", "cloud", "snow", "exhaust"})  # the others pass for fire, or for nothing
UNLIKE_SMOKE = frozenset({"", "orange", "overlay"})
LEAST_KEPT = {True: 0.7, False: 0.4}  # of each side's square, where a cut could lose what is shown, and where not


@dataclass(frozen=True)
class LabelledFrame:
    """A picture of train, its source, and what is known of it: 1, 0 or NaN for each of ANSWERS."""

    picture: Path
    source: str
    answers: tuple[float, ...]


def training_frames(shared: Path, boxed: Mapping[str, int], seed: int) -> list[LabelledFrame]:
    """Pictures of train labelled as a whole, then so many of each boxed source, drawn by the seed.

    Raises:
        datasets.tables.TableError: frame_labels.csv is not there or not of its form.
    """
    labels, _ = read_frame_labels(shared / "frame_labels.csv")
    frames = [
        LabelledFrame(shared / label.file, label.source, _answers(label.present, _look_alike(label.lookalike)))
        for label in labels.values()
        if label.split == "train"
    ]
    rng = np.random.default_rng(seed)
    for source, count in boxed.items():
        pictures = list(find_pictures(shared / source / "images" / "train"))
        names = read_names(shared / source / "data.yaml")
        for index in rng.permutation(len(pictures))[:count]:
            named, _ = read_label(label_path(pictures[index], shared / source), names)
            boxes = project_boxes(named, SMOKE_FIRE_MAP[source], SMOKE_FIRE_CLASSES)
            there = {SMOKE_FIRE_CLASSES[box.class_index] for box in boxes}
            present = {kind: kind in there for kind in BOXED_KINDS[source]}
            frames.append(LabelledFrame(pictures[index], source, _answers(present, None)))
    return frames


def _look_alike(name: str) -> bool | None:
    return True if name in LOOK_ALIKES else False if name in UNLIKE_SMOKE else None


def _answers(present: Mapping[str, bool], look_alike: bool | None) -> tuple[float, ...]:
    known = {**present, ANSWERS[-1]: look_alike}
    return tuple(np.nan if known.get(answer) is None else float(known[answer]) for answer in ANSWERS)


def shown(frame: LabelledFrame, round_index: int) -> NDArray[np.uint8]:
    """The picture as it is shown in a round, the same each time."""
    image = read_picture(frame.picture)
    if round_index == 0:
        return image
    rng = np.random.default_rng((zlib.crc32(f"{frame.source}/{frame.picture.name}".encode()), round_index))
    of_kinds = dict(zip(ANSWERS, frame.answers, strict=True))
    image = _cut(image, rng, LEAST_KEPT[of_kinds["smoke"] == 1 or of_kinds["fire"] == 1])
    if rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
    return degrade(image, rng, keep_colour=of_kinds["fire"] == 1)


def _cut(image: NDArray[np.uint8], rng: Generator, least: float) -> NDArray[np.uint8]:
    height, width = (int(side * np.sqrt(rng.uniform(least, 1))) for side in image.shape[:2])
    top, left = rng.integers(0, image.shape[0] - height + 1), rng.integers(0, image.shape[1] - width + 1)
    return np.ascontiguousarray(image[top : top + height, left : left + width])


class FeatureReader:
    """The detector's graph, cut off behind the cells.

    Args:
        core: as models.export.export_core gives it; it is changed.
    """

    def __init__(self, core: onnx.ModelProto, layers: Sequence[str], strides: Sequence[int], size_px: int) -> None:
        add_input_nodes(core.graph)
        add_cells(core.graph, layers, strides)
        del core.graph.output[:]
        core.graph.output.append(helper.make_tensor_value_info("cells", TensorProto.FLOAT, None))
        del core.graph.value_info[:]
        confidence = next(given for given in core.graph.input if given.name == "confidence")
        core.graph.input.remove(confidence)  # of the boxes, which are not looked for here
        self._session = onnxruntime.InferenceSession(core.SerializeToString(), providers=["CPUExecutionProvider"])
        self._size_px = size_px

    def cells(self, image: NDArray[np.uint8]) -> NDArray[np.float16]:
        """(cells, channels) of one picture, (height, width, 3) uint8 BGR."""
        canvas, _ = letterbox(image, self._size_px, CELL_PX)
        [[cells]] = self._session.run(["cells"], {"images": canvas[None]})
        return np.ascontiguousarray(cells.reshape(len(cells), -1).T).astype(np.float16)


def features(frames: Sequence[LabelledFrame], reader: Any, rounds: int, kept: Path) -> Iterator[NDArray[np.float16]]:
    """Cells of every frame in every round, round by round.

    Args:
        reader: a FeatureReader.
        kept: folder for what was seen; what is there already is not seen again. It must be of this reader alone.
    """
    for round_index in range(rounds):
        for frame in frames:
            path = kept / f"{frame.source}_{frame.picture.stem}_{round_index}.npy"
            if not path.exists():
                part = path.with_suffix(".part.npy")
                np.save(part, reader.cells(shown(frame, round_index)))
                part.replace(path)
            yield np.load(path)
