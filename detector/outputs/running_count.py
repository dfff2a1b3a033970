"""How many vehicles there are in each frame, one after another: the video writes it and the page draws it as a line."""

from detector.frame_records import FrameRecord
from detector.report import Report


class RunningCount:
    """Counts as `most_at_once` does: without what was not seen, and without tracks that are not counted.

    Between two looks nothing is seen, and what the last look found still counts. Never more than `most_at_once`: for a
    moment two tracks may lie on one vehicle.

    Args:
        report: of the clip.

    Attributes:
        missed: tracks that the last look did not find; they are carried until one does.
    """

    def __init__(self, report: Report) -> None:
        self._counted = frozenset(track.id for track in report.tracks if track.counted)
        self._most_at_once = report.counts.most_at_once.vehicles
        self.missed: frozenset[int] = frozenset()

    def update(self, record: FrameRecord) -> int:
        """The vehicles of the next frame."""
        if record.looked_at:
            self.missed = frozenset(box.track for box in record.boxes if box.filled)
        seen = sum(box.track in self._counted and box.track not in self.missed for box in record.boxes)
        return min(seen, self._most_at_once)
