"""What `model.json` says of a network, read and checked: classes, input, operating thresholds.

This module opens no graph and no file; `model.py` hands it the bytes it has checked against the manifest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ThresholdName = Literal["conservative", "typical"]
REMEDY = "install detect again, or correct the file and write the manifest anew"


class ModelError(RuntimeError):
    """The network asked for cannot be had or is not what its manifest says."""


@dataclass(frozen=True)
class Threshold:
    """One operating point of a network; how it was chosen stands in model.json.

    Attributes:
        confidence: score from 0 to 1 at which a detection counts.
        frame: for networks that judge whole frames: score of each class at which a frame is flagged; else empty.
    """

    confidence: float
    frame: Mapping[str, float]


@dataclass(frozen=True)
class FrameCalibration:
    """What share of frames shows a kind, by their score: a line through log odds, fitted on val (Platt 1999)."""

    slope: float
    offset: float

    def share_true(self, score: float) -> float:
        """From 0 to 1."""
        return float(1 / (1 + np.exp(-self.slope * log_odds(np.array(score)) - self.offset)))


def log_odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of scores from 0 to 1, those next to the ends drawn in."""
    inside = np.clip(scores, 0.005, 0.995)
    return np.asarray(np.log(inside / (1 - inside)))


@dataclass(frozen=True)
class ModelCard:
    """What `model.json` says of a network.

    Attributes:
        name: the folder's name.
        classes: class names, in the order of the graph's class indices.
        size_px: longest side of the input that the network is used at unless told otherwise.
        stride: both sides of the input are multiples of this.
        thresholds: by name; "typical" is always there.
        sha256: of model.onnx.
        judges_frames: the graph also answers for whole frames.
        frame_calibration: by class, for networks that judge whole frames; without one a score stands for itself.
        precisions: what it may compute in besides float32 without being asked, for it loses next to nothing on val.
    """

    name: str
    classes: tuple[str, ...]
    size_px: int
    stride: int
    thresholds: Mapping[str, Threshold]
    sha256: str
    judges_frames: bool = False
    frame_calibration: Mapping[str, FrameCalibration] = field(default_factory=dict)
    precisions: tuple[str, ...] = ()

    def threshold(self, name: ThresholdName = "typical") -> Threshold:
        """The operating point of this name.

        Raises:
            ModelError: the network has none of this name.
        """
        if name not in self.thresholds:
            raise ModelError(
                f"network {self.name}: its model.json has no {name} threshold, only "
                f"{', '.join(sorted(self.thresholds))}; choose one of these or a network that has it"
            )
        return self.thresholds[name]


def read_card(file: Path, content: bytes, sha256: str) -> ModelCard:
    """The card of a network.

    Args:
        file: where model.json lies, for the name of its folder and for messages.
        content: its bytes.
        sha256: of the graph beside it.

    Raises:
        ModelError: something is missing or is not what it should be.
    """
    try:
        document = json.loads(content)
        classes, size = _names(f"{file}: classes", document["classes"]), document["input"]
        card = ModelCard(
            name=file.parent.name,
            classes=tuple(classes),
            size_px=_pixels(f"{file}: input.size_px", size["size_px"]),
            stride=_pixels(f"{file}: input.stride", size["stride"]),
            thresholds={
                str(name): _threshold(f"{file}: thresholds.{name}", value, classes)
                for name, value in document["thresholds"].items()
            },
            sha256=sha256,
            judges_frames="frame_head" in document,
            frame_calibration={
                kind: FrameCalibration(float(line["slope"]), float(line["offset"]))
                for kind, line in document.get("frame_calibration", {}).items()
            },
            precisions=tuple(document.get("precisions", {})),
        )
    except (RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{file}: this is no model card, or one with parts missing ({error!r}); {REMEDY}") from error
    if card.size_px % card.stride:
        raise ModelError(f"{file}: size_px {card.size_px} is no multiple of stride {card.stride}; {REMEDY}")
    if "typical" not in card.thresholds:
        raise ModelError(f"{file}: thresholds has no typical one; {REMEDY}")
    return card


def _names(place: str, value: Any) -> list[str]:
    names = isinstance(value, list) and all(isinstance(name, str) and name for name in value)
    if not names or not value or len(set(value)) < len(value):
        raise ModelError(f"{place} is {value!r}, not a list of names, each once; {REMEDY}")
    return list(value)


def _pixels(place: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ModelError(f"{place} is {value!r}, not a whole number above 0; {REMEDY}")
    return value


def _threshold(place: str, value: Any, classes: list[str]) -> Threshold:
    if not isinstance(value, dict):
        raise ModelError(f"{place} is {value!r}, not an object with a confidence; {REMEDY}")
    frame = value.get("frame", {})
    if not isinstance(frame, dict) or (frame and set(frame) != set(classes)):
        raise ModelError(f"{place}.frame is {frame!r}, not one score for each of {', '.join(classes)}; {REMEDY}")
    return Threshold(
        _score(f"{place}.confidence", value.get("confidence")),
        {kind: _score(f"{place}.frame.{kind}", score) for kind, score in frame.items()},
    )


def _score(place: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        raise ModelError(f"{place} is {value!r}, not a number between 0 and 1; {REMEDY}")
    return float(value)
