"""frames.jsonl read back for what is drawn and written of it: records that fit the report beside them, and no others.

A line may be a frame record as such and still name a vehicle, class, frame or place that the report does not know.
"""

from collections.abc import Generator
from pathlib import Path

import numpy as np

from detector.frame_records import REMEDY, FrameBox, FrameRecord, FrameRecordError, read_frames
from detector.report import Report

SLACK_S = 1e-6  # what rounding takes off a stamp
NEVER_NEARER = 1e-3  # divisor of a camera's homography within the picture: closer to 0, pixels lie at infinity


def frames_of(report: Report, frames_file: Path) -> Generator[FrameRecord]:
    """The frame records of a report, one at a time: those of a long clip do not fit in memory.

    Raises:
        FrameRecordError: a line is no frame record, or not one of this report.
    """
    fit = _Fit(report)
    with frames_file.open("rb") as lines:
        for number, record in enumerate(read_frames(lines, str(frames_file)), start=1):
            fault = fit.fault(record)
            if fault:
                raise FrameRecordError(f"{frames_file}, line {number}: {fault}; {REMEDY}")
            yield record


class _Fit:
    """What a report knows, to hold records against."""

    def __init__(self, report: Report) -> None:
        self._classes = frozenset(report.networks[0].classes)
        self._tracks = frozenset(track.id for track in report.tracks)
        self._frames = range(report.shots[0].start, report.shots[-1].end + 1) if report.shots else range(0)
        self._times_s = (report.shots[0].start_s, report.shots[-1].end_s) if report.shots else (0.0, 0.0)
        self._size_px = (report.input.width, report.input.height)

    def fault(self, record: FrameRecord) -> str:
        """Why a record is not of the report, in words; empty if it is."""
        if record.frame not in self._frames:
            return f"the report has no frame {record.frame}"
        if not self._times_s[0] - SLACK_S <= record.time_s <= self._times_s[1] + SLACK_S:
            return f"the report has no frame at {record.time_s:g} s"
        places = (*(box.xyxy for box in record.boxes), record.smoke_box, record.fire_box)
        if not all(place is None or self._near_the_picture(place) for place in places):
            return "a box lies far outside the picture"
        if record.camera_motion is not None and not self._keeps_the_picture(record.camera_motion):
            return "a camera motion takes the picture to infinity"
        return next(filter(None, map(self._fault_of_box, record.boxes)), "")

    def _fault_of_box(self, box: FrameBox) -> str:
        if box.track not in self._tracks:
            return f"the report has no vehicle {box.track}"
        return "" if box.class_name in self._classes else "a vehicle is of a class that the report does not know"

    def _near_the_picture(self, xyxy: tuple[float, float, float, float]) -> bool:
        """Boxes that were carried or smoothed may lie somewhat outside."""
        width, height = self._size_px
        left, top, right, bottom = xyxy
        return -width <= left <= right <= 2 * width and -height <= top <= bottom <= 2 * height

    def _keeps_the_picture(self, motion: tuple[float, ...]) -> bool:
        width, height = self._size_px
        corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64)
        with np.errstate(all="ignore"):
            x, y, divisors = np.array(motion).reshape(3, 3) @ corners.T
        one_side = (divisors > NEVER_NEARER).all() or (divisors < -NEVER_NEARER).all()
        return bool(one_side and np.isfinite([x, y, divisors]).all())
