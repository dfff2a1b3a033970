"""Who looks at a clip: two networks, or detections saved before in place of the first."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.clip import Frame
from detector.detections import Detections
from detector.device import DeviceName
from detector.input_size import SizeChooser
from detector.model import Network, load_card, load_network
from detector.mot_file import SavedDetections, read_detections

VehiclesSeen = Callable[[Frame, NDArray[np.uint8], float], tuple[Detections, int | None]]
"""A frame, its thumbnail and the lowest score of interest, to what was found and the longest side in pixels that it was
looked at with, None where nobody looked."""


@dataclass(frozen=True)
class Networks:
    """The two networks of one run, opened once and used for every clip; saved detections may stand for the first."""

    vehicles: Network | SavedDetections
    smoke_fire: Network

    @staticmethod
    def load(device: DeviceName = "auto", vehicles: str | Path = "fast", threads: int | None = None) -> "Networks":
        """Open both on one device; `vehicles` and `threads` as `load_network` takes them.

        Raises:
            ModelError, DeviceError: see `load_network`.
        """
        return Networks(load_network(vehicles, device, threads), load_network("smoke_fire", device, threads))

    @staticmethod
    def load_saved(detections: str | Path, device: DeviceName = "auto", vehicles: str | Path = "fast") -> "Networks":
        """Read detections in MOT form in place of the vehicle network, whose classes and thresholds are taken.

        Raises:
            MotFileError: see `read_detections`.
            ModelError, DeviceError: see `load_network`.
        """
        saved = read_detections(Path(detections), load_card(vehicles))
        return Networks(saved, load_network("smoke_fire", device))


def vehicles_seen(vehicles: Network | SavedDetections, confidence: float, sizes_px: tuple[int, ...]) -> VehiclesSeen:
    """What is to be asked about each frame of a clip in turn.

    Args:
        vehicles: looks, or did.
        confidence: score at which a vehicle counts.
        sizes_px: to choose the input size from.
    """
    if isinstance(vehicles, SavedDetections):
        return lambda frame, small, floor: (
            vehicles.at(frame.index, frame.picture.width, frame.picture.height).above(floor),
            None,
        )
    chooser = SizeChooser(vehicles, confidence, sizes_px)

    def look(frame: Frame, small: NDArray[np.uint8], floor: float) -> tuple[Detections, int | None]:
        found = chooser.look(frame.picture, small, floor)
        return found.detections, found.size_px

    return look
