"""A network looks at a picture that is brought to the network's size on the way from the decoder, by one resize."""

from typing import TYPE_CHECKING

from detector.detections import Detections
from detector.frame import Picture

if TYPE_CHECKING:
    from detector.model import Network


def found_in(
    picture: Picture, network: "Network", *, confidence: float | None = None, size_px: int | None = None
) -> Detections:
    """What a network finds in a picture, in the picture's own pixels.

    Args:
        picture: of any size; it is not enlarged here.
        network: looks.
        confidence: lowest score to return; None for the network's typical threshold.
        size_px: longest side at which the network looks; None for the network's default.

    Raises:
        ModelError: see `Network.detect`.
    """
    longest_px = size_px or network.card.size_px
    share = min(1.0, longest_px / max(picture.width, picture.height))
    small = picture.scaled(max(1, round(share * picture.width)), max(1, round(share * picture.height)))
    [found] = network.detect([small.image], confidence=confidence, size_px=longest_px)
    return found.enlarged(picture.width / small.width, picture.height / small.height)
