"""Released networks: a folder checked against its SHA-256, a session on a device; pictures in, `Detections` out.

The graph holds everything but the letterbox (see models/export.py): uint8 NHWC BGR in, final boxes out.
This module knows nothing of video or time.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections, FrameScores
from detector.device import Device, DeviceError, Graphs, open_session
from detector.model_card import ModelCard, read_card
from detector.model_card import ModelError as ModelError
from detector.wish import DeviceName, Precision, Wish

BOX_OUTPUTS = ("xyxy", "score", "class")
FRAME_OUTPUTS = ("frame_score", "look_alike_score", "cell_score")
GRAPH_FILES: dict[Precision, str] = {"int8": "model.int8.onnx", "fp16": "model.fp16.onnx"}
"""By precision, graphs that may lie beside model.onnx."""
BATCH_ON_CUDA = 8  # pictures of one size in one run; on the CPU one after the other is as fast
PADDING_GREY = 114  # what the networks saw around their training pictures
# What makes ONNX Runtime open other files: weights kept outside the graph, and graphs compiled beforehand.
POINTS_ELSEWHERE = {b"\x0a\x08location": "weights in another file", b"EPContext": "a compiled graph in another file"}
RELEASED = {"fast": "vehicles", "accurate": "vehicles_accurate", "default": "vehicles"}
"""Names that a user may give, and the folders of the released networks that they stand for."""


def networks_folder() -> Path:
    """Where the released networks lie: inside the installed package, or models/ of a source tree."""
    installed = Path(__file__).parent / "networks"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "models"


def load_network(
    name: str | Path = "fast", device: DeviceName = "auto", threads: int | None = None, precision: Precision = "auto"
) -> "Network":
    """Open a network.

    Args:
        name: "fast" or "accurate" for the released vehicle networks ("default" is "fast"), the folder name of a
            released network ("smoke_fire"), or a folder with model.onnx and model.json, whose parent folder or itself
            holds the manifest.json that lists their SHA-256.
        device: "cpu", "cuda", "cuda:1" for the second of several, or "auto" for CUDA where a session really runs there.
        threads: how many share one picture on the CPU; None for one a core. The boxes are the same for any number.
        precision: what to compute in: "fp32", "int8" and "bf16" on the CPU, "fp16" on CUDA, or "auto" for the fastest
            in which it is released and that runs here.

    Raises:
        ModelError: no such network, a file that does not match its manifest, a card that makes no sense, or a graph
            that takes or gives something else than `Network` does.
        DeviceError: the device or precision cannot be had.
        ValueError: no such device, or no thread.
    """
    wish = Wish(device, precision, threads)
    folder = _find_folder(name)
    graphs, card = _read_checked(folder)
    try:
        session, chosen = open_session(graphs, wish, _look_at_black)
        problem = _layout_problem(session, card)
    except DeviceError:
        raise
    except Exception as error:  # ONNX Runtime has a dozen kinds of its own
        session, problem = None, f"cannot be opened ({str(error).splitlines()[0]})"
    if problem:
        raise ModelError(f"{folder}: its graph {problem}; export it again with models/export.py")
    if chosen.precision in graphs.others:
        card = replace(card, sha256=hashlib.sha256(graphs.others[chosen.precision]).hexdigest())
    return Network(card, session, chosen)


def load_card(name: str | Path = "fast") -> ModelCard:
    """What a network is and knows, its files checked as by `load_network`, without opening it.

    Raises:
        ModelError: as `load_network`.
    """
    return _read_checked(_find_folder(name))[1]


def _find_folder(name: str | Path) -> Path:
    released = networks_folder() / RELEASED.get(str(name), name)
    for folder in (released, Path(name)):
        if os.path.isfile(folder / "model.json"):  # unlike Path.is_file, False for a name that no file can have
            return folder.resolve()
    here = {path.parent.name for path in networks_folder().glob("*/model.json")}
    known = sorted(here | {alias for alias, folder_name in RELEASED.items() if folder_name in here} - {"default"})
    lacking = f" ({released} is not there)" if str(name) in RELEASED else ""
    raise ModelError(
        f"no network {str(name)!r}{lacking}: name one of {', '.join(known)}, or a folder with model.json in it"
    )


def _read_checked(folder: Path) -> tuple[Graphs, ModelCard]:
    manifest_file = next((f for f in (folder / "manifest.json", folder.parent / "manifest.json") if f.is_file()), None)
    if manifest_file is None:
        raise ModelError(f"{folder}: no manifest.json beside the network, so its files cannot be checked")
    try:
        manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
        listed = manifest["networks"][folder.name]
        others = {precision: file for precision, file in GRAPH_FILES.items() if file in listed}
        files = ("model.onnx", "model.json", *others.values())
        hashes = {file: str(listed[file]) for file in files}
        contents = {file: (folder / file).read_bytes() for file in hashes}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder}: network or manifest cannot be read ({error!r}); install detect again") from error
    for file, content in contents.items():
        if hashlib.sha256(content).hexdigest() != hashes[file]:
            raise ModelError(
                f"{folder / file}: its SHA-256 is not the one in {manifest_file.name}: "
                "the file was changed or damaged; install detect again or correct the manifest"
            )
    card = read_card(folder / "model.json", contents.pop("model.json"), hashes["model.onnx"])
    for file, content in contents.items():
        for mark, what in POINTS_ELSEWHERE.items():
            if mark in content:
                raise ModelError(f"{folder / file}: asks for {what}, and no other file is opened; embed it")
    of_others = {precision: contents[file] for precision, file in others.items()}
    return Graphs(contents["model.onnx"], of_others, card.precisions), card


def _layout_problem(session: Any, card: ModelCard) -> str:
    """What a graph takes or gives that `Network` does not; empty if they fit."""
    taken = {each.name: (each.type, list(each.shape)) for each in session.get_inputs()}
    if set(taken) != {"images", "confidence"}:
        return f"takes {', '.join(taken) or 'nothing'}, not images and confidence"
    kind, shape = taken["images"]
    if kind != "tensor(uint8)" or len(shape) != 4 or shape[3] != 3:
        return f"takes images as {kind} {shape}, not as uint8 (pictures, height, width, 3)"
    kind, shape = taken["confidence"]
    if kind != "tensor(float)" or len(shape) != 1:
        return f"takes confidence as {kind} {shape}, not as float32 (1,)"
    asked = {*BOX_OUTPUTS, *(FRAME_OUTPUTS if card.judges_frames else ())}
    missing = sorted(asked - {each.name for each in session.get_outputs()})
    return f"does not give {', '.join(missing)}" if missing else ""


def _look_at_black(session: Any) -> None:
    """One run on a small black picture: a device that cannot do that is no device."""
    session.run(None, {"images": np.zeros((1, 64, 64, 3), np.uint8), "confidence": np.ones(1, np.float32)})


@dataclass(frozen=True)
class Letterbox:
    """How a picture lies in the network's input: scaled by `scale`, shifted by the padding."""

    scale_x: float
    scale_y: float
    left_px: int
    top_px: int

    def to_picture(self, xyxy: NDArray[np.float32], width_px: int, height_px: int) -> NDArray[np.float32]:
        """Boxes (n, 4) in pixels of the network's input as boxes in pixels of the picture, cut at its edges."""
        shift = np.array([self.left_px, self.top_px] * 2, np.float32)
        scale = np.array([self.scale_x, self.scale_y] * 2, np.float32)
        inside = np.clip((xyxy - shift) / scale, 0, np.array([width_px, height_px] * 2, np.float32))
        return np.asarray(inside, np.float32)


def letterbox(image: NDArray[np.uint8], size_px: int, stride: int) -> tuple[NDArray[np.uint8], Letterbox]:
    """Scale a picture so that its longest side is `size_px`, and pad both sides to multiples of `stride`."""
    height, width = image.shape[:2]
    scale = size_px / max(height, width)
    inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
    outer_width, outer_height = (-(-side // stride) * stride for side in (inner_width, inner_height))
    left, top = (outer_width - inner_width) // 2, (outer_height - inner_height) // 2
    canvas = np.full((outer_height, outer_width, 3), PADDING_GREY, np.uint8)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    inner = canvas[top : top + inner_height, left : left + inner_width]
    cv2.resize(image, (inner_width, inner_height), dst=inner, interpolation=interpolation)
    return canvas, Letterbox(inner_width / width, inner_height / height, left, top)


class Network:
    """One network on one device.

    Attributes:
        card: what model.json says.
        device: where it runs and why.
    """

    def __init__(self, card: ModelCard, session: Any, device: Device) -> None:
        self.card = card
        self.device = device
        self._session = session
        self._most_at_once = 1 if device.used == "cpu" else BATCH_ON_CUDA

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Class names; `Detections.classes` are indices into them."""
        return self.card.classes

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        """Find what this network knows in each picture. On CUDA those of one input size are looked at together.

        Args:
            images: pictures, (height, width, 3) uint8 BGR, of any size and not all of the same.
            confidence: lowest score to return; None for the network's typical threshold.
            size_px: longest side at which the network looks; None for the network's default. Larger finds smaller
                things and takes longer, with the square of the size.

        Returns:
            One `Detections` a picture, in pixels of the picture given, best score first. Of a network that judges
            whole frames it carries their `FrameScores`, whatever the confidence.

        Raises:
            ValueError: something that is no uint8 BGR picture.
            ModelError: the network gave numbers that are no boxes or scores: it is broken.
        """
        threshold = np.float32(self.card.threshold().confidence if confidence is None else confidence)
        placed = [_placed(image, size_px or self.card.size_px, self.card.stride) for image in images]
        found: dict[int, Detections] = {}
        for numbers in _of_one_size([canvas for canvas, _ in placed], self._most_at_once):
            answers = self._run([placed[number][0] for number in numbers], threshold)
            for number, answer in zip(numbers, answers, strict=True):
                found[number] = self._detections(answer, images[number], *placed[number])
        return [found[number] for number in range(len(images))]

    def _run(self, canvases: Sequence[NDArray[np.uint8]], threshold: np.float32) -> list[list[NDArray[Any]]]:
        """What the graph gives for each of some canvases of one size, by BOX_OUTPUTS and FRAME_OUTPUTS."""
        names = [*BOX_OUTPUTS, *(FRAME_OUTPUTS if self.card.judges_frames else ())]
        confidence = threshold.reshape(1)
        if len(canvases) == 1:
            return [self._session.run(names, {"images": canvases[0][None], "confidence": confidence})]
        inputs = {"images": np.stack(canvases), "confidence": confidence}
        picture, *outputs = self._session.run(["picture", *names], inputs)
        of_boxes, of_frames = outputs[: len(BOX_OUTPUTS)], outputs[len(BOX_OUTPUTS) :]
        return [
            [*(each[picture == number] for each in of_boxes), *(each[number : number + 1] for each in of_frames)]
            for number in range(len(canvases))
        ]

    def _detections(
        self, answer: list[NDArray[Any]], image: NDArray[np.uint8], canvas: NDArray[np.uint8], place: Letterbox
    ) -> Detections:
        xyxy, scores, classes, *of_frame = answer
        height, width = image.shape[:2]
        try:
            found = Detections(xyxy, scores, classes)
            frame = _frame_scores(of_frame, place, canvas.shape[0], (width, height)) if of_frame else None
        except ValueError as error:
            raise ModelError(
                f"network {self.card.name} gave boxes that cannot be ({error}); install detect again, "
                "or choose another with --model"
            ) from error
        found = found[np.argsort(-scores, kind="stable")]
        return Detections(place.to_picture(found.xyxy, width, height), found.scores, found.classes, frame)


def _placed(image: NDArray[np.uint8], size_px: int, stride: int) -> tuple[NDArray[np.uint8], Letterbox]:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"a picture must be (height, width, 3) uint8 BGR, not {image.shape} {image.dtype}")
    return letterbox(image, size_px, stride)


def _of_one_size(canvases: Sequence[NDArray[np.uint8]], most: int) -> Iterator[list[int]]:
    """The numbers of the canvases, those of the same size together, but no more than `most`."""
    by_size = defaultdict(list)
    for number, canvas in enumerate(canvases):
        by_size[canvas.shape].append(number)
    for numbers in by_size.values():
        for start in range(0, len(numbers), most):
            yield numbers[start : start + most]


def _frame_scores(
    outputs: Sequence[NDArray[np.float32]], place: Letterbox, canvas_height_px: int, size_px: tuple[int, int]
) -> FrameScores:
    """The answers for one frame from FRAME_OUTPUTS, each with a first axis of one picture.

    Args:
        size_px: width and height of the picture.

    Raises:
        ValueError: a number is not finite.
    """
    [scores], [look_alike], [cells] = outputs
    cell_px = canvas_height_px / cells.shape[1]
    boxes = np.array([_strong_cells(of_kind) for of_kind in cells], np.float32) * np.float32(cell_px)
    return FrameScores(scores, place.to_picture(boxes, *size_px), float(look_alike))


def _strong_cells(cells: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the cells that reach half the highest score; (rows, columns)."""
    rows, columns = np.nonzero(cells >= cells.max() / 2)
    if not len(rows):
        raise ValueError("scores of cells are not finite")
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
