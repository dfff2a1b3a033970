"""What is to be done to one clip as one plain function, from a request to an outcome that both can be pickled: it runs
in this process, in another one, or on another machine."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2

from detector.analysis import Networks, OnProgress
from detector.clip_attempt import Attempt, attempt
from detector.device import DeviceError
from detector.exit_codes import INTERRUPTED, NO_DEVICE_OR_MODEL, UNREADABLE
from detector.model import ModelError
from detector.one_clip import Request, ShowProgress
from detector.outputs.clip_figures import ClipFigures, figures_of, thumbnail_of
from detector.outputs.html.page import PageError, read_material
from detector.url import Place, Url
from detector.wish import DeviceName, Precision

PAGE_NAME = "report.html"
TELL_EVERY_S = 0.2


@dataclass(frozen=True)
class NetworksNamed:
    """Which networks look at the clips, where, and with how many threads in each process; None for all cores."""

    device: DeviceName
    model: str
    threads: int | None
    precision: Precision = "auto"


@dataclass(frozen=True)
class ClipTask:
    """One clip, where its outputs go, and what was asked for."""

    clip: Place
    folder: Place
    networks: NetworksNamed
    request: Request


@dataclass(frozen=True)
class ClipOutcome:
    """What came of it.

    Attributes:
        exit_code: see `exit_codes`.
        reason: why it is not 0, in words, without the name of the clip.
        seconds: that it took; None where its process was lost.
        sha256: of the bytes that were analysed; None if there is no report.
        figures, thumbnail: see `ClipRow`.
        was_read: False where a store did not give its bytes, which is no fault of the clip.
    """

    exit_code: int
    reason: str
    seconds: float | None
    sha256: str | None = None
    figures: ClipFigures | None = None
    thumbnail: str | None = None
    was_read: bool = True


@dataclass(frozen=True)
class At:
    """How far a clip is: what is being done to it, frames done, and frames expected where that is known."""

    doing: str
    done: int
    expected: int | None


def do_clip(task: ClipTask, tell: Callable[[At], None], networks: Networks | None = None) -> ClipOutcome:
    """Analyse one clip into its folder. Nothing that is wrong with one clip is raised, so that it stops no other.

    Args:
        task: what to do; clip and folder lie on this machine.
        tell: is told how far it is, frame by frame.
        networks: those of the task, opened before; else this process opens them once for all its tasks.
    """
    clip, folder, started = *_on_this_machine(task), time.perf_counter()
    try:
        done = attempt(clip, folder, networks or networks_of_process(task.networks), task.request, _showing(tell))
    except (DeviceError, ModelError) as error:
        done = Attempt(NO_DEVICE_OR_MODEL, str(error))
    except KeyboardInterrupt:
        done = Attempt(INTERRUPTED, "broken off by the user")
    except MemoryError:
        done = Attempt(UNREADABLE, "out of memory; use fewer --jobs or a smaller --size")
    except Exception as error:  # a fault of ours must not stop the other clips
        done = Attempt(UNREADABLE, f"failed by a fault in detect ({_where(error)}); please report it")
    return _outcome(clip, folder, done, time.perf_counter() - started)


@lru_cache(maxsize=1)
def networks_of_process(named: NetworksNamed) -> Networks:
    """Opened once in each process."""
    if named.threads is not None:
        cv2.setNumThreads(named.threads)
    return Networks.load(named.device, named.model, named.threads, named.precision)


def _on_this_machine(task: ClipTask) -> tuple[Path, Path]:
    if isinstance(task.clip, Url) or isinstance(task.folder, Url):
        raise TypeError("a clip in a store, or whose outputs go to one, is for do_anywhere")
    return task.clip, task.folder


def _outcome(clip: Path, folder: Path, done: Attempt, seconds: float) -> ClipOutcome:
    reason = done.reason.removeprefix(f"{clip}: ").removeprefix(f"{clip.absolute()}: ")
    exit_code, thumbnail = done.exit_code, None
    if done.report is None:
        return ClipOutcome(exit_code, reason, round(seconds, 3))
    try:
        thumbnail = thumbnail_of(done.report, read_material(folder / PAGE_NAME))
    except PageError:
        exit_code, reason = INTERRUPTED, "broken off by the user while pictures were picked"
    return ClipOutcome(
        exit_code,
        reason,
        round(seconds, 3),
        done.report.input.sha256,
        figures_of(done.report),
        thumbnail,
    )


def _showing(tell: Callable[[At], None]) -> ShowProgress:
    """Told a few times a second, which is enough for eyes."""
    told_s = 0.0

    @contextmanager
    def show(doing: str) -> Iterator[OnProgress]:
        def at(done: int, expected: int | None) -> None:
            nonlocal told_s
            if time.perf_counter() - told_s > TELL_EVERY_S:
                tell(At(doing, done, expected))
                told_s = time.perf_counter()

        yield at

    return show


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}: {error}{place}"
