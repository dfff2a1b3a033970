"""What a writer of tables or subtitles is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.frame_records import FrameRecord, read_frames
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
        """Its frame records, one at a time: those of a long clip do not fit in memory."""
        with self.frames_file.open("rb") as lines:
            yield from read_frames(lines, str(self.frames_file))
