"""A network between the one that training began with and the one that it ended with.

What training brings on its own pictures is partly paid for on others; a mean of both networks' weights keeps most of
either. WiSE-FT: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models".
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch


class BlendError(ValueError):
    """Two networks that cannot be blended, or not by that share."""


def network_of(checkpoint: Mapping[str, Any]) -> torch.nn.Module:
    """The network of an ultralytics checkpoint: while training goes on it is under `ema`, afterwards under `model`."""
    network = checkpoint.get("ema") or checkpoint["model"]
    assert isinstance(network, torch.nn.Module)
    return network


def check_blendable(start: torch.nn.Module, trained: torch.nn.Module, start_share: float) -> None:
    """See before a training whether its start can be blended with what it will give.

    Raises:
        BlendError: the share is not from 0 to 1, or the networks differ in a tensor; names the first.
    """
    if isinstance(start_share, bool) or not isinstance(start_share, (int, float)) or not 0 <= start_share <= 1:
        raise BlendError(f"start_share is {start_share!r}, not a number from 0 to 1; correct train.yaml")
    shapes = [{name: tuple(t.shape) for name, t in each.state_dict().items()} for each in (start, trained)]
    for name in dict.fromkeys([*shapes[0], *shapes[1]]):
        ours, theirs = (each.get(name, "nothing") for each in shapes)
        if ours != theirs:
            raise BlendError(
                f"the start has {ours} at {name} and the network to be trained {theirs}, so they cannot be blended; "
                "begin with a network of the same layers and classes, or leave out start_share"
            )


def blend(start: Mapping[str, Any], trained: Mapping[str, Any], start_share: float) -> dict[str, Any]:
    """The trained checkpoint with `start_share` of the start's weights and the rest its own.

    Running statistics are blended too; counters, which are no floating point numbers, stay the trained ones.

    Args:
        start: an ultralytics checkpoint, as `torch.load` gives it.
        trained: likewise; is left as it is.
        start_share: 0 to 1.

    Returns:
        A checkpoint in the form of a finished training: `model` in half precision, no `ema`, no `optimizer`.

    Raises:
        BlendError: as `check_blendable`.
    """
    network = deepcopy(network_of(trained)).float()
    check_blendable(network_of(start), network, start_share)
    begun, ended = network_of(start).state_dict(), network.state_dict()
    between = {
        name: torch.lerp(tensor, begun[name].float(), float(start_share)) if tensor.is_floating_point() else tensor
        for name, tensor in ended.items()
    }
    network.load_state_dict(between)
    return {**trained, "model": network.half(), "ema": None, "optimizer": None}
