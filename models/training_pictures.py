"""Which pictures a network is trained on, and how often each is drawn."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from datasets.classes import VEHICLE_CLASSES, VEHICLE_LABELS
from datasets.layout import BuiltPicture, LayoutError, read_layout
from models.scenes import Labelled


def training_pictures(built: Path, network: str) -> list[Labelled]:
    """The train part of what datasets/build.py wrote for one network, in a fixed order.

    Raises:
        LayoutError: nothing was built there, or a label of it says no box.
    """
    pictures = [picture for picture in read_layout(built, network) if picture.split == "train"]
    if not pictures:
        raise LayoutError(f"{built / network}: no training pictures; run datasets.build first")
    problems = [problem for picture in pictures for problem in picture.problems]
    if problems:
        raise LayoutError(f"{len(problems)} bad labels, the first {problems[0]}; run datasets.build again")
    return [Labelled(picture.path, picture.source, _corners(picture)) for picture in pictures]


def _corners(picture: BuiltPicture) -> NDArray[np.float32]:
    rows = [(box.class_index, *box.corners()) for box in picture.boxes]
    return np.array(rows, np.float32).reshape(-1, 5)


def draw_weights(
    pictures: Sequence[Labelled], sources: Mapping[str, float], rare: Mapping[str, Mapping[str, float]]
) -> NDArray[np.float64]:
    """How often each picture is drawn: by its source, and more if it shows a kind that is rare there; sums to 1."""
    weights = []
    for picture in pictures:
        kinds = {VEHICLE_LABELS[int(index)] for index in picture.boxes[:, 0]}
        factors = [factor for kind, factor in rare.get(picture.source, {}).items() if kind in kinds]
        weights.append(sources[picture.source] * max(factors, default=1.0))
    return np.array(weights) / np.sum(weights)


def kind_weights(pictures: Sequence[Labelled], weights: NDArray[np.float64]) -> torch.Tensor:
    """Weight of each kind in the loss: one over the root of how often it is drawn, 1 on average."""
    drawn = np.zeros(len(VEHICLE_LABELS))
    for picture, weight in zip(pictures, weights, strict=True):
        np.add.at(drawn, picture.boxes[:, 0].astype(int), weight)
    rarity = 1 / np.sqrt(np.maximum(drawn[: len(VEHICLE_CLASSES)], 1e-6))
    return torch.from_numpy(rarity / rarity.mean()).float()
