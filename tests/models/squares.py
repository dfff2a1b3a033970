"""Truth and detections of a picture of 640 by 640 px that holds squares in a row."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from detector.detections import Detections
from models.truth import Truth

SIDE_PX = 10


def truth(
    *lefts: float, ignore: Sequence[float] = (), classes: Sequence[int] | None = None, side_px: float = SIDE_PX
) -> Truth:
    """Squares by their left edge; those of `ignore` are neither hit nor false alarm."""
    every = [*lefts, *ignore]
    xyxy = np.array([[left, 0, left + side_px, side_px] for left in every], float).reshape(-1, 4)
    kinds = np.array(classes if classes is not None else [0] * len(every), np.int64)
    return Truth(Path("mian/images/val/a.webp"), 640, 640, xyxy, kinds, np.arange(len(every)) >= len(lefts))


def found(*squares: tuple[float, float], classes: Sequence[int] | None = None, side_px: float = SIDE_PX) -> Detections:
    """Squares by left edge and score."""
    xyxy = np.array([[left, 0, left + side_px, side_px] for left, _ in squares], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in squares], np.float32)
    return Detections(xyxy, scores, np.array(classes if classes is not None else [0] * len(squares), np.int64))
