"""A detection loss that draws nothing from what is not known.

The sources of smoke and fire say different things: some box both, some box fire and leave smoke unboxed, most only
say that a picture holds smoke or fire somewhere. `known.csv` (see datasets/build.py) tells which; here
- `boxed` and `0` give the usual loss of every anchor,
- an empty value gives none,
- `1` asks only that the strongest anchors of the picture answer: multiple-instance learning, the pooled score of a
  picture against its label, as in Dietterich et al. 1997.
"""

import csv
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.loss import v8DetectionLoss

STRONGEST_ANCHORS = 4
PICTURE_WEIGHT = 4.0  # one unboxed positive weighs about as much as one boxed object: some ten assigned anchors


def read_known(path: Path) -> dict[str, list[str]]:
    """Picture name to its values in class order."""
    with path.open(newline="") as file:
        return {row[0]: row[1:] for row in list(csv.reader(file))[1:]}


class PartialLabelLoss(v8DetectionLoss):
    """`v8DetectionLoss` with the class loss weighted by what is known of each picture."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.known = read_known(Path(model.known_csv))
        self.bce = _WeightedLoss()

    def loss(self, preds: dict[str, torch.Tensor], batch: dict[str, Any]) -> Any:
        names = [Path(name).name for name in batch["im_file"]]
        every_anchor = [[value in ("boxed", "0") for value in self.known[name]] for name in names]
        pooled_only = [[value == "1" for value in self.known[name]] for name in names]
        self.bce.every_anchor = torch.tensor(every_anchor, dtype=torch.float32, device=self.device)
        self.bce.pooled_only = torch.tensor(pooled_only, dtype=torch.float32, device=self.device)
        return super().loss(preds, batch)


class _WeightedLoss:
    """Stands where the parent expects a BCE without reduction: (batch, anchors, classes) in, the same shape out."""

    every_anchor: torch.Tensor
    pooled_only: torch.Tensor

    def __call__(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        loss = binary_cross_entropy_with_logits(scores, targets, reduction="none") * self.every_anchor[:, None, :]
        strongest = scores.topk(STRONGEST_ANCHORS, dim=1).values
        pooled = binary_cross_entropy_with_logits(strongest, torch.ones_like(strongest), reduction="none").mean(1)
        loss[:, 0, :] += PICTURE_WEIGHT * pooled * self.pooled_only
        return loss


class PartialLabelModel(DetectionModel):
    """The network of ultralytics, trained with `PartialLabelLoss`; the architecture is untouched."""

    known_csv: str

    def init_criterion(self) -> PartialLabelLoss:
        return PartialLabelLoss(self)
