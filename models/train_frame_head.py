"""Train the head that judges whole frames of smoke and fire, on features of the trained network, which stays as it is.

    python -m models.train_frame_head models/smoke_fire/head.yaml SOURCES runs/smoke_fire_2/weights/blended.pt

Writes the .npz that the config names, beside the config; models/export.py puts it into the graph. Features are kept
below runs/<name>/: called again after an interruption, only the pictures that are missing are looked at.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from models.frame_features import FeatureReader, LabelledFrame, features, training_frames
from models.frame_head import ANSWERS, FrameHead, write_head

DEVIATION_FLOOR = 0.05  # added to each channel's deviation: channels that are nearly silent are not blown up
CELLS_OF_A_PICTURE = slice(None, None, 9)  # those that the principal components are found on
SURENESS = 0.98  # a label of 1 asks for 0.99: a few of them are wrong


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    parser.add_argument("checkpoint", type=Path, help="the trained network")
    return parser


class Head(nn.Module):
    """One hidden layer on each cell; the frame's logits are the soft maximum over the cells."""

    def __init__(self, channels: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(channels, hidden)
        self.answer = nn.Linear(hidden, len(ANSWERS))
        nn.init.zeros_(self.answer.bias)

    def forward(self, cells: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """(frames, cells, channels), and which of them are cells: (frames, cells) bool. To (frames, answers)."""
        logits = self.answer(functional.silu(self.hidden(self.dropout(cells))))
        logits = logits.masked_fill(~there[..., None], -1e4)
        return torch.logsumexp(logits, 1) - torch.log(there.sum(1, keepdim=True).float())


class Components:
    """Channels to principal components, half-way to equal variance: few numbers a cell, and little to learn by heart.

    Attributes:
        weight: (channels, components) float32.
        offset: (components,) float32; a cell becomes cell @ weight - offset.
    """

    def __init__(self, cells: NDArray[np.float32], count: int) -> None:
        mean, deviation = cells.mean(axis=0), cells.std(axis=0) + DEVIATION_FLOOR
        standard = (cells - mean) / deviation
        variances, axes = np.linalg.eigh(standard.T @ standard / len(cells))
        axes, variances = axes[:, ::-1][:, :count], variances[::-1][:count]
        self.weight = (axes / variances**0.25 / deviation[:, None]).astype(np.float32)
        self.offset = (mean @ self.weight).astype(np.float32)


def loss_weights(sources: NDArray[np.str_], answers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weight of every frame for every answer: sources by the root of their frames, yes and no alike.

    Args:
        sources: (n,) names.
        answers: (n, answers), 1, 0 or NaN, which weighs nothing.
    """
    weights = np.zeros_like(answers)
    for answer in range(answers.shape[1]):
        for value in (0, 1):
            for source in np.unique(sources):
                chosen = (sources == source) & (answers[:, answer] == value)
                weights[chosen, answer] = 1 / np.sqrt(max(1, chosen.sum()))
            chosen = answers[:, answer] == value
            weights[chosen, answer] /= max(weights[chosen, answer].sum(), 1e-9)
    return weights * len(answers) / np.maximum(weights.sum(axis=0), 1e-9)


def batch(cells: Sequence[torch.Tensor], chosen: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
    """Frames of unlike many cells side by side, and which of them are cells."""
    picked = [cells[index] for index in chosen]
    there = nn.utils.rnn.pad_sequence([torch.ones(len(each), dtype=torch.bool) for each in picked], True, False)
    return nn.utils.rnn.pad_sequence(picked, True), there


def train_one(
    cells: Sequence[torch.Tensor],
    answers: NDArray[np.float32],
    weights: NDArray[np.float32],
    config: Mapping[str, Any],
    seed: int,
) -> Head:
    """One head from one seed."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    head = Head(cells[0].shape[1], config["hidden"], config["dropout"])
    optimizer = torch.optim.AdamW(head.parameters(), config["learning_rate"], weight_decay=config["weight_decay"])
    steps = config["epochs"] * (len(cells) // config["batch"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config["learning_rate"], total_steps=steps + 1, pct_start=0.1
    )
    asked = torch.from_numpy(np.nan_to_num(answers) * SURENESS + (1 - SURENESS) / 2)
    weight = torch.from_numpy(weights * np.float32(config["answer_weights"]))
    for _ in range(config["epochs"]):
        order = rng.permutation(len(cells))
        for first in range(0, len(order) - config["batch"] + 1, config["batch"]):
            chosen = order[first : first + config["batch"]]
            loss = functional.binary_cross_entropy_with_logits(
                head(*batch(cells, chosen)), asked[chosen], weight[chosen], reduction="sum"
            )
            optimizer.zero_grad()
            (loss / config["batch"]).backward()
            optimizer.step()
            schedule.step()
    return head.eval()


def mix_of(shares: Mapping[str, Mapping[str, float]]) -> NDArray[np.float32]:
    """`FrameHead.mix` from a config that names, for each kind, its parts; parts that are not named are 0."""
    parts = (*ANSWERS, "box", "offset")
    return np.array([[shares[kind].get(part, 0.0) for part in parts] for kind in ANSWERS[:-1]], np.float32)


def folded(
    heads: Sequence[Head], components: Components, config: Mapping[str, Any], checkpoint_sha256: str
) -> FrameHead:
    """Heads on components as heads on the channels themselves."""
    hidden = [head.hidden.weight.detach().numpy() for head in heads]
    return FrameHead(
        tuple(config["layers"]),
        tuple(config["layers"].values()),
        np.stack([weight @ components.weight.T for weight in hidden]),
        np.stack(
            [head.hidden.bias.detach().numpy() - w @ components.offset for head, w in zip(heads, hidden, strict=True)]
        ),
        np.stack([head.answer.weight.detach().numpy() for head in heads]),
        np.stack([head.answer.bias.detach().numpy() for head in heads]),
        mix_of(config["mix"]),
        checkpoint_sha256,
    )


def train(
    frames: Sequence[LabelledFrame], seen: Sequence[NDArray[np.float16]], config: Mapping[str, Any], sha256: str
) -> FrameHead:
    """The heads of all seeds.

    Args:
        frames: those of one round.
        seen: cells of every frame, round by round.
        sha256: of the checkpoint that the features are of.
    """
    rounds = len(seen) // len(frames)
    rng = np.random.default_rng(config["seeds"][0])
    some = rng.choice(len(seen), min(config["component_pictures"], len(seen)), replace=False)
    sample = np.concatenate([seen[index][CELLS_OF_A_PICTURE] for index in some]).astype(np.float32)
    components = Components(sample, config["components"])
    weight, offset = torch.from_numpy(components.weight), torch.from_numpy(components.offset)
    cells = [torch.from_numpy(each).float() @ weight - offset for each in seen]
    answers = np.array([frame.answers for frame in frames] * rounds, np.float32)
    weights = loss_weights(np.array([frame.source for frame in frames] * rounds), answers)
    return folded(
        [train_one(cells, answers, weights, config, seed) for seed in config["seeds"]], components, config, sha256
    )


def main() -> None:
    from models.export import export_core

    arguments = command_line().parse_args()
    torch.set_num_threads(1)  # batches are so small that threads only wait for each other
    config = yaml.safe_load(arguments.config.read_text())
    sha256 = hashlib.sha256(arguments.checkpoint.read_bytes()).hexdigest()
    layers = config["layers"]
    looked = hashlib.sha256(json.dumps([sha256, layers, config["size_px"]]).encode()).hexdigest()
    kept = Path("runs") / config["name"] / looked[:12]
    kept.mkdir(parents=True, exist_ok=True)
    reader = FeatureReader(export_core(arguments.checkpoint), list(layers), list(layers.values()), config["size_px"])
    frames = training_frames(arguments.shared, config["boxed"], config["seeds"][0])
    print(f"{len(frames)} pictures, {config['rounds']} rounds; features are kept in {kept}")
    seen = list(features(frames, reader, config["rounds"], kept))
    write_head(arguments.config.parent / config["head"], train(frames, seen, config, sha256))


if __name__ == "__main__":
    main()
