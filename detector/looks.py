"""Who looks at a clip: two networks, or detections saved before in place of the first."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.clip import Frame
from detector.detections import Detections
from detector.input_size import SizeChooser
from detector.look_schedule import EveryChoice, schedule
from detector.model import Network, load_card, load_network
from detector.mot_file import SavedDetections, read_detections
from detector.motion import CameraMotion
from detector.scene_cue import SceneCue
from detector.wish import FASTER, DeviceName, Precision

VehiclesSeen = Callable[[Frame, NDArray[np.uint8], CameraMotion, float], tuple[Detections | None, int | None]]
"""A frame, its thumbnail, how the camera moved since the frame before and the lowest score of interest, to what was
found, None where nobody looked, and the longest side in pixels that it was looked at with, None where that is not known
either."""


@dataclass(frozen=True)
class Networks:
    """The two networks of one run, opened once and used for every clip; saved detections may stand for the first."""

    vehicles: Network | SavedDetections
    smoke_fire: Network

    @staticmethod
    def load(
        device: DeviceName = "auto",
        vehicles: str | Path = "fast",
        threads: int | None = None,
        precision: Precision = "auto",
    ) -> "Networks":
        """Open both on one device; `vehicles` is a name or folder, and the rest is, as `load_network` takes it.

        Raises:
            ModelError, DeviceError, ValueError: see `load_network`.
        """
        return Networks(
            load_network(vehicles, device, threads, precision),
            load_network("smoke_fire", device, threads, _of_smoke_fire(precision)),
        )

    @staticmethod
    def load_saved(
        detections: str | Path,
        device: DeviceName = "auto",
        vehicles: str | Path = "fast",
        threads: int | None = None,
        precision: Precision = "auto",
    ) -> "Networks":
        """Read detections in MOT form in place of the vehicle network, whose classes and thresholds are taken.

        Raises:
            MotFileError: see `read_detections`.
            ModelError, DeviceError: see `load_network`.
        """
        saved = read_detections(Path(detections), load_card(vehicles))
        return Networks(saved, load_network("smoke_fire", device, threads, _of_smoke_fire(precision)))


def _of_smoke_fire(precision: Precision) -> Precision:
    """It has no other forms: float32 whatever is asked of the vehicles."""
    return "auto" if precision in FASTER else precision


def vehicles_seen(
    vehicles: Network | SavedDetections, confidence: float, sizes_px: tuple[int, ...], every: EveryChoice
) -> VehiclesSeen:
    """What is to be asked about each frame of a clip in turn.

    Args:
        vehicles: looks, or did.
        confidence: score at which a vehicle counts.
        sizes_px: to choose the input size from.
        every: which frames to look at; without effect on what was saved.
    """
    if isinstance(vehicles, SavedDetections):
        return _looked_before(vehicles)
    chooser, cue, plan = SizeChooser(vehicles, confidence, sizes_px), SceneCue(), schedule(every, confidence)

    def look(
        frame: Frame, small: NDArray[np.uint8], motion: CameraMotion, floor: float
    ) -> tuple[Detections | None, int | None]:
        begins, picture_px = cue.update(small), (frame.picture.width, frame.picture.height)
        if not plan.due(frame.time.seconds, motion, picture_px, begins):
            chooser.pass_over(begins)
            return None, None
        found = chooser.look(frame.picture, frame.time.seconds, begins, floor)
        plan.looked(found.detections, found.size_px)
        return found.detections, found.size_px

    return look


def _looked_before(saved: SavedDetections) -> VehiclesSeen:
    def look(
        frame: Frame, small: NDArray[np.uint8], motion: CameraMotion, floor: float
    ) -> tuple[Detections | None, int | None]:
        found = saved.at(frame.index, frame.picture.width, frame.picture.height)
        return None if found is None else found.above(floor), None

    return look
