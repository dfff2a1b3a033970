"""One clip from looking to the last of its outputs, which appear together."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from detector.analysis import Networks, OnProgress, analyze
from detector.frame_records import read_frames
from detector.input_size import SizeChoice
from detector.limits import DEFAULT_LIMITS, Limits
from detector.look_schedule import EveryChoice
from detector.model_card import ThresholdName
from detector.outputs.annotated_video import write_annotated_video
from detector.outputs.folder import OutputFolder
from detector.outputs.formats import write_formats
from detector.outputs.lines import line_outputs
from detector.report import Report, write_report
from detector.report_reading import read_report

ShowProgress = Callable[[str], AbstractContextManager[OnProgress]]
"""Is told what is being done ("looking", "drawing"), and gives for the time of it what takes the frames done."""


@dataclass(frozen=True)
class Request:
    """What the user asked for, for every clip alike."""

    video: bool
    formats: tuple[str, ...]
    classes: tuple[str, ...] | None
    threshold: ThresholdName
    confidence: float | None
    size: SizeChoice
    every: EveryChoice
    from_s: float | None
    to_s: float | None
    overwrite: bool
    limits: Limits = DEFAULT_LIMITS
    sandbox: bool = False


def analyse_into(
    clip: Path, folder: Path, networks: Networks, request: Request, progress: ShowProgress
) -> tuple[Report, bool]:
    """Look, then draw: every output of one clip into its folder.

    Returns:
        The report, and whether the video was drawn: False too if the user broke that off.

    Raises:
        OutputError: the folder cannot be used.
        Also what `analyze` raises.
    """
    with OutputFolder(folder, request.overwrite) as outputs:
        with (
            line_outputs(outputs, networks.vehicles.classes) as lines,
            progress("looking") as tell,
        ):
            report = analyze(
                clip,
                classes=request.classes,
                threshold=request.threshold,
                confidence=request.confidence,
                size=request.size,
                every=request.every,
                from_s=request.from_s,
                to_s=request.to_s,
                limits=request.limits,
                sandbox=request.sandbox,
                networks=networks,
                on_detections=lines.on_detections,
                on_frames=lines.on_frames,
                on_progress=tell,
            )
        write_report(report, outputs.part("report.json"))
        write_formats(request.formats, report, clip, outputs)
        drawn = request.video and not report.coverage.interrupted and _draw(report, clip, outputs, progress)
        _write_page(clip, drawn, outputs, progress)
    return report, drawn


def _draw(report: Report, clip: Path, outputs: OutputFolder, progress: ShowProgress) -> bool:
    """annotated.mp4; False if the user broke it off."""
    try:
        with outputs.part("frames.jsonl").open(encoding="utf-8") as frames, progress("drawing") as tell:
            write_annotated_video(report, read_frames(frames), clip, outputs.part("annotated.mp4"), tell)
    except KeyboardInterrupt:
        outputs.discard("annotated.mp4")
        return False
    return True


def _write_page(clip: Path, drawn: bool, outputs: OutputFolder, progress: ShowProgress) -> None:
    """report.html, unless the user breaks it off; from report.json, so that both say the same to the last digit."""
    from detector.outputs.html.material import gather  # late: the first frame need not wait for templates
    from detector.outputs.html.page import write_page

    report, _ = read_report(outputs.part("report.json"))
    video = outputs.part("annotated.mp4") if drawn else None
    try:
        with (
            outputs.part("frames.jsonl").open(encoding="utf-8") as frames,
            progress("picking pictures") as tell,
        ):
            write_page(report, gather(report, read_frames(frames), clip, video, tell), outputs.part("report.html"))
    except KeyboardInterrupt:
        outputs.discard("report.html")
