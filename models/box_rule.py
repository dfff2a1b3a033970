"""How raw output becomes boxes; the exported graph and its control in torch go by the same rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_BOXES = 600
OVERLAP_IOU = 0.6
LEAST_ODDS = 1e-12  # an anchor left to the other look has no odds at all, and its kinds no share
JUST_OVER_ONE = 1 + 1e-6  # less the score of a kind: a kind that is certain has finite odds
LARGEST_AT_FULL_SIZE_PX = 256.0  # larger boxes are the half-size look's to find


@dataclass(frozen=True)
class BoxRule:
    """What release.yaml says of one graph.

    Attributes:
        class_count: channels that are scores of classes.
        kind_power: the classes are kinds of vehicle, one more channel says "a vehicle", and this is the power of the
            kind's share in the score; None where each class stands alone.
        look_twice: the picture is looked at in full and in half size.
    """

    class_count: int
    kind_power: float | None
    look_twice: bool

    @staticmethod
    def of(release: Mapping[str, Any]) -> "BoxRule":
        graph = release["graph"]
        return BoxRule(len(release["classes"]), graph.get("kind_power"), graph["look_twice"])
