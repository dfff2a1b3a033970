"""Train one network from its config file; called again after an interruption, it goes on where it stopped.

    python -m models.train models/vehicles/train.yaml --built datasets/built --weights ../shared/weights

The result is `runs/<name>/weights/last.pt` and, where the config gives a `start_share`, `blended.pt` beside it: that
share of the weights that training began with, the rest of last.pt (models/blend.py). Called again after the end, only a
blended.pt that is missing is made. Validation is left to `models/evaluate.py`, which measures the exported network that
ships.
"""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--built", type=Path, required=True, help="what datasets/build.py wrote")
    parser.add_argument("--weights", type=Path, required=True, help="folder with the starting weights")
    return parser


def start_weights(folder: Path, pretrained: Path, name: str) -> Path:
    """Where training starts: a checkpoint beside the config, or one of the COCO-pretrained."""
    return folder / name if (folder / name).is_file() else pretrained / name


def has_ended(last: Path) -> bool:
    """Whether the run that writes this checkpoint is over; False where it has not begun."""
    if not last.exists():
        return False
    checkpoint = read_checkpoint(last)
    return bool(checkpoint["epoch"] == -1 or checkpoint["epoch"] + 1 >= checkpoint["train_args"]["epochs"])


def read_checkpoint(path: Path) -> dict[str, Any]:
    import torch

    checkpoint: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=False)
    return checkpoint


def train(config: Mapping[str, Any], network: str, data: Path, start: Path, last: Path) -> None:
    """Train from the start, or from the last epoch that is kept, to the end.

    Raises:
        BlendError: the config gives a `start_share`, but start and network differ in their shapes.
    """
    import torch

    from models.trainers import TRAINERS, SceneTrainer, train_in_bfloat16, use_every_core

    trainer_class = TRAINERS[network]
    if "start_share" in config:
        check_start(trainer_class.model_class, start, data, config["start_share"])
    on_gpu = torch.cuda.is_available()
    if not on_gpu:
        train_in_bfloat16()
    overrides = config["train"] | {
        "model": str(start),
        "data": str(data),
        "project": str(Path("runs").resolve()),
        "name": config["name"],
        "exist_ok": True,
        "device": 0 if on_gpu else "cpu",
        "workers": 8 if on_gpu else 1,
        "cache": "ram",
        "amp": on_gpu,
        "val": False,
        "plots": False,
        "deterministic": True,
    }
    if last.exists():
        overrides |= {"resume": str(last), "model": str(last)}
    SceneTrainer.sampling = config["sampling"]
    trainer = trainer_class(overrides=overrides)
    if not on_gpu:
        trainer.add_callback("on_train_start", use_every_core)
    trainer.train()


def check_start(model_class: Any, start: Path, data: Path, start_share: float) -> None:
    """Refuse a start that could not be blended, before the hours that training takes.

    Raises:
        BlendError: as `check_blendable`.
    """
    from datasets.layout import read_class_names
    from models.blend import check_blendable, network_of

    begun = network_of(read_checkpoint(start))
    to_train = model_class(begun.yaml, nc=len(read_class_names(data.parent)), verbose=False)
    to_train.load(begun, verbose=False)  # as the trainer does: it may give the head the width of the start's
    check_blendable(begun, to_train, start_share)


def write_blended(start: Path, last: Path, start_share: float) -> None:
    """Write blended.pt beside last.pt, whole or not at all."""
    import torch

    from models.blend import blend

    part = last.with_name("blended.pt.part")
    torch.save(blend(read_checkpoint(start), read_checkpoint(last), start_share), part)
    os.replace(part, last.with_name("blended.pt"))


def main() -> None:
    arguments = command_line().parse_args()
    config = yaml.safe_load(arguments.config.read_text())
    start = start_weights(arguments.config.parent, arguments.weights, config["weights"])
    last = Path("runs") / config["name"] / "weights" / "last.pt"
    finished = has_ended(last)
    if finished:
        print(f"{config['name']} is finished: see {last}")
    else:
        train(config, arguments.config.parent.name, arguments.built / config["data"], start, last)
    if "start_share" in config and not (finished and last.with_name("blended.pt").exists()):
        write_blended(start, last, config["start_share"])


if __name__ == "__main__":
    main()
