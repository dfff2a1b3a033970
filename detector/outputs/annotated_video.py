"""annotated.mp4: the clip with what was found drawn into it, in a second pass that needs the report and no network."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

from detector.clip_reading import open_clip
from detector.clip_sound import Silence
from detector.clip_writer import ClipWriter
from detector.frame_records import FrameRecord
from detector.outputs.chapters import chapters
from detector.outputs.frame_painter import FramePainter
from detector.reading_ahead import reading_ahead
from detector.report import Report

OnProgress = Callable[[int, int | None], None]

BROKEN_OFF = "incomplete: drawing was broken off"


def write_annotated_video(
    report: Report,
    records: Iterable[FrameRecord],
    clip: Path,
    path: Path,
    on_progress: OnProgress | None = None,
) -> bool:
    """Draw a report into its clip.

    Args:
        report: of the clip.
        records: of every frame of the report, in order.
        clip: the file that was analysed; its time stamps are kept, and its sound, unless reading was confined.
        path: of the new video, ending in .mp4.
        on_progress: is given the frames drawn and the frames there are after each frame. It may raise KeyboardInterrupt
            to break off: what is drawn by then is kept.

    Returns:
        Whether all frames were drawn.
    """
    settings, painter = report.settings, FramePainter(report)
    sandbox = report.run.sandbox is not None
    rate = Fraction(report.input.frame_rate).limit_denominator(1001) if report.input.frame_rate else None
    source = Silence(rate) if sandbox else clip
    with (
        open_clip(clip, settings.from_s, settings.to_s, settings.limits, sandbox) as reader,
        ClipWriter(path, report.input.width, report.input.height, source, chapters(report)) as writer,
        reading_ahead((frame, frame.image) for frame in reader) as frames,
    ):
        # A run that was broken off has fewer records than the clip has frames.
        for done, ((frame, image), record) in enumerate(zip(frames, records, strict=False), start=1):
            painter.draw(image, record)
            writer.write(image, frame.time)
            try:
                if on_progress:
                    on_progress(done, report.input.frames_decoded)
            except KeyboardInterrupt:
                writer.comment = BROKEN_OFF
                return False
    return True
