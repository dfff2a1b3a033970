"""Where another scene may begin, told from one frame to the next: the shots themselves are known a second too late."""

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.shots import correlation

UNLIKE = 0.75  # correlation with the frame before; on the nine clips cuts lie below it, shakes and pans above 0.78
LEAST_CHANGE = 8.0  # grey levels, mean: below it nothing has begun, for black frames are unlike by their noise


class SceneCue:
    """Feeds on the BGR thumbnails of consecutive frames."""

    def __init__(self) -> None:
        self._previous: NDArray[np.float32] | None = None

    def update(self, small: NDArray[np.uint8]) -> bool:
        """Whether a scene may begin with this frame, never with the first; dissolves are too slow to be seen."""
        tiny = cv2.cvtColor(cv2.resize(small, (32, 32), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        previous, self._previous = self._previous, np.asarray(tiny, np.float32)
        if previous is None:
            return False
        changed = float(np.abs(self._previous - previous).mean()) > LEAST_CHANGE
        return changed and correlation(self._previous, previous) < UNLIKE
