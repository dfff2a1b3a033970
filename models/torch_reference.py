"""The checkpoint itself in torch, as the exported network's control: same pictures, same letterbox, same rule.

What differs is what the export touches: the layers are not fused, colour order and scaling are not folded into the
first convolution, and the boxes are chosen in numpy instead of in the graph (models/graph.py).
"""

import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "1")
os.environ.setdefault("YOLO_AUTOINSTALL", "0")

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.model import letterbox
from detector.model_card import ModelCard
from models.box_rule import (
    JUST_OVER_ONE,
    LARGEST_AT_FULL_SIZE_PX,
    LEAST_ODDS,
    MOST_BOXES,
    OVERLAP_IOU,
    BoxRule,
)
from models.metrics import iou


def both_looks(full: NDArray[np.floating], half: NDArray[np.floating]) -> NDArray[np.floating]:
    """Raw output of a picture and of its half as one: large boxes are the half-size look's to find.

    Args:
        full: (4 + channels, anchors), boxes as centre and size in pixels of the network's input.
        half: the same of the half-size picture, in its pixels.
    """
    small = full[2:4].max(axis=0) < LARGEST_AT_FULL_SIZE_PX
    full = np.concatenate([full[:4], full[4:] * small])
    return np.concatenate([full, np.concatenate([half[:4] * 2, half[4:]])], axis=1)


def postprocess(raw: NDArray[np.floating], rule: BoxRule, confidence: float) -> Detections:
    """Final boxes of one picture, in pixels of the network's input, best score first.

    Args:
        raw: (4 + channels, anchors), boxes as centre and size, then scores.
        confidence: what does not score more is dropped.
    """
    centres, half, channels = raw[:2].T, raw[2:4].T / 2, raw[4:].T
    xyxy = np.concatenate([centres - half, centres + half], axis=1)
    if rule.kind_power is not None:
        scores, classes = vehicle_scores(channels, rule.kind_power)
        anchors = suppress(xyxy, scores, confidence)
        return Detections(xyxy[anchors], scores[anchors], classes[anchors])
    kept = [suppress(xyxy, channels[:, index], confidence) for index in range(rule.class_count)]
    anchors = np.concatenate(kept)
    classes = np.repeat(np.arange(rule.class_count), [len(of_class) for of_class in kept])
    found = Detections(xyxy[anchors], channels[anchors, classes], classes)
    return found[np.argsort(-found.scores, kind="stable")]


def vehicle_scores(channels: NDArray[np.floating], kind_power: float) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """Score and kind of every anchor: "a vehicle" times the share of the likeliest kind to the power `kind_power`.

    Args:
        channels: (anchors, kinds + 1) sigmoids, the last one of "a vehicle". The kinds were trained as a softmax, so
            their shares come from the odds.
    """
    odds = channels[:, :-1] / (np.float32(JUST_OVER_ONE) - channels[:, :-1])
    share = odds.max(axis=1) / np.maximum(odds.sum(axis=1), np.float32(LEAST_ODDS))
    return channels[:, -1] * share ** np.float32(kind_power), odds.argmax(axis=1)


def suppress(xyxy: NDArray[np.floating], scores: NDArray[np.floating], confidence: float) -> NDArray[np.int64]:
    """Greedy non-maximum suppression as ONNX defines it: indices of the boxes that stay, best score first."""
    candidates = np.flatnonzero(scores > confidence)
    candidates = candidates[np.argsort(-scores[candidates], kind="stable")]
    kept: list[int] = []
    while len(candidates) and len(kept) < MOST_BOXES:
        best, candidates = candidates[0], candidates[1:]
        kept.append(int(best))
        candidates = candidates[iou(xyxy[[best]], xyxy[candidates])[0] <= OVERLAP_IOU]
    return np.array(kept, np.int64)


class TorchNetwork:
    """A checkpoint that looks at pictures as `detector.model.Network` does.

    Attributes:
        card: what model.json says of the exported network.
    """

    def __init__(self, checkpoint: Path, card: ModelCard, rule: BoxRule) -> None:
        from ultralytics import YOLO  # extra `train`

        self.card = card
        self._rule = rule
        self._model = YOLO(str(checkpoint)).model.float().eval()

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        """As `Network.detect`."""
        threshold = self.card.threshold().confidence if confidence is None else confidence
        return [self._detect_one(image, threshold, size_px or self.card.size_px) for image in images]

    def _detect_one(self, image: NDArray[np.uint8], confidence: float, size_px: int) -> Detections:
        canvas, place = letterbox(image, size_px, self.card.stride)
        found = postprocess(self._raw(canvas), self._rule, confidence)
        height, width = image.shape[:2]
        shift, scale = np.array([place.left_px, place.top_px] * 2), np.array([place.scale_x, place.scale_y] * 2)
        xyxy = np.clip((found.xyxy - shift) / scale, 0, np.array([width, height] * 2))
        return Detections(xyxy.astype(np.float32), found.scores, found.classes)

    def _raw(self, canvas: NDArray[np.uint8]) -> NDArray[np.floating]:
        import torch

        rgb = torch.from_numpy(np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1))[None]).float() / 255
        with torch.inference_mode():
            full = self._model(rgb)[0][0].numpy()
            if not self._rule.look_twice:
                return np.asarray(full)
            half = self._model(torch.nn.functional.avg_pool2d(rgb, 2))[0][0].numpy()
        return both_looks(full, half)
