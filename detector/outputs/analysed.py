"""What a writer of tables or subtitles is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.frame_records import FrameRecord
from detector.outputs.report_frames import frames_of
from detector.report import Report


@dataclass(frozen=True)
class Analysed:
    """A clip that has been looked at.

    Attributes:
        report: of the clip.
        frames_file: its frames.jsonl.
        video_zero_s: the moment of the clip, in its own stamps, at which its annotated video begins.
    """

    report: Report
    frames_file: Path
    video_zero_s: float

    def frames(self) -> Iterator[FrameRecord]:
        """Its frame records, as `frames_of` gives them."""
        return frames_of(self.report, self.frames_file)
