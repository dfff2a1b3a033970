"""The outputs that are written line by line while a clip is looked at: frames.jsonl, tracks.txt and detections.txt."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from detector.detections import Detections
from detector.frame_records import FrameRecord, frame_line
from detector.mot_file import detection_lines, track_lines
from detector.outputs.folder import OutputFolder


@dataclass(frozen=True)
class LineOutputs:
    """Takes what `analyze` gives out on the way; `classes` are the names that class indices stand for."""

    classes: tuple[str, ...]
    frames: TextIO
    tracks: TextIO
    detections: TextIO

    def on_detections(self, frame: int, found: Detections | None) -> None:
        self.detections.writelines(detection_lines(frame, found))

    def on_frames(self, records: Iterable[FrameRecord]) -> None:
        for record in records:
            self.frames.write(frame_line(record) + "\n")
            self.tracks.writelines(track_lines(record, self.classes))


@contextmanager
def line_outputs(outputs: OutputFolder, classes: tuple[str, ...]) -> Iterator[LineOutputs]:
    """Open all three in a folder of outputs."""
    with (
        outputs.part("frames.jsonl").open("w", encoding="utf-8") as frames,
        outputs.part("tracks.txt").open("w", encoding="ascii", newline="\n") as tracks,
        outputs.part("detections.txt").open("w", encoding="ascii", newline="\n") as detections,
    ):
        yield LineOutputs(classes, frames, tracks, detections)
