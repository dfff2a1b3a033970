"""A network of a few thousand parameters, with layers, strides and head as those that are released."""

from pathlib import Path
from typing import Any

import torch
from ultralytics.nn.tasks import DetectionModel

LAYERS: dict[str, Any] = {
    "backbone": [[-1, 1, "Conv", [channels, 3, 2]] for channels in (8, 8, 16, 16, 16)],
    "head": [[[2, 3, 4], 1, "Detect", ["nc"]]],
}


def tiny_network(class_count: int, seed: int = 0, model_class: type[DetectionModel] = DetectionModel) -> DetectionModel:
    """With random weights, in float32, ready to look."""
    torch.manual_seed(seed)
    network = model_class({**LAYERS, "nc": class_count}, ch=3, verbose=False)
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):  # statistics that do not stand at 0 and 1
            layer.running_mean.uniform_(-0.1, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    return network.eval()


def finished(network: DetectionModel) -> dict[str, Any]:
    """A checkpoint of it, as ultralytics leaves it at the end of a training."""
    return {"epoch": -1, "model": network.half(), "ema": None, "optimizer": None, "train_args": {"epochs": 3}}


def write_checkpoint(path: Path, checkpoint: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint, path)
    return path
