"""One clip from looking to the last of its outputs, which appear together."""

import errno
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import av

from detector.analysis import Networks, OnProgress, analyze
from detector.clip import ClipError
from detector.file_hash import FileState, state_of
from detector.frame_records import FrameRecord, FrameRecordError
from detector.input_size import SizeChoice
from detector.interruption import Interruption
from detector.journal import RunJournal
from detector.limits import DEFAULT_LIMITS, Limits
from detector.look_schedule import EveryChoice
from detector.model_card import ThresholdName
from detector.outputs.annotated_video import write_annotated_video
from detector.outputs.folder import JOURNAL_NAMES, OutputFolder
from detector.outputs.formats import FORMATS, write_formats
from detector.outputs.lines import line_outputs
from detector.outputs.report_frames import frames_of
from detector.report import Report, write_report
from detector.report_reading import read_report
from detector.spool import spooled_in

ShowProgress = Callable[[str], AbstractContextManager[OnProgress]]
"""Is told what is being done ("looking", "drawing"), and gives for the time of it what takes the frames done."""
Say = Callable[[str], None]
LookAhead = Callable[[Networks, OnProgress], AbstractContextManager[Networks]]
"""Looks at the clip beforehand, and gives networks that know what was found; `detector.split`."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
    resume: bool = False
    limits: Limits = DEFAULT_LIMITS
    sandbox: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of one clip.

    Attributes:
        report: of what was looked at.
        drawn: annotated.mp4 is there, with all frames of the report.
        stopped: the user broke it off, in looking or later: `--resume` goes on.
        lost: outputs that could not be written, with the reason and the remedy; nothing of them is left.
        clip_lost: the clip could not be read a second time, or was no longer the same: there is nothing to go on with.
    """

    report: Report
    drawn: bool
    stopped: bool
    lost: tuple[str, ...]
    clip_lost: bool


def analyse_into(
    clip: Path,
    folder: Path,
    networks: Networks,
    request: Request,
    progress: ShowProgress,
    say: Say = lambda text: None,
    look_ahead: LookAhead | None = None,
) -> Outcome:
    """Look, then draw: every output of one clip into its folder.

    The first Ctrl-C ends what is being done at the next frame, and what is known is written. A further one leaves out
    what is still to come, or, while there is no report yet, everything but the journal.

    Args:
        progress: see `ShowProgress`.
        say: is told, in words, whether this goes on with a run that was broken off.
        look_ahead: see `LookAhead`.

    Raises:
        OutputError: the folder cannot be used.
        KeyboardInterrupt: the user broke off twice before there was a report.
        OSError: what was found cannot be written; the journal stays.
        Also what `analyze` raises.
    """
    before = state_of(clip)
    with OutputFolder(folder, request.overwrite, request.resume) as outputs, Interruption() as interruption:
        report = _look(clip, networks, request, outputs, interruption, progress, say, look_ahead)
        write_report(report, outputs.part("report.json"))
        later = _Later(clip, before, report, outputs, interruption, progress)
        for name in request.formats:
            later.write(FORMATS[name], partial(write_formats, [name], report, clip, outputs))
        if request.video and not report.coverage.interrupted:
            later.write(["annotated.mp4"], later.draw)
        later.write(["report.html"], later.page)
        outcome = Outcome(report, later.drawn, later.stopped, tuple(later.lost), later.clip_lost)
        if outcome.stopped or (outcome.lost and not outcome.clip_lost):
            outputs.leave_resumable()
    return outcome


def _look(
    clip: Path,
    networks: Networks,
    request: Request,
    outputs: OutputFolder,
    interruption: Interruption,
    progress: ShowProgress,
    say: Say,
    look_ahead: LookAhead | None,
) -> Report:
    vehicles, smoke_fire = map(outputs.part, JOURNAL_NAMES)
    clock = time.perf_counter()
    with (
        RunJournal(vehicles, smoke_fire, say) as journal,
        line_outputs(outputs, networks.vehicles.classes) as lines,
        progress("looking") as tell,
        spooled_in(outputs.path),
        look_ahead(networks, _breakable(tell, interruption)) if look_ahead else nullcontext(networks) as networks,
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
            on_progress=_breakable(tell, interruption),
            journal=journal,
        )
    return _with_all_its_time(report, time.perf_counter() - clock) if look_ahead else report


def _with_all_its_time(report: Report, seconds: float) -> Report:
    rate = round(report.input.frames_decoded / seconds, 2)
    return replace(report, run=replace(report.run, analysis_seconds=round(seconds, 3), frames_per_second=rate))


def _breakable(tell: OnProgress, interruption: Interruption) -> OnProgress:
    """Tells, and then breaks off if the user has asked for that."""

    def told(done: int, expected: int | None) -> None:
        tell(done, expected)
        interruption.check()

    return told


class _Later:
    """What is made of a report once there is one. What cannot be written is left out, with nothing left of it."""

    def __init__(
        self,
        clip: Path,
        before: FileState | None,
        report: Report,
        outputs: OutputFolder,
        interruption: Interruption,
        progress: ShowProgress,
    ) -> None:
        self._clip, self._before, self._report = clip, before, report
        self._outputs, self._interruption, self._progress = outputs, interruption, progress
        self._at_once = False
        self._video: Path | None = None
        self.drawn = False
        self.stopped = report.coverage.interrupted
        self.lost: list[str] = []
        self.clip_lost = False

    def write(self, names: Iterable[str], write: Callable[[], None]) -> None:
        """Write outputs of these names, unless the user wants no more."""
        if self._at_once:
            return
        listed = ", ".join(names)
        try:
            write()
            return
        except KeyboardInterrupt:
            self._at_once = self.stopped = True
        except ClipError as error:
            self.clip_lost = True
            self.lost.append(f"{listed} not written: {error}")
        except FrameRecordError as error:
            self.lost.append(f"{listed} not written: {error}")
        except (OSError, av.FFmpegError) as error:
            remedy = "free some space" if error.errno in NO_ROOM else "mend that, or leave it out"
            self.lost.append(
                f"{self._outputs.path}: {listed} could not be written ({error.strerror or error}); {remedy}, "
                "then add --resume"
            )
        for name in names:
            self._outputs.discard(name)

    def draw(self) -> None:
        """annotated.mp4; as much of it as there is if the user breaks off."""
        path = self._outputs.part("annotated.mp4")
        with self._frames() as frames, self._progress("drawing") as tell:
            self._interruption.check()
            self._clip_must_be_the_same()
            told = _breakable(tell, self._interruption)
            whole = write_annotated_video(self._report, frames, self._clip, path, told)
        self._clip_must_be_the_same()
        self.drawn = whole
        self.stopped |= not whole
        self._video = path

    def page(self) -> None:
        """report.html; from report.json, so that both say the same to the last digit."""
        from detector.outputs.html.material import gather  # late: the first frame need not wait for templates
        from detector.outputs.html.page import write_page

        report, _ = read_report(self._outputs.part("report.json"))
        with self._frames() as frames, self._progress("picking pictures") as tell:
            self._interruption.check()
            self._clip_must_be_the_same()
            told = _breakable(tell, self._interruption)
            material = gather(report, frames, self._clip, self._video, told)
        self._clip_must_be_the_same()
        write_page(report, material, self._outputs.part("report.html"))

    def _frames(self) -> "closing[Generator[FrameRecord]]":
        return closing(frames_of(self._report, self._outputs.part("frames.jsonl")))

    def _clip_must_be_the_same(self) -> None:
        if state_of(self._clip) != self._before:
            raise ClipError(f"{self._clip}: was changed or taken away while detect was at work; run it again")
