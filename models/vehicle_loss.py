"""A detection loss with two questions: is a vehicle here, and which kind is it.

The last channel of the network says "a vehicle", whatever its kind; every labelled box teaches it, and it alone says
where boxes are assigned. The channels before it say the kind, and are taught only where there is a vehicle of known
kind. So a source whose kinds cannot be trusted still teaches where vehicles are, a vehicle of doubtful kind is not a
doubtful vehicle, and the many civil cars of one source do not drown the few rocket launchers of another.
"""

from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.loss import v8DetectionLoss

KIND_WEIGHT = 1.0  # of the cross-entropy over kinds, beside that of "a vehicle"


class VehicleLoss(v8DetectionLoss):
    """`v8DetectionLoss` with assignment by the last channel and a cross-entropy over the kinds before it."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        assign = self.assigner
        self.assigner = lambda scores, *rest: assign(scores[..., -1:].expand_as(scores), *rest)
        self.bce = KindLoss(model.kind_weights)


class KindLoss:
    """Stands where the parent expects a BCE without reduction: (batch, anchors, channels) in, the same shape out.

    Targets are one-hot over the kinds and "a vehicle" (of unknown kind), times how well the anchor fits.
    """

    def __init__(self, kind_weights: torch.Tensor) -> None:
        self.kind_weights = kind_weights

    def __call__(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        loss = torch.zeros_like(scores)
        vehicle = targets.amax(2)
        loss[..., -1] = binary_cross_entropy_with_logits(scores[..., -1], vehicle, reduction="none")
        kinds = targets[..., :-1]
        fit, kind = kinds.max(2)
        known = fit > 0
        if known.any():
            entropy = cross_entropy(
                scores[..., :-1][known], kind[known], self.kind_weights.to(scores), reduction="none"
            )
            spread = torch.zeros_like(loss[..., 0])
            spread[known] = KIND_WEIGHT * entropy * fit[known]
            loss[..., 0] = spread
        return loss


class VehicleModel(DetectionModel):
    """The network of ultralytics, trained with `VehicleLoss`; the architecture is untouched."""

    kind_weights: torch.Tensor

    def init_criterion(self) -> VehicleLoss:
        return VehicleLoss(self)

    def load(self, weights: Any, verbose: bool = True) -> None:
        """As the parent; a head trained for other channels lends those both have in the same order."""
        super().load(weights, verbose)
        source = weights["model"] if isinstance(weights, dict) else weights
        for mine, theirs in zip(self.model[-1].cv3, source.model[-1].cv3, strict=True):
            here, there = mine[-1], theirs[-1]
            if here.weight.shape == there.weight.shape or there.out_channels != here.out_channels - 1:
                continue
            with torch.no_grad():
                here.weight[:-1], here.bias[:-1] = there.weight.float(), there.bias.float()
                here.weight[-1], here.bias[-1] = there.weight.float().mean(0), there.bias.float().logsumexp(0)
