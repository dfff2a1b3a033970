"""Looks of the smoke and fire network made up as numbers, of a clip of 25 frames a second."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.sightings import Box, Sighting

PLACE = (10.0, 20.0, 50.0, 60.0)


def look(
    frame: int, score: float, box: Box | None = PLACE, kind: str = "smoke", due: bool = True, lit: bool = False
) -> Sighting:
    """One box of a kind with this score; without a box the frame scores as a whole, and 0 is nothing seen."""
    if box is None or not score:
        return Sighting(frame, frame / 25, {}, {kind: score} if score else {}, due, lit)
    found = Detections(np.array([box], np.float32), np.array([score], np.float32), np.zeros(1, np.int64))
    return Sighting(frame, frame / 25, {kind: found}, {}, due, lit)


def looks(scores: Sequence[float], kind: str = "smoke") -> list[Sighting]:
    """Five looks a second at one place."""
    return [
        Sighting(frame, frame / 25, {kind: one.boxes.get(kind, Detections.none())})
        for frame, one in ((5 * number, look(5 * number, score, kind=kind)) for number, score in enumerate(scores))
    ]


def still(sightings: Sequence[Sighting]) -> Mapping[int, NDArray[np.float64]]:
    """The ground of a camera that does not move."""
    return {sighting.frame: np.eye(3) for sighting in sightings}
