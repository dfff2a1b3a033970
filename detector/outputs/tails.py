"""The way each vehicle came in the last second, over the ground and not in the picture.

Where the camera pans, the way in the picture is the camera's own: parked vehicles would drag tails. So the places of
the last second are carried along with the camera's motion, and where that is not known the tails begin anew.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detector.frame_records import FrameRecord

LENGTH_S = 1.0
MOST_POINTS = 8  # of a tail: enough for a curve of one second
SHORTEST_SHARE = 0.3  # of the box's shorter side: what came less far stands, for all that can be told

Points = NDArray[np.float64]


class Tails:
    """Feeds on the records of consecutive frames."""

    def __init__(self) -> None:
        self._tracks = np.empty(0, np.int64)
        self._times_s = np.empty(0)
        self._places = np.empty((0, 2))

    def update(self, record: FrameRecord) -> dict[int, Points]:
        """The tails in a frame.

        Returns:
            By track of those that moved, (n, 2) pixels of this frame, the oldest first.
        """
        young = self._times_s > record.time_s - LENGTH_S
        if record.camera_motion is None or not young.any():
            young = np.zeros_like(young)
        places = self._places[young]
        if record.camera_motion is not None and len(places):
            places = _mapped(places, np.array(record.camera_motion).reshape(3, 3))
        here = [((box.xyxy[0] + box.xyxy[2]) / 2, box.xyxy[3]) for box in record.boxes]  # where it stands
        self._tracks = np.append(self._tracks[young], np.array([box.track for box in record.boxes], np.int64))
        self._times_s = np.append(self._times_s[young], np.full(len(here), record.time_s))
        self._places = np.vstack([places, np.array(here).reshape(-1, 2)])
        tails = {}
        for box in record.boxes:
            tail = self._places[self._tracks == box.track]
            side = min(box.xyxy[2] - box.xyxy[0], box.xyxy[3] - box.xyxy[1])
            if np.abs(tail[-1] - tail[0]).max() > SHORTEST_SHARE * side:
                tails[box.track] = tail[_spread(len(tail))]
        return tails


def _mapped(points: Points, homography: Points) -> Points:
    mapped = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


@lru_cache(maxsize=1024)
def _spread(count: int) -> NDArray[np.int64]:
    """Numbers of at most MOST_POINTS of so many points, first and last among them."""
    return np.unique(np.linspace(0, count - 1, MOST_POINTS).round().astype(np.int64))
