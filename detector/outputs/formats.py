"""What `--format` picks from, and the writer of each file."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from detector.clip_writer import video_zero_s
from detector.outputs.analysed import Analysed
from detector.outputs.coco import write_coco
from detector.outputs.editor_markers import write_otio
from detector.outputs.folder import OutputFolder
from detector.outputs.subtitles import write_srt, write_vtt
from detector.outputs.tables import write_events_csv, write_shots_csv, write_tracks_csv
from detector.report import Report

Writer = Callable[[Analysed, Path], None]

FORMATS: Mapping[str, Mapping[str, Writer]] = {
    "csv": {"tracks.csv": write_tracks_csv, "shots.csv": write_shots_csv, "events.csv": write_events_csv},
    "srt": {"events.srt": write_srt},
    "vtt": {"events.vtt": write_vtt},
    "coco": {"coco.json": write_coco},
    "otio": {"markers.otio": write_otio},
}
TIMED_BY_VIDEO = {"srt", "vtt"}  # only for these the clip is opened again


def write_formats(names: Iterable[str], report: Report, clip: Path, outputs: OutputFolder) -> None:
    """Write the files of these formats.

    Args:
        names: of FORMATS.
        report: of the clip.
        clip: the file that was analysed.
        outputs: where to; its frames.jsonl is written already.

    Raises:
        ClipError: the clip cannot be read any more.
    """
    names = tuple(names)
    first_s = report.shots[0].start_s if report.shots else 0.0
    confined = report.run.sandbox is not None  # then the clip is not opened here, and its video begins with a picture
    asked = report.shots and not confined and TIMED_BY_VIDEO & set(names)
    zero_s = video_zero_s(clip, first_s) if asked else first_s
    analysed = Analysed(report, outputs.part("frames.jsonl"), zero_s)
    for name in names:
        for file, write in FORMATS[name].items():
            write(analysed, outputs.part(file))
