"""What a network found in one picture: the value that passes from the model to tracking."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FrameScores:
    """What a network says of a whole picture.

    Attributes:
        scores: (k,) float32, 0 to 1, whether each of the network's classes is somewhere in the picture.
        regions: (k, 4) float32, left, top, right, bottom in pixels of the picture: where that answer mostly comes from.
        look_alike: score from 0 to 1 of what only looks like it: dust, fog, cloud, snow, exhaust.

    Raises:
        ValueError: the two do not have the same length, or a number is not finite.
    """

    scores: NDArray[np.float32]
    regions: NDArray[np.float32]
    look_alike: float

    def __post_init__(self) -> None:
        if self.scores.ndim != 1 or self.regions.shape != (len(self.scores), 4):
            raise ValueError(
                f"frame scores disagree in length: scores {self.scores.shape}, regions {self.regions.shape}"
            )
        if not (np.isfinite(self.scores).all() and np.isfinite(self.regions).all() and np.isfinite(self.look_alike)):
            raise ValueError("frame scores are not finite: the network is broken")


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes of one picture, in upright pixels of the picture that was given.

    Attributes:
        xyxy: (n, 4) float32, left, top, right, bottom in pixels.
        scores: (n,) float32, 0 to 1.
        classes: (n,) int64, index into the network's class names.
        frame: what the network says of the whole picture; None for a network that only finds boxes. It stays with
            what is chosen of the boxes.

    Raises:
        ValueError: the three do not have the same length, a number is not finite, or a box is turned inside out.
    """

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]
    frame: FrameScores | None = None

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.xyxy.shape != (count, 4) or self.classes.shape != (count,) or self.scores.shape != (count,):
            raise ValueError(
                f"detections disagree in length: xyxy {self.xyxy.shape}, scores {self.scores.shape}, "
                f"classes {self.classes.shape}"
            )
        if not (np.isfinite(self.xyxy).all() and np.isfinite(self.scores).all()):
            raise ValueError("detections hold coordinates or scores that are not finite: the network is broken")
        if (self.xyxy[:, 2:] < self.xyxy[:, :2]).any():
            raise ValueError("detections hold boxes of negative size: the network is broken")

    def __len__(self) -> int:
        return len(self.scores)

    def above(self, score: float) -> "Detections":
        """Those with at least this score."""
        return self[self.scores >= score]

    def __getitem__(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Detections":
        scores = self.scores[chosen]
        if not len(scores) and self.frame is None:
            return Detections.none()
        return Detections(self.xyxy[chosen], scores, self.classes[chosen], self.frame)

    def enlarged(self, x: float, y: float) -> "Detections":
        """The same in a picture so many times as wide and as high."""
        if not len(self) and self.frame is None:
            return Detections.none()
        if x == y == 1:
            return self
        times, frame = np.array([x, y, x, y], np.float32), self.frame
        return replace(
            self,
            xyxy=self.xyxy * times,
            frame=None if frame is None else replace(frame, regions=frame.regions * times),
        )

    @staticmethod
    def none() -> "Detections":
        """No detection at all; always the same."""
        return _NONE


_NONE = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
