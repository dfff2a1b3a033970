"""What the smoke and fire network saw in one frame that it looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detector.detections import Detections

LOOK_ALIKE = "look_alike"
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sighting:
    """One look.

    Attributes:
        boxes: kind to its boxes, their `Detections` in upright pixels; a kind without any may be missing.
        frame_scores: score of the whole frame for each kind, and for LOOK_ALIKE, from 0 to 1, where the network gives
            any; else a frame scores what its best box does.
        due: it was its turn; else it was looked at only because something lit up.
        lit: something lit up in it.
        chroma: how far the picture's colours are from one another, see `colour.chroma`.
    """

    frame: int
    time_s: float
    boxes: Mapping[str, Detections]
    frame_scores: Mapping[str, float] = field(default_factory=dict)
    due: bool = True
    lit: bool = False
    chroma: float = 255.0

    def score(self, kind: str) -> float:
        """Of the frame, 0 if nothing was seen."""
        return self.frame_scores[kind] if kind in self.frame_scores else self._best_box(kind)

    def region(self, kind: str) -> Box | None:
        """The box that score rests on, xyxy in upright pixels."""
        found = self.boxes.get(kind, Detections.none())
        if not len(found.scores):
            return None
        left, top, right, bottom = (float(side) for side in found.xyxy[int(np.argmax(found.scores))])
        return left, top, right, bottom

    def places(self, kind: str) -> Detections:
        """The boxes of a kind, their scores such that the best one has that of the frame."""
        found = self.boxes.get(kind, Detections.none())
        if kind not in self.frame_scores or not len(found.scores):
            return found
        share = self.frame_scores[kind] / max(self._best_box(kind), 1e-6)
        return Detections(found.xyxy, np.clip(found.scores * share, 0, 1).astype(np.float32), found.classes)

    @property
    def look_alike_score(self) -> float | None:
        """Of dust, fog and their like; None where the network does not tell."""
        return self.frame_scores.get(LOOK_ALIKE)

    def _best_box(self, kind: str) -> float:
        return float(self.boxes[kind].scores.max(initial=0.0)) if kind in self.boxes else 0.0


def sighting_of(frame: int, time_s: float, found: Detections, kinds: Sequence[str]) -> Sighting:
    """From what the network found in a frame; `kinds` are its classes."""
    boxes = {kind: found[found.classes == index] for index, kind in enumerate(kinds)}
    if found.frame is None:
        return Sighting(frame, time_s, boxes)
    scores = {kind: float(score) for kind, score in zip(kinds, found.frame.scores, strict=True)}
    for index, kind in enumerate(kinds):
        if not len(boxes[kind]):
            boxes[kind] = Detections(found.frame.regions[[index]], found.frame.scores[[index]], np.array([index]))
    return Sighting(frame, time_s, boxes, scores | {LOOK_ALIKE: found.frame.look_alike})
