"""One clip tried: its outputs, or what went wrong with the exit code that stands for it. Never raises what a clip, a
network or a folder can be to blame for."""

from dataclasses import dataclass
from pathlib import Path

from detector.analysis import Networks
from detector.clip import ClipError
from detector.exit_codes import DONE, INTERRUPTED, NO_DEVICE_OR_MODEL, PARTLY_READ, UNREADABLE, WRONG_USAGE
from detector.model import ModelError
from detector.one_clip import LookAhead, Outcome, Request, Say, ShowProgress, analyse_into
from detector.outputs.folder import OutputError
from detector.outputs.words import share
from detector.report import Report
from detector.sandbox.reader import SandboxError


@dataclass(frozen=True)
class Attempt:
    """What came of it.

    Attributes:
        exit_code: see `exit_codes`.
        reason: why it is not 0, in words.
        report: None if there is none.
        drawn: the annotated video is there.
    """

    exit_code: int
    reason: str = ""
    report: Report | None = None
    drawn: bool = False


def attempt(
    clip: Path,
    folder: Path,
    networks: Networks,
    request: Request,
    progress: ShowProgress,
    say: Say = lambda text: None,
    look_ahead: LookAhead | None = None,
) -> Attempt:
    """Analyse one clip into its folder; see `analyse_into`."""
    try:
        return _attempt(analyse_into(clip, folder, networks, request, progress, say, look_ahead))
    except ClipError as error:
        return Attempt(UNREADABLE, str(error))
    except (ModelError, SandboxError) as error:  # it lacks the threshold asked for, or nothing can be confined here
        return Attempt(NO_DEVICE_OR_MODEL, str(error))
    except (OutputError, ValueError) as error:
        return Attempt(WRONG_USAGE, str(error))
    except OSError as error:
        return Attempt(
            WRONG_USAGE,
            f"{folder}: cannot be written ({error.strerror or error}); free some space, then add --resume, "
            "or choose another folder with --out",
        )


def _attempt(outcome: Outcome) -> Attempt:
    covered = outcome.report.coverage
    code, reason = DONE, ""
    if outcome.stopped:
        code, reason = INTERRUPTED, "broken off by the user; add --resume to go on"
    elif outcome.lost:
        code, reason = PARTLY_READ if outcome.clip_lost else WRONG_USAGE, "; ".join(outcome.lost)
    elif not covered.complete:
        code, reason = PARTLY_READ, f"counts rest on {share(covered.share_read)} of the pictures"
    elif covered.clip_changed:
        code, reason = PARTLY_READ, "the file was changed or taken away while it was read"
    return Attempt(code, reason, outcome.report, outcome.drawn)
